"""`redress policy …`: the pinned shapes of its answers, and errors without tracebacks."""

import json
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.policy import app
from shared.policy.library import Library
from tests.parts.clock_pack import CLOCKS
from tests.parts.deciding_pack import DECIDING
from tests.parts.graded_pack import line, pack
from tests.parts.tiered_pack import TEXT as TIERED
from tests.parts.windowed_pack import TEXT as WINDOWED

BANK = ["--pack", "bank-consumer-protection", "--set", "major_when=false", "--set", "escalated_when=false"]


def run(*args: str) -> Result:
    return CliRunner().invoke(app, list(args))


def answer(*args: str) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def case(folder: Path, text: str) -> str:
    path = folder / "CASE.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def test_list_names_packs_regimes_and_what_must_be_given() -> None:
    packs = {row["pack"]: row for row in answer("list")}
    assert packs["bank-consumer-protection"]["required_params"] == ["major_when", "escalated_when"]
    assert packs["property-developer"]["regimes"] == ["000.02"]
    assert set(packs["auto-dealer-service"]) == {"pack", "regimes", "version", "sections", "required_params"}


@pytest.mark.parametrize(
    ("amount", "grade", "rules"), [("299999.99", "general", []), ("300000.00", "watch", ["single-claim"])]
)
def test_grade(tmp_path: Path, amount: str, grade: str, rules: list[str]) -> None:
    file = case(tmp_path, f"channel: phone\ntext: 退款\nclaim: {{amount: {amount}, currency: CNY}}\n")
    given = answer("grade", *BANK, "--case", file)
    assert (given["grade"], given["rules"]) == (grade, rules)
    assert given["facts"]["channel"] == "phone"


def test_grade_says_what_would_give_another(tmp_path: Path) -> None:
    file = case(tmp_path, "channel: phone\ntext: 天天来闹\nclaim: {amount: 299999.00, currency: CNY}\n")
    told = answer("grade", *BANK, "--case", file)["explanation"]
    assert told["pack_version"] == "1.0.0"
    assert told["rules"][0]["facts"][0]["value"] == {"zh": "是", "en": "yes"}
    assert (told["cues"][0]["phrase"], told["cues"][0]["at"], told["cues"][0]["end"]) == ("天天来", 0, 3)
    watch = next(other for other in told["differs"] if other["grade"] == "watch")
    assert watch["rule"] == "single-claim"
    said = {
        "zh": "诉求金额 ≥ 300,000.00 元（现为 299,999.00 元）",
        "en": "claim ≥ 300,000.00 yuan (is 299,999.00 yuan)",
    }
    assert watch["changes"] == [{"facts": ["claim_amount"], "says": said}]
    assert said["zh"] in run("grade", *BANK, "--case", file).stdout


PROMOTING = ("--pack", "consumer-goods-promotion")


@pytest.mark.parametrize(
    ("number", "grade", "said"),
    [
        (2, "slight", '问题相同的“C 轻微”在1个月内达到3件 / 3 or more of "C, slight" with the same problem'),
        (
            3,
            "general",
            '问题相同的“C 轻微”在1个月内不足3件 / fewer than 3 of "C, slight" with the same problem',
        ),
    ],
)
def test_grade_says_of_how_many_others_it_depends(tmp_path: Path, number: int, grade: str, said: str) -> None:
    slight = {"channel": "phone", "text": "不太好用", "problem": "lid"}
    others = tmp_path / "OTHERS.jsonl"
    days = [f"2026-02-1{n}T09:00:00+08:00" for n in range(1, number)]
    others.write_text("".join(json.dumps(slight | {"received_at": day}) + "\n" for day in days), "utf-8")
    file = case(tmp_path, json.dumps(slight | {"received_at": "2026-02-20T09:00:00+08:00"}))
    told = run("grade", *PROMOTING, "--case", file, "--others", str(others)).stdout
    assert told.splitlines()[0].split()[0] == grade
    assert said in told
    assert ("    级别：C 轻微 / grade: C, slight" in told.splitlines()) == (number == 3)


def test_grade_names_who_graded_by_hand(tmp_path: Path) -> None:
    hand = "milestones: [{milestone: graded_by_hand, by: q1, data: {grade: grave, reason: 后果严重}}]\n"
    file = case(tmp_path, f"channel: phone\ntext: 不太好用\n{RECEIVED}{hand}")
    told = run("grade", *PROMOTING, "--case", file).stdout
    assert told.splitlines()[:2] == ["grave  A 严重  A, grave", "  by hand  q1: 后果严重"]


