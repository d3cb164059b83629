"""The compose stack, end to end: what call-centre software hands in is graded, timed, told and counted.

Runs against a stack that is up, with REDRESS_COMPOSE=1; ports and password as in docker-compose.yml.
"""

import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

pytestmark = [
    pytest.mark.compose,
    pytest.mark.skipif(os.environ.get("REDRESS_COMPOSE") != "1", reason="REDRESS_COMPOSE=1 is not set"),
]
T = TypeVar("T")
PATIENCE = 60
PUBLISHER = shutil.which("amqp-publish")


def port(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


INTAKE = f"http://127.0.0.1:{port('INTAKE_PORT', 8081)}/v1"
REPORTING = f"http://127.0.0.1:{port('REPORTING_PORT', 8085)}"
MAILPIT = f"http://127.0.0.1:{port('MAILPIT_PORT', 8025)}/api/v1"
PASSWORD = os.environ.get("CALLCENTRE_AMQP_PASSWORD", "for-development-only")
BROKER = f"amqp://callcentre:{PASSWORD}@127.0.0.1:{port('AMQP_PORT', 5672)}/%2f"


def test_a_submission_from_the_bus_is_graded_timed_told_and_counted() -> None:
    ref = f"cc-{secrets.token_hex(6)}"
    received = datetime.now(UTC) - timedelta(days=60)
    before = totals("bank", received)
    submission = {
        "ref": ref,
        "unit": "bank",
        "channel": "phone",
        "text": "柜台多收了跨行转账手续费，要求退还被拒绝，两个月没有人答复。",
        "complainant": {"id": "kh-1", "name": "周文清"},
        "claim": {"amount": 300000.00, "currency": "CNY"},
        "received_at": received.isoformat(),
    }

    publish("redress.submissions", submission)

    complaint = eventually(lambda: with_clock(found_by(ref), "reply", "breached"))
    assert complaint["number"]
    assert complaint["grade"] == "watch"
    assert [reason["id"] for reason in complaint["reasons"]] == ["single-claim"]
    mail = eventually(lambda: mail_about(complaint["number"], "manager@example.com"))
    assert "未按时答复" in mail["Subject"]
    after = eventually(lambda: changed(totals("bank", received), before))
    assert after["received"] == before["received"] + 1
    assert after["by"]["grade"]["watch"] == before["by"]["grade"].get("watch", 0) + 1


def test_a_submission_over_http_is_graded_timed_told_and_counted() -> None:
    received = datetime.now(UTC)
    before = totals("auto", received)
    submission = {
        "unit": "auto",
        "channel": "phone",
        "text": "提车第二天仪表盘亮故障灯，4S店推脱不给检修。",
        "complainant": {"id": "cz-7", "name": "罗启明"},
        "received_at": received.isoformat(),
    }
    key = secrets.token_hex(8)

    taken = call("POST", f"{INTAKE}/complaints", submission, {"Idempotency-Key": key})
    again = call("POST", f"{INTAKE}/complaints", submission, {"Idempotency-Key": key})

    assert again["number"] == taken["number"]
    running = eventually(lambda: with_clock(complaint_of(taken["id"]), "hand-over", "running"))
    clock = running["clocks"][0]
    assert moment(clock["due"]) - moment(clock["started_at"]) == timedelta(minutes=30)
    call("POST", f"{INTAKE}/complaints/{taken['id']}/milestones", {"milestone": "registered", "by": "客服-3"})
    eventually(lambda: with_clock(complaint_of(taken["id"]), "hand-over", "met"))
    eventually(lambda: mail_about(taken["number"], "supply-chain-centre@example.com"))
    after = eventually(lambda: changed(totals("auto", received), before))
    assert after["received"] == before["received"] + 1


def test_the_call_centre_may_publish_submissions_and_nothing_else() -> None:
    refused = publish("redress", {"any": "thing"}, key="complaint.graded", check=False)
    assert refused.returncode != 0
    assert "ACCESS_REFUSED" in refused.stderr


def test_a_wrong_submission_is_answered_with_its_reasons() -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        call("POST", f"{INTAKE}/complaints", {"unit": "bank", "channel": "telepathy", "text": "听得见吗"})
    with refused.value as answer:
        problem = json.load(answer)
    assert (refused.value.code, problem["errors"][0]["field"]) == (422, "channel")


def test_the_dashboard_shows_itself() -> None:
    with urllib.request.urlopen(f"{REPORTING}/", timeout=10) as answer:
        assert answer.status == 200
        assert "text/html" in answer.headers["Content-Type"]


def publish(
    exchange: str, body: object, key: str = "submission", *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """As call-centre software would, with `amqp-publish` of Debian's amqp-tools."""
    assert PUBLISHER, "amqp-publish is missing; on Debian: apt-get install amqp-tools"
    command = [PUBLISHER, "--url", BROKER, "-e", exchange, "-r", key, "-p", "-C", "application/json"]
    text = json.dumps(body, ensure_ascii=False)
    return subprocess.run([*command, "-b", text], check=check, capture_output=True, text=True, timeout=20)


def call(method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    request.method = method
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.load(answer)


def eventually(look: Callable[[], T | None]) -> T:
    end = time.monotonic() + PATIENCE
    while (found := look()) is None:
        assert time.monotonic() < end, f"did not come about within {PATIENCE} seconds"
        time.sleep(0.2)
    return found


def found_by(ref: str) -> dict[str, Any] | None:
    items = call("GET", f"{INTAKE}/complaints?ref={ref}")["items"]
    return complaint_of(items[0]["id"]) if items else None


def complaint_of(complaint_id: str) -> dict[str, Any]:
    complaint: dict[str, Any] = call("GET", f"{INTAKE}/complaints/{complaint_id}")
    return complaint


def with_clock(complaint: dict[str, Any] | None, clock: str, state: str) -> dict[str, Any] | None:
    clocks = complaint["clocks"] if complaint else ()
    return complaint if any((c["id"], c["state"]) == (clock, state) for c in clocks) else None


def mail_about(number: str, recipient: str) -> dict[str, Any] | None:
    for message in call("GET", f"{MAILPIT}/messages")["messages"]:
        if number in message["Subject"] and recipient in [to["Address"] for to in message["To"]]:
            found: dict[str, Any] = message
            return found
    return None


def totals(unit: str, since: datetime) -> dict[str, Any]:
    day = (since - timedelta(days=1)).date().isoformat()
    report: dict[str, Any] = call("GET", f"{REPORTING}/v1/totals?unit={unit}&from={day}")
    return report


def changed(after: dict[str, Any], before: dict[str, Any]) -> dict[str, Any] | None:
    return after if after["received"] > before["received"] and after["by"] != before["by"] else None


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
