"""`redress policy backtest`: the cases that two packs see differently, one by one and counted."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.policy import app
from shared.policy.library import SHIPPED

BANK = "bank-consumer-protection"
GIVEN = ["--set", "major_when=false", "--set", "escalated_when=false"]


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """The bank's pack with a lower threshold and a shorter limit."""
    text = (SHIPPED / f"{BANK}.yaml").read_text("utf-8")
    text = text.replace("wan(30)", "wan(20)").replace("default: 5 working days", "default: 3 working days")
    file = tmp_path / f"{BANK}.yaml"
    file.write_text(text.replace("version: 1.0.0", "version: 1.1.0"), "utf-8")
    return str(file)


def lines(folder: Path, *rows: object) -> str:
    file = folder / "cases.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(file)


def submission(ref: str, amount: float, **more: object) -> dict[str, Any]:
    claim = {"amount": amount, "currency": "CNY"}
    at = "2026-02-11T09:00:00+08:00"
    return {"ref": ref, "channel": "phone", "text": "退款", "claim": claim, "received_at": at, **more}


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["backtest", *args])


def test_changed_cases_are_listed_and_counted(tmp_path: Path, newer: str) -> None:
    cases = lines(tmp_path, submission("a", 199999.99), submission("b", 200000), submission("c", 300000))
    result = run(BANK, newer, *GIVEN, "--cases", cases, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["old"]["version"], told["new"]["version"]) == ("1.0.0", "1.1.0")
    assert told["grades"] == [
        {"old": "general", "new": "general", "cases": 1},
        {"old": "general", "new": "watch", "cases": 1},
        {"old": "watch", "new": "watch", "cases": 1},
    ]
    assert (told["cases"], told["regraded"]) == (3, 1)
    changed = {each["case"]: each for each in told["changed"]}
    assert (changed["b"]["old"]["grade"], changed["b"]["new"]["grade"]) == ("general", "watch")
    assert changed["b"]["new"]["rules"] == ["single-claim"]
    assert changed["c"]["old"]["dues"]["reply"] == "2026-02-25T18:00:00+08:00"
    assert changed["c"]["new"]["dues"]["reply"] == "2026-02-14T18:00:00+08:00"


def test_windows_count_among_the_recorded(tmp_path: Path) -> None:
    text = (SHIPPED / f"{BANK}.yaml").read_text("utf-8")
    window = "  windows:\n    alike: {title: {en: a}, clause: x, same: event, count: complaints}\n"
    text = text.replace("  windows:\n", window, 1)
    text = text.replace("when: pestering\n", "when: pestering || alike >= 3\n")
    file = tmp_path / f"{BANK}.yaml"
    file.write_text(text, "utf-8")
    many = [submission(str(n), 1, event="e1" if n < 3 else "e2") for n in range(5)]
    told = json.loads(run(BANK, str(file), *GIVEN, "--cases", lines(tmp_path, *many), "--json").stdout)
    assert {each["case"]: each["new"]["grade"] for each in told["changed"]} == dict.fromkeys(
        "012", "difficult"
    )


def test_for_people(tmp_path: Path, newer: str) -> None:
    cases = lines(tmp_path, submission("b", 200000), {"channel": "phone"})
    said = run(BANK, newer, *GIVEN, "--cases", cases).output
    assert "b  general -> watch  (single-claim)" in said
    assert "reply due: 2026-02-25T18:00:00+08:00 -> 2026-02-14T18:00:00+08:00" in said
    assert "cases.jsonl:2: cannot be read: text is missing" in said
    assert "1 cases: 1 change, 0 do not; 1 could not be read" in said


def test_the_same_pack_changes_nothing(tmp_path: Path) -> None:
    cases = lines(tmp_path, *(submission(str(n), n * 50000.0) for n in range(10)))
    told = json.loads(run(BANK, BANK, *GIVEN, "--cases", cases, "--json").stdout)
    assert (told["cases"], told["changed"], told["regraded"]) == (10, [], 0)


def test_complaints_as_the_api_gives_them(tmp_path: Path, newer: str) -> None:
    complaint = {
        "id": "1",
        "number": "N1",
        "unit": "u",
        "pack": BANK,
        "pack_version": "1.0.0",
        "kind": "complaint",
        "channel": "phone",
        "text": "x",
        "claim": {"minor": 20000000, "currency": "CNY"},
        "fields": {},
        **dict.fromkeys(("received_at", "occurred_at"), "2026-02-11T01:00:00Z"),
        "grade": "general",
        "clocks": [{"id": "reply", "state": "breached"}],
        "milestones": [],
    }
    told = json.loads(run(BANK, newer, *GIVEN, "--cases", lines(tmp_path, complaint), "--json").stdout)
    assert [each["case"] for each in told["changed"]] == ["N1"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nothing", BANK], "there is no such pack"),
        ([BANK, BANK, "--set", "x=1"], "--set x: no parameter of either pack"),
        ([BANK, BANK, *GIVEN, "--cases", "no-such-file.jsonl"], "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output