def other(n: int, day: str) -> dict[str, Any]:
    received_at = f"2026-{day}T09:00:00+08:00"
    who = {"id": f"u{n}"}
    return {"channel": "phone", "text": "卡", "event": "e", "complainant": who, "received_at": received_at}


@pytest.mark.parametrize("form", ["list", "documents", "lines"])
@pytest.mark.parametrize(("last", "seen", "grade"), [("02-28", 3, "heavy"), ("03-01", 2, "light")])
def test_grade_counts_the_case_among_others(
    tmp_path: Path, form: str, last: str, seen: int, grade: str
) -> None:
    # Monday 2026-02-09 and ten working days: 10-14 February and, after the holidays, 24-28.
    (tmp_path / "windowed.yaml").write_text(WINDOWED, "utf-8")
    given = [other(1, "02-10"), other(2, last)]
    documents = "---\n".join(f"{json.dumps(one)}\n" for one in given)
    forms = {"list": json.dumps(given), "documents": documents, "lines": documents.replace("---\n", "")}
    others = tmp_path / ("OTHERS.jsonl" if form == "lines" else "OTHERS.yaml")
    others.write_text(forms[form], "utf-8")
    asked = ["--case", case(tmp_path, json.dumps(other(3, "02-09"))), "--others", str(others)]
    found = answer("grade", "--pack", str(tmp_path / "windowed.yaml"), *asked)
    assert found["facts"]["event_customers"] == seen
    assert found["grade"] == grade


def test_what_is_wrong_with_others_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "windowed.yaml").write_text(WINDOWED, "utf-8")
    (tmp_path / "OTHERS.yaml").write_text(
        "- {channel: phone, text: a}\n- {channel: phone, claim: 3}\n", "utf-8"
    )
    file, others = case(tmp_path, "channel: phone\n"), str(tmp_path / "OTHERS.yaml")
    result = run("grade", "--pack", str(tmp_path / "windowed.yaml"), "--case", file, "--others", others)
    assert result.exit_code != 0
    assert "OTHERS.yaml:2: claim" in result.output


def test_a_line_of_others_that_cannot_be_read_is_not_left_out(tmp_path: Path) -> None:
    (tmp_path / "windowed.yaml").write_text(WINDOWED, "utf-8")
    (tmp_path / "OTHERS.jsonl").write_text('{"channel": "phone", "text": "a"}\n{"channel": 3}\n', "utf-8")
    file, others = case(tmp_path, "channel: phone\n"), str(tmp_path / "OTHERS.jsonl")
    result = run("grade", "--pack", str(tmp_path / "windowed.yaml"), "--case", file, "--others", others)
    assert result.exit_code != 0
    assert "OTHERS.jsonl:2: channel" in result.output


def test_validate_tells_errors_from_warnings(tmp_path: Path) -> None:
    file = tmp_path / "bands.yaml"
    file.write_text(pack(("heavy", "people > 5"), ("light", "people < 5")), "utf-8")
    result = run("validate", str(file))
    assert result.exit_code == 1
    assert f"error   {file}:{line(1)}: grading.rules.1.when: between 'r1' and 'r0' no rule" in result.output
    file.write_text(pack(("heavy", "people >= 10"), ("light", "people > 4 && people <= 10")), "utf-8")
    result = run("validate", str(file))
    assert result.exit_code == 0
    assert f"warning {file}:{line(1)}: grading.rules.1.when: overlaps with 'r0'" in result.output
    assert answer("validate", str(file))[str(file)]["warnings"][0]["line"] == line(1)


def test_due_with_its_spans() -> None:
    given = answer("due", *BANK, "--clock", "reply", "--start", "2026-02-11T09:00+08:00")
    assert given["due"] == "2026-02-25T18:00:00+08:00"
    assert given["provisional"] is False
    assert given["spans"][0]["start"] == "2026-02-11T09:00:00+08:00"
    assert given["spans"][-1]["end"] == given["due"]


@pytest.mark.parametrize(
    ("clock", "typed", "start"),
    [
        ("reply", "2026-02-11T09:00", "2026-02-11T09:00:00+08:00"),
        ("reply", "2026-02-11", "2026-02-11T00:00:00+08:00"),
        ("branch", "2026-02-11T09:00", "2026-02-11T09:00:00+01:00"),
        ("branch", "2026-02-11T09:00+08:00", "2026-02-11T02:00:00+01:00"),
    ],
)
def test_a_time_without_an_offset_is_one_in_the_clocks_zone(
    tmp_path: Path, clock: str, typed: str, start: str
) -> None:
    (file := tmp_path / "deadlines.yaml").write_text(
        CLOCKS.replace("pack: small", "pack: deadlines")
        + "  branch: {title: {zh: 分店, en: branch}, clause: '17', start: received, stop: replied,\n"
        "           limit: 1 day, calendar: berlin}\n",
        "utf-8",
    )
    given = answer("due", "--pack", str(file), "--clock", clock, "--start", typed)
    assert given["spans"][0]["start"] == start
    assert "without an offset in the clock's zone" in " ".join(run("due", "--help").output.split())


