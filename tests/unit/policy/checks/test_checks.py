"""What `redress policy validate` finds in packs that load: each fault once, at its line; sound packs none."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings

from shared.policy.bound import bind
from shared.policy.checking import Found, check
from shared.policy.checks import findings
from shared.policy.checks.study import Study
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.source import SourceError, parse
from shared.policy.validation import validated
from tests.parts.graded_pack import TAIL, Rule, line, pack, some_rules


def found(text: str, folder: Path) -> Found:
    file = folder / "bands.yaml"
    file.write_text(text, "utf-8")
    return check(Library(folder), "bands", {})


def errors(text: str, folder: Path) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in found(text, folder).problems]


def warnings(text: str, folder: Path) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in found(text, folder).warnings]


WAN_APART = [("heavy", "claim_amount > wan(1)"), ("light", "claim_amount < yuan(5000)")]
OVERLAP = [("heavy", "people >= 10"), ("middle", "people >= 5 && people <= 10")]


@pytest.mark.parametrize(
    ("rules", "rule", "said"),
    [
        (WAN_APART, 1, "claim_amount of 5,000.00 yuan or more and up to 10,000.00 yuan"),
        ([("heavy", "people > 5"), ("light", "people < 5")], 1, "takes people of 5, which falls to 'light'"),
        ([("heavy", "vip && rate > 5"), ("middle", "rate < 5 && vip")], 1, "no rule takes rate of 5,"),
        ([("heavy", "people >= 5"), ("middle", "people >= 10")], 1, "'r0' holds whenever it does"),
        (
            [("heavy", "people >= 5"), ("light", "people < 5"), ("middle", "vip")],
            2,
            "one of 'r0', 'r1' holds whenever it does",
        ),
        ([("heavy", "vip && people > 3"), ("heavy", "people >= 4 && vip")], 1, "the same condition as 'r0'"),
        ([("heavy", "people > 5 && people < 5")], 0, "can never hold"),
        ([("heavy", 'channel == "fone"')], 0, "channel is never 'fone'; did you mean 'phone'?"),
        ([("heavy", 'kind in ["complaint", "appeal"]')], 0, "kind is never 'appeal'"),
        ([("heavy", 'category == "leak"')], 0, "category is never 'leak'"),
        ([("heavy", 'category.startsWith("repairs/")')], 0, "no category begins with 'repairs/'"),
        ([("heavy", '"furious" == mood')], 0, "mood is never 'furious'; it can be: angry, calm"),
        ([("heavy", "claim_amount > 300000")], 0, "write yuan(300000) or wan(30)"),
    ],
)  # fmt: skip
def test_an_error_at_its_line(rules: Sequence[Rule], rule: int, said: str, tmp_path: Path) -> None:
    ((at, message),) = errors(pack(*rules), tmp_path)
    assert said in message
    assert at == line(rule)


@pytest.mark.parametrize(
    ("rules", "rule", "said"),
    [
        (OVERLAP, 1, "overlaps with 'r0' where people is 10"),
        ([("heavy", "claim_amount >= wan(300000)")], 0, "is 3,000,000,000 yuan; meant yuan(300000)?"),
        (
            [("heavy", "claim_amount >= wan(50)"), ("middle", "claim_amount >= yuan(5)")],
            1,
            "yuan(5) beside wan(50) for the same fact; meant wan(5)?",
        ),
    ],
)  # fmt: skip
def test_a_warning_at_its_line(rules: Sequence[Rule], rule: int, said: str, tmp_path: Path) -> None:
    assert errors(pack(*rules), tmp_path) == []
    ((at, message),) = warnings(pack(*rules), tmp_path)
    assert said in message
    assert at == line(rule)


@pytest.mark.parametrize(
    ("rules", "otherwise"),
    [
        ([("heavy", "claim_amount >= wan(30)"), ("middle", "claim_amount >= wan(5)")], "light"),
        ([("heavy", "people > 10"), ("light", "people < 5")], "middle"),  # the rest is what lies between
        ([("heavy", "people > 10"), ("middle", "people > 4 && people <= 10")], "light"),
        ([("heavy", "people > 10 && vip"), ("light", "people < 5")], "light"),  # not comparable
        ([("heavy", "people != 5")], "light"),
        ([("heavy", "people > 10"), ("middle", "vip"), ("heavy", "people > 5")], "light"),
        ([("heavy", "people >= 5"), ("heavy", "people >= 10")], "light"),  # two clauses of one grade
        ([("heavy", "claim_amount >= wan(5)"), ("middle", "claim_amount > yuan(0)")], "light"),
        ([("heavy", "claim_amount >= cap"), ("middle", "claim_amount >= wan(60)")], "light"),
        ([("heavy", '"people" in known && people >= 0'), ("middle", "people >= 5")], "light"),
        ([("heavy", 'channel == "" || mood == ""')], "light"),
        ([("heavy", 'mood != "calm" && !(channel == "web")')], "light"),
    ],
)
def test_nothing_is_said_of_sound_rules(rules: Sequence[Rule], otherwise: str, tmp_path: Path) -> None:
    given = pack(*rules, otherwise=otherwise)
    if "cap" in rules[0][1]:  # 600,000 lies beyond the default of 500,000, and only there
        assert len(errors(given, tmp_path)) == 1
        given = given.replace('default: "500000"', 'default: "700000"')
    assert errors(given, tmp_path) == []
    assert warnings(given, tmp_path) == []


def test_a_gap_that_a_clause_leaves_is_no_fault(tmp_path: Path) -> None:
    rules = [("heavy", "people > 5"), ("light", "people < 5")]
    assert errors(pack(*rules, gaps="clause 7"), tmp_path) == []


def test_a_grade_that_waits_for_a_clock_that_waits_for_the_grade() -> None:
    text = pack(
        ("heavy", "vip"), tail=TAIL + "validity:\n  values: {yes: {title: {en: y}}}\n  otherwise: yes\n"
    )
    waiting = """
