"""What the dashboard and the alerts ask for is measured somewhere, and the files can be read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
DASHBOARD = ROOT / "deploy/grafana/dashboards/redress.json"
RULES = ROOT / "deploy/prometheus/rules.yml"
_METRIC = re.compile(r"(?<![a-z_])redress_[a-z_]+")
_DERIVED = re.compile(r"_(bucket|count|sum)$")


def measured() -> set[str]:
    """Names of metrics as the code declares them."""
    sources = [path for folder in ("shared", "services") for path in (ROOT / folder).rglob("*.py")]
    declared = re.compile(r"(?:Counter|Gauge|Histogram)\(\s*\"(redress_[a-z_]+)\"")
    return {name for path in sources for name in declared.findall(path.read_text("utf-8"))}


def expressions(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("expr"), str):
            yield part["expr"]
        for inner in part.values():
            yield from expressions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from expressions(inner)


def test_every_metric_that_is_shown_or_watched_is_measured() -> None:
    asked = [*expressions(json.loads(DASHBOARD.read_text("utf-8"))), *expressions(read(RULES))]
    names = {_DERIVED.sub("", name) for expression in asked for name in _METRIC.findall(expression)}
    assert len(names) > 5
    assert names <= measured()


def test_prometheus_asks_every_service() -> None:
    jobs = {job["job_name"]: job for job in read(ROOT / "deploy/prometheus/prometheus.yml")["scrape_configs"]}
    compose = read(ROOT / "docker-compose.yml")["services"]
    built = {name for name, service in compose.items() if "build" in service}
    assert {group["labels"]["service"] for group in jobs["redress"]["static_configs"]} == built
    assert all(
        group["targets"] == [f"{group['labels']['service']}:8080"]
        for group in jobs["redress"]["static_configs"]
    )


def test_the_collectors_pipelines_name_what_it_has() -> None:
    collector = read(ROOT / "deploy/otel/collector.yaml")
    for pipeline in collector["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            assert set(names) <= set(collector[kind])


def test_grafana_reads_the_dashboard_from_where_compose_puts_it() -> None:
    provider = read(ROOT / "deploy/grafana/provisioning/dashboards/redress.yaml")["providers"][0]
    source = read(ROOT / "deploy/grafana/provisioning/datasources/prometheus.yaml")["datasources"][0]
    mounts = read(ROOT / "docker-compose.yml")["services"]["grafana"]["volumes"]
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in mounts
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    assert {panel["datasource"]["uid"] for panel in panels} == {source["uid"]}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))