def test_all_shipped_packs_are_right() -> None:
    result = run("validate")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("ok ") == len(Library().names())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["show", "nothing"], "there is no such pack; known: "),
        (["show", "bank"], "no such pack; did you mean bank-branch-and-centre or bank-consumer-protection?"),
        (["show", "hottel"], "there is no such pack; did you mean hotel?"),
        (["due", *BANK, "--clock", "sleep", "--start", "2026-02-11"], "has no clock 'sleep'; it has reply"),
        (["due", *BANK, "--clock", "reply", "--start", "soon"], "expected a time such as"),
        (
            ["due", "--pack", "bank-consumer-protection", "--clock", "reply", "--start", "2026-02-11"],
            "parameter 'major_when' must be given (condition)",
        ),
        (["due", *BANK, "--set", "x", "--clock", "reply", "--start", "2026-02-11"], "expected name=value"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(args: list[str], said: str) -> None:
    result = run(*args)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_case_with_an_unknown_field_names_it(tmp_path: Path) -> None:
    file = case(tmp_path, "channel: phone\ntext: x\nfields: {colour: red}\n")
    result = run("grade", *BANK, "--case", file)
    assert result.exit_code == 1
    assert "CASE.yaml:3: fields.colour" in result.output


@pytest.fixture
def decider(tmp_path: Path) -> str:
    path = tmp_path / "deciding.yaml"
    path.write_text(DECIDING, "utf-8")
    return str(path)


@pytest.fixture
def tiered(tmp_path: Path) -> str:
    path = tmp_path / "tiered.yaml"
    path.write_text(TIERED, "utf-8")
    return str(path)


RECEIVED = "received_at: 2026-02-11T09:00+08:00\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("decided: {unfounded: true}\n", ("none", "complaint", "noise", "invalid")),
        ("decided: {damage: 299999.99}\n", ("light", "complaint", "noise", "open")),
        ("decided: {damage: 300000}\n", ("heavy", "complaint", "noise", "open")),
        ("milestones: [{milestone: tried, data: {outcome: failed}}]\n",
         ("heavy", "complaint", "noise", "open")),
        ("milestones: [{milestone: graded_by_hand, by: boss, data: {grade: worst, reason: r}}]\n",
         ("worst", "complaint", "noise", "open")),
        ("text: 电梯坏了\n", ("heavy", "complaint", "repair/lift", "open")),
    ],
)  # fmt: skip
def test_grade_takes_what_happened_and_what_people_decided(
    tmp_path: Path, decider: str, more: str, expected: tuple[str, ...]
) -> None:
    told = answer("grade", "--pack", decider, "--case", case(tmp_path, RECEIVED + more))
    assert tuple(told[name] for name in ("grade", "kind", "category", "validity")) == expected


@pytest.mark.parametrize(
    ("at", "more", "kind", "breached"),
    [
        ("13:00", "", "enquiry", []),
        ("13:00:01", "", "complaint", ["answer"]),
        ("23:00", "milestones: [{milestone: answered, occurred_at: 2026-02-11T13:00+08:00}]", "enquiry", []),
    ],
)
def test_grade_asks_the_clocks_at_a_moment(
    tmp_path: Path, decider: str, at: str, more: str, kind: str, breached: list[str]
) -> None:
    file = case(tmp_path, f"kind: enquiry\n{RECEIVED}{more}")
    told = answer("grade", "--pack", decider, "--case", file, "--at", f"2026-02-11T{at}+08:00")
    assert (told["kind"], told["facts"].get("breached", [])) == (kind, breached)