categorising:
  - {id: c1, category: repair, when: '"graded" in breached', clause: "1", says: {en: a}}
  - {id: c2, category: repair, when: '"any" in breached', clause: "1", says: {en: a}}
  - {id: c3, category: repair/leak, when: 'size(warned) > 0', clause: "1", says: {en: a}}
"""
    source = parse(text + waiting, "bands.yaml")
    said = [
        f for f in findings(Study(bind(source, validated(Pack, source)), frozenset({"cap"}))) if not f.warning
    ]
    assert [finding.path for finding in said] == [("categorising", 0, "when"), ("categorising", 2, "when")]
    assert all("the clock 'graded', which itself depends on the grade" in finding.message for finding in said)


@pytest.mark.parametrize(
    ("clock", "table", "circular"),
    [
        ("when: 'kind == \"enquiry\"'", "conversions", "kind"),
        ('when: \'kind == "enquiry" || "asked" in breached\'', "conversions", None),
        ("when: 'kind == \"enquiry\"'", "categorising", None),
        ("when: category == 'repair'", "categorising", "category"),
        ("when: category == 'repair'", "conversions", None),
        ("limit: {by: category, values: {repair: 2 days}, otherwise: 1 day}", "categorising", "category"),
    ],
)
def test_a_decision_that_waits_for_a_clock_that_waits_for_it(
    clock: str, table: str, circular: str | None
) -> None:
    limit = "" if "limit" in clock else "limit: 1 day, "
    asked = f'asked: {{title: {{en: r}}, clause: "1", start: received, stop: closed, {limit}{clock}}}'
    text = pack(("heavy", "vip"), tail=TAIL.replace("  any:", f"  {asked}\n  any:"))
    gives = "of: [enquiry], to: complaint" if table == "conversions" else "category: repair"
    waiting = f"""
{table}:
  - {{id: c1, {gives}, when: '"asked" in breached', clause: "1", says: {{en: a}}}}
"""
    source = parse(text + waiting, "bands.yaml")
    said = findings(Study(bind(source, validated(Pack, source)), frozenset({"cap"})))
    wrong = [f.message for f in said if not f.warning]
    assert len(wrong) == (circular is not None)
    assert all(f"which itself depends on the {circular}" in message for message in wrong)


def test_a_category_that_a_kind_decides_may_not_decide_when_the_kind_changes() -> None:
    asked = (
        'asked: {title: {en: r}, clause: "1", start: received, stop: closed, limit: 1 day, '
        "when: category == 'repair'}"
    )
    text = pack(("heavy", "vip"), tail=TAIL.replace("  any:", f"  {asked}\n  any:"))
    waiting = """
conversions:
  - {id: c1, of: [enquiry], to: complaint, when: '"asked" in breached', clause: "1", says: {en: a}}
categorising:
  - {id: c2, category: repair, when: 'kind == "enquiry"', clause: "1", says: {en: a}}
"""
    source = parse(text + waiting, "bands.yaml")
    said = findings(Study(bind(source, validated(Pack, source)), frozenset({"cap"})))
    wrong = [f.message for f in said if not f.warning]
    assert len(wrong) == 1
    assert "the clock 'asked', which itself depends on the category" in wrong[0]


RUNGS = "rungs: [{id: a, role: boss, title: {en: a}}]"
RISEN = f"""
roles: {{boss: {{en: boss}}}}
ladders:
  by-grade:
    {{title: {{en: l}}, clause: "1", on: {{milestone: received}}, when: 'grade == "heavy"', {RUNGS}}}
  graded: {{title: {{en: l}}, clause: "1", on: {{milestone: graded}}, {RUNGS}}}
  plain: {{title: {{en: l}}, clause: "1", on: {{milestone: received}}, {RUNGS}}}
  late: {{title: {{en: l}}, clause: "1", on: {{clock: graded}}, {RUNGS}}}
categorising:
  - {{id: c, category: repair, when: '"risen" in breached', clause: "1", says: {{en: a}}}}