@pytest.mark.parametrize(
    ("more", "grade", "tiers"),
    [
        ("", "ordinary", {}),
        ("tiers: {level: a}\n", "first", {"tier_level": "a"}),
        ("measures: {sales: 1000, orders: 10}\n", "first", {"tier_level": "a"}),
        ("measures: {sales: 500, orders: 10, late: true}\n", "ordinary", {"tier_level": "b"}),
        ("measures: {sales: 1000, orders: 10, lately: 2}\n", "ordinary", {"tier_level": "b"}),
        ("measures: {sales: 1000, rate: 0.25}\n", "first", {"tier_level": "a"}),
        ("measures: {sales: 1000, rate: 0.26}\n", "ordinary", {"tier_level": "b"}),
        ("measures: {sales: 1000, orders: 10, rate: 0.5}\n", "ordinary", {"tier_level": "b"}),
        ("measures: {mood: sunny}\ntiers: {level: a}\n", "first", {"tier_level": "a", "tier_mood": "sunny"}),
    ],
)
def test_grade_takes_what_is_known_of_the_customer(
    tmp_path: Path, tiered: str, more: str, grade: str, tiers: dict[str, str]
) -> None:
    told = answer("grade", "--pack", tiered, "--case", case(tmp_path, RECEIVED + more))
    assert told["grade"] == grade
    assert {name: told["facts"][name] for name in told["facts"] if name.startswith("tier_")} == tiers


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("tiers: {level: gold}\n", "tiers.level: expected one of: c, b, a"),
        ("tiers: {size: a}\n", "tiers.size: no axis; known: level, mood"),
        (
            "measures: {debt: 1}\n",
            "measures.debt: no measure; known: sales, orders, mood, late, lately, rate",
        ),
        ("measures: {rate: often}\n", "measures.rate: expected a number"),
        ("measures: {mood: sad}\n", "measures.mood: expected one of: sunny, gloomy"),
    ],
)
def test_grade_names_what_is_wrong_with_the_customer(
    tmp_path: Path, tiered: str, more: str, says: str
) -> None:
    result = run("grade", "--pack", tiered, "--case", case(tmp_path, RECEIVED + more))
    assert result.exit_code == 1
    assert says in result.output


@pytest.mark.parametrize(("received", "validity"), [("00:00:00", "valid"), ("00:00:01", "invalid")])
def test_grade_knows_at_once_what_was_too_late_when_it_came_in(
    tmp_path: Path, received: str, validity: str
) -> None:
    more = f"text: 态度差\noccurred_at: 2026-01-31T10:00+08:00\nreceived_at: 2026-03-01T{received}+08:00\n"
    told = answer("grade", "--pack", "freight", "--case", case(tmp_path, more))
    assert told["validity"] == validity


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("milestones: [{milestone: tride}]\n", "'tride' is not known to this pack; known:"),
        (
            "decided: {unfound: true}\n",
            "'unfound' is not known to this pack; known: unfounded",
        ),
        ("milestones: [{milestone: tried, when: now}]\n", "milestones.0.when: is not known here"),
        ("decided: {unfounded: often}\n", "decided.unfounded: expected true or false"),
        ("tiers: {level: a}\n", "tiers: deciding does not sort customers"),
    ],
)
def test_grade_names_what_is_wrong_with_what_happened(
    tmp_path: Path, decider: str, more: str, says: str
) -> None:
    result = run("grade", "--pack", decider, "--case", case(tmp_path, RECEIVED + more))
    assert result.exit_code == 1
    assert says in result.output


def test_grade_takes_many_cases_one_a_line(tmp_path: Path, decider: str) -> None:
    lines = [
        {"ref": "a", "text": "电梯坏了"},
        {"ref": "b", "claim": {"amount": 299999.99, "currency": "CNY"}},
        {"ref": "c", "claim": {"amount": 300000.00, "currency": "CNY"}},
        {"ref": "d", "kind": 7},
    ]
    text = "\n".join(json.dumps(one) for one in lines) + "\n{"
    result = CliRunner().invoke(app, ["grade", "--pack", decider, "--case", "-", "--json"], input=text)
    told = [json.loads(one) for one in result.stdout.splitlines()]
    assert [(one.get("ref"), one.get("grade")) for one in told] == [
        ("a", "heavy"), ("b", "light"), ("c", "heavy"), (None, None), (None, None),
    ]  # fmt: skip
    assert told[3]["error"][0].startswith("standard input:4: kind:")
    assert told[4]["error"][0].startswith("standard input:5: not JSON")
    assert result.exit_code == 1
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps(lines[0]), "utf-8")
    assert json.loads(run("grade", "--pack", decider, "--case", str(file)).stdout)["grade"] == "heavy"