"""


@pytest.mark.parametrize(
    ("ladder", "circular"), [("by-grade", True), ("graded", True), ("late", True), ("plain", False)]
)
def test_a_grade_that_waits_for_a_clock_that_starts_where_a_grade_led(ladder: str, circular: bool) -> None:
    risen = f'risen: {{title: {{en: r}}, clause: "1", start: {ladder}/a, stop: closed, limit: 1 day}}'
    text = pack(("heavy", "vip"), tail=TAIL.replace("  any:", f"  {risen}\n  any:") + RISEN)
    source = parse(text, "bands.yaml")
    said = findings(Study(bind(source, validated(Pack, source)), frozenset({"cap"})))
    assert [f.path for f in said if not f.warning] == [("categorising", 0, "when")] * circular


def test_facts_that_nothing_looks_at(tmp_path: Path) -> None:
    cues = "facts: {cues: {angry: {title: {en: a}, phrases: [x]}, loud: {title: {en: l}, phrases: [y]}}}\n"
    text = pack(("heavy", "loud"), tail=TAIL.replace("cap", "wan(5)") + cues)
    said = [message for _, message in warnings(text, tmp_path)]
    assert said == ["nothing looks at cap: use or remove", "nothing looks at angry: use or remove"]
    company = text.replace("params:", "params:\n  own: {type: condition, title: {en: o}, clause: '1'}")
    assert not any("angry" in message for _, message in warnings(company, tmp_path))
    notice = """notices: {n: {on: complaint.received, to: [r], by: [sms], clause: '1', subject: {en: s},
  body: {en: "{{ param.cap }}"}}}
"""
    assert not any("cap" in message for _, message in warnings(text + notice, tmp_path))


CLIMB = """
roles: {boss: {en: boss}, chief: {en: chief}}
ladders:
  up:
    title: {en: up}
    clause: "1"
    on: {clock: any}
    rungs: [{id: a, role: boss, title: {en: a}}, {id: b, role: chief, after: 1 day, title: {en: b}}]
"""
TOLD = "notices: {n: {%s, by: [sms], clause: '1', subject: {en: s}, body: {en: b}}}\n"


@pytest.mark.parametrize(
    ("notice", "unheard"),
    [
        ("on: complaint.escalated, to: [escalated_to]", ""),
        ("on: complaint.escalated, of: [up], to: [escalated_to]", ""),
        ("on: complaint.escalated, of: [any], to: [escalated_to]", ""),
        ("on: complaint.escalated, to: [chief]", "boss"),
        ("on: clock.breached, of: [any], to: [boss, chief]", ""),
        ("on: clock.breached, of: [graded], to: [boss, chief]", "boss, chief"),
        ("on: clock.warned, to: [boss]", "boss, chief"),
        ("on: complaint.received, to: [boss, chief]", "boss, chief"),
    ],
)
def test_a_rung_of_which_nobody_hears(notice: str, unheard: str, tmp_path: Path) -> None:
    text = pack(("heavy", "vip"), tail=TAIL + CLIMB + TOLD % notice)
    assert errors(text, tmp_path) == []
    said = [f"no notice tells {unheard}: add one on complaint.escalated to escalated_to"] if unheard else []
    assert [message for _, message in warnings(text, tmp_path)] == said


def test_rules_that_no_scenario_expects(tmp_path: Path) -> None:
    folder = tmp_path / "bands" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text("steps: [{submit: {}, repeat: 2}, {expect: {rules: [r1]}}]", "utf-8")
    said = warnings(pack(("heavy", "vip"), ("middle", "people > 5")), tmp_path)
    assert said == [
        (line(0), "no scenario expects 'r0': add one before and one at its limit"),
    ]


def test_a_variant_is_asked_for_what_stands_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        pack(("heavy", "vip"), ("middle", "people > 5")).replace("pack: bands", "pack: base"), "utf-8"
    )
    folder = tmp_path / "bands" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text("steps: [{submit: {}}, {expect: {grade: light}}]", "utf-8")
    own = "{id: mine, grade: heavy, when: rate > 5, clause: '1', says: {en: s}}"
    variant = (
        f"pack: bands\nextends: base\nversion: 1.0.0\ntitle: {{en: v}}\ngrading:\n  rules:\n    - {own}\n"
    )
    told = [message for _, message in warnings(variant, tmp_path) if "scenario" in message]
    assert told == ["no scenario expects 'mine': add one before and one at its limit"]


def test_parameters_not_given_are_warnings_with_their_line(tmp_path: Path) -> None:
    text = pack(("heavy", "vip")).replace(', default: "500000"', "")
    ((at, message),) = warnings(text, tmp_path)
    assert at == 6
    assert "parameter 'cap' must be given (money)" in message
    assert "--set" in message
    assert found(text, tmp_path).missing == ("cap",)


@pytest.mark.parametrize("name", Library().names())
def test_no_shipped_pack_has_a_fault(name: str) -> None:
    assert [str(problem) for problem in check(Library(), name, {}).problems] == []


@given(some_rules)
@settings(deadline=None)
def test_no_rules_bring_the_checks_down(rules: list[Rule]) -> None:
    source = parse(pack(*rules), "bands.yaml")
    try:
        bound = bind(source, validated(Pack, source))
    except SourceError:
        return
    findings(Study(bound, frozenset({"cap"})))