def test_grade_reads_lines_as_other_programs_write_them(tmp_path: Path, decider: str) -> None:
    file = tmp_path / "cases.jsonl"
    good = '{"ref": "a", "text": "电梯坏了"}\r\n'
    file.write_bytes(good.encode("utf-8-sig") + good.encode("gb18030") + good.encode())
    for result in (
        run("grade", "--pack", decider, "--case", str(file)),
        CliRunner().invoke(app, ["grade", "--pack", decider, "--case", "-"], input=file.read_bytes()),
    ):
        first, second, third = (json.loads(line) for line in result.stdout.splitlines())
        assert first["grade"] == third["grade"] == "heavy"
        assert second["error"][0].endswith(":2: expected UTF-8 text")


@pytest.mark.parametrize("option", ["--case", "--others"])
def test_lines_that_are_not_there_are_said(tmp_path: Path, decider: str, option: str) -> None:
    given = [option, str(tmp_path / "none.jsonl")]
    if option == "--others":
        given += ["--case", case(tmp_path, "text: x")]
    result = run("grade", "--pack", decider, *given)
    assert result.exit_code == 1
    assert "none.jsonl:1: cannot be read: No such file or directory" in result.output
    assert "Traceback" not in result.output


def test_grade_answers_each_line_before_it_waits_for_the_next(decider: str) -> None:
    command = [sys.executable, "-c", "from deploy.cli import main; main()", "policy", "grade"]
    with Popen([*command, "--pack", decider, "--case", "-"], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        for ref in ("first", "second"):
            process.stdin.write(json.dumps({"ref": ref}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["ref"] == ref


@pytest.fixture
def deadlines(tmp_path: Path) -> list[str]:
    file = tmp_path / "deadlines.yaml"
    file.write_text(CLOCKS.replace("pack: small", "pack: deadlines"), "utf-8")
    return ["--pack", str(file), "--start", "2026-02-11T09:00"]


@pytest.mark.parametrize(
    ("more", "due"),
    [
        (["--clock", "reply"], "2026-02-25T18:00:00+08:00"),
        (["--clock", "reply", "--grade", "major"], "2026-02-12T18:00:00+08:00"),
        (["--clock", "reply", "--pause", "2026-02-12T10:00/2026-02-13T10:00"], "2026-02-26T18:00:00+08:00"),
        (["--clock", "reply", "--extend", "1 working day"], "2026-02-26T18:00:00+08:00"),
        (["--clock", "reply", "--extend", "2026-06-01T18:00"], "2026-02-28T18:00:00+08:00"),
        (["--clock", "promise", "--given", "2026-02-20T12:00"], "2026-02-20T12:00:00+08:00"),
        (["--clock", "promise", "--given", "2026-06-20T12:00"], "2026-02-27T18:00:00+08:00"),
        (["--clock", "dispatched", "--fact", "overseas=true"], "2026-03-01T00:00:00+08:00"),
        (["--clock", "dispatched", "--given", "3 working days"], "2026-02-14T18:00:00+08:00"),
        (
            ["--clock", "repair", "--fact", "kind=repair", "--category", "water/leak"],
            "2026-02-11T10:00:00+08:00",
        ),
        (["--clock", "night-shift"], "2026-02-11T22:00:00+08:00"),
    ],
)
def test_due_knows_every_kind_of_deadline(deadlines: list[str], more: list[str], due: str) -> None:
    assert answer("due", *deadlines, *more)["due"] == due


def test_due_by_another_calendar_shows_pauses_and_warnings(deadlines: list[str], tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.yaml"
    calendar.write_text("closed: {2026-02-24: {zh: 水灾, en: flood}}\n", "utf-8")
    pause = ["--pause", "2026-02-12T10:00/2026-02-12T12:00"]
    told = answer("due", *deadlines, "--clock", "reply", "--calendar", str(calendar), *pause)
    assert told["due"] == "2026-02-27T11:00:00+08:00"
    assert [span["why"]["en"] for span in told["spans"] if span["paused"]] == ["stands still"]
    assert any(span["why"]["zh"] == "水灾" for span in told["spans"])
    assert set(told["warnings"]) == {"50%", "1 working day before"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--clock", "never"], "has no clock 'never'"),
        (["--clock", "promise"], "no limit"),
        (["--clock", "overall", "--given", "1 day"], "leave out --given"),
        (["--clock", "overall", "--extend", "1 day"], "does not let"),
        (["--clock", "reply", "--pause", "2026-02-13T10:00/2026-02-12T10:00"], "an end after the beginning"),
        (["--clock", "promise", "--given", "soon"], "a limit such as"),
        (["--clock", "reply", "--fact", "overseas"], "expected name=value"),
    ],
)
def test_due_says_what_is_wrong(deadlines: list[str], more: list[str], says: str) -> None:
    result = run("due", *deadlines, *more)
    assert result.exit_code == 2
    assert says in result.output
