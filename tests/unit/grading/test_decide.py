"""Each table of a pack: when it decides, when not, and what it says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.grading.circumstances import Circumstances
from services.grading.decide import Decision, decide
from shared.contracts.complaints import Complaint, Milestone
from shared.policy.source import SourceError
from tests.parts.deciding_pack import DECIDING, deciding

NOW = datetime(2026, 2, 11, 1, tzinfo=UTC)
BOUND = deciding()


def complaint(**given: Any) -> Complaint:
    base = {
        "id": "c1", "number": "1", "unit": "u1", "pack": "deciding", "pack_version": "1.0.0",
        "kind": "complaint", "channel": "phone", "text": "等了很久", "occurred_at": NOW, "received_at": NOW,
    }  # fmt: skip
    return Complaint.model_validate({**base, **given})


def happened(*told: tuple[str, dict[str, Any]], by: str | None = None) -> tuple[Milestone, ...]:
    moments = [NOW + timedelta(minutes=n) for n in range(len(told))]
    return tuple(
        Milestone(id=str(n), name=name, occurred_at=at, recorded_at=at, by=by, data=data)
        for n, (at, (name, data)) in enumerate(zip(moments, told, strict=True))
    )


def decided(*told: tuple[str, dict[str, Any]], given: dict[str, Any] | None = None, **more: Any) -> Decision:
    circumstances = Circumstances(milestones=happened(*told), **more)
    return decide(BOUND, complaint(**(given or {})), circumstances)


def fired(decision: Decision, table: str) -> list[tuple[str, str | None]]:
    return [(rule.id, rule.gives) for rule in decision.rules if rule.table == table]


FAILED = ("tried", {"outcome": "failed"})
BUSY = ("tried", {"outcome": "busy"})
DONE = ("tried", {"outcome": "done"})


def test_an_overdue_enquiry_becomes_a_complaint_and_is_graded_as_one() -> None:
    still, late = (
        decided(given={"kind": "enquiry"}, breached=frozenset(clocks)) for clocks in ((), ("answer",))
    )
    assert (still.kind, still.grade) == ("enquiry", "none")
    assert (late.kind, late.grade, late.facts["kind"]) == ("complaint", "light", "complaint")
    assert fired(late, "conversions") == [("overdue", "complaint")]
    assert late.rules[0].facts == {"breached": ["answer"]}


def test_a_complaint_is_not_converted() -> None:
    assert fired(decided(breached=frozenset({"answer"})), "conversions") == []


@pytest.mark.parametrize(
    ("given", "category", "rule"),
    [
        ({"text": "電梯坏了"}, "repair/lift", ["by-lift"]),
        ({}, "noise", ["by-kind"]),
        ({"kind": "enquiry"}, None, []),
        ({"text": "电梯坏了", "category": "noise"}, "noise", []),
    ],
)
def test_a_category_is_found_only_where_none_was_given(
    given: dict[str, Any], category: str | None, rule: list[str]
) -> None:
    found = decided(given=given)
    assert (found.category, [id_ for id_, _ in fired(found, "categorising")]) == (category, rule)
    assert found.facts.get("category") == category


def test_what_was_categorised_and_found_valid_is_a_fact_for_the_rules() -> None:
    assert fired(decided(given={"text": "电梯坏了"}), "grading") == [("lifts", "heavy")]
    unfounded = ("decided", {"fact": "unfounded", "value": True, "reason": "r"})
    found = decided(unfounded, given={"text": "电梯坏了"})
    assert (found.validity, found.grade) == ("invalid", "none")
    assert fired(found, "validity") == [("not-so", "invalid")]
    assert decided().validity == "open"


def test_of_what_people_decided_the_latest_holds_and_can_be_taken_back() -> None:
    yes, no, back = (("decided", {"fact": "unfounded", "value": v}) for v in (True, False, None))
    assert decided(yes, no).validity == "open"
    assert decided(no, yes).validity == "invalid"
    assert decided(yes, back).validity == "open"
    assert "unfounded" not in decided(yes, back).facts


@pytest.mark.parametrize(("minor", "grade"), [(29_999_999, "light"), (30_000_000, "heavy")])
def test_the_boundary_of_a_decided_amount(minor: int, grade: str) -> None:
    damage = ("decided", {"fact": "damage", "value": {"minor": minor, "currency": "CNY"}})
    assert decided(damage).grade == grade


@pytest.mark.parametrize(("failures", "grade"), [(0, "light"), (1, "heavy"), (2, "worst"), (3, "worst")])
def test_a_raise_goes_up_by_a_fact_to_the_heaviest_at_most(failures: int, grade: str) -> None:
    found = decided(*[FAILED] * failures, DONE, BUSY)
    assert found.grade == grade
    assert [id_ for id_, _ in fired(found, "raises")] == (["failed"] if failures else [])


@pytest.mark.parametrize(("score", "grade"), [(3, "light"), (4, "heavy"), (5, "heavy")])
def test_a_raise_by_the_latest_answer(score: int, grade: str) -> None:
    assert decided(("answered", {"score": 5}), ("answered", {"score": score})).grade == grade


def test_a_raise_sees_the_grade_of_the_rules() -> None:
    assert decided(("answered", {"score": 5}), given={"kind": "enquiry"}).grade == "none"


def test_a_milestone_and_a_warning_are_facts() -> None:
    assert decided(("urged", {})).grade == "heavy"
    assert decided(warned=frozenset({"answer"})).grade == "heavy"


def test_runs_and_sums_of_history() -> None:
    facts = decided(FAILED, DONE, BUSY, FAILED, ("answered", {"paid": 10.5}), ("answered", {"paid": 2})).facts
    assert "failures_in_a_row" not in facts  # nothing in the pack looks at it
    looked = deciding(DECIDING.replace("injured > 0", "failures_in_a_row > 1 || paid > yuan(12) || unhappy"))
    told = happened(FAILED, DONE, BUSY, FAILED, ("answered", {"paid": 10.5, "happy": False}))
    facts = decide(looked, complaint(), Circumstances(milestones=told)).facts
    assert (facts["failures_in_a_row"], facts["paid"], facts["unhappy"], facts["failures"]) == (
        2,
        1050,
        True,
        2,
    )


def test_promotions_come_after_raises_and_count_from_the_own_grade() -> None:
    found = decided(FAILED, promoted=("three", "three"))
    assert (found.own_grade, found.grade) == ("heavy", "worst")
    assert fired(found, "promotions") == [("three", "worst"), ("three", "worst")]


def test_a_grade_by_hand_holds_until_it_is_taken_back_and_the_rules_are_still_named() -> None:
    hand, back = (("graded_by_hand", {"grade": g, "reason": "复核"}) for g in ("worst", ""))
    found = decided(hand, given={"text": "电梯坏了"})
    assert found.grade == "worst"
    assert found.by_hand is not None
    assert (found.by_hand.reason, found.by_hand.at) == ("复核", NOW)
    assert fired(found, "grading") == [("lifts", "heavy")]
    again = decided(hand, back, given={"text": "电梯坏了"})
    assert (again.grade, again.by_hand) == ("heavy", None)


def test_a_grade_by_hand_is_what_counts_when_others_are_promoted_and_is_not_promoted() -> None:
    hand = ("graded_by_hand", {"grade": "heavy", "reason": "复核"})
    assert decided(given={}).own_grade == "light"
    found = decided(hand, given={}, promoted=("three",))
    assert (found.own_grade, found.grade) == ("heavy", "heavy")
    assert fired(found, "promotions") == [("three", "worst")]


@pytest.mark.parametrize(
    ("text", "grade"), [("要求赔三十万", "heavy"), ("要求赔29万元", "light"), ("房价三十万", "light")]
)
def test_a_trusted_amount_stands_in_for_the_field(text: str, grade: str) -> None:
    assert decided(given={"text": text}).grade == grade


def test_a_trusted_amount_gives_way_to_the_field() -> None:
    found = decided(given={"text": "要求赔三十万", "claim": {"minor": 100}})
    assert (found.grade, found.facts["claim_amount"]) == ("light", 100)
    assert [(s.fact, s.value, s.words, s.at) for s in found.suggestions] == [
        ("asked_for", 30_000_000, "三十万", 3)
    ]


def test_an_amount_that_is_not_trusted_is_only_suggested() -> None:
    found = decided(given={"text": "3人受伤"})
    assert (found.grade, "injured" in found.facts) == ("light", False)
    assert [(s.fact, s.suggests, s.value) for s in found.suggestions] == [("hurt_people", "injured", 3)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("to: complaint,", "to: praise,", "'praise' is no kind"),
        ("category: noise,", "category: nois,", "'nois' is no category"),
        ("value: invalid,", "value: bad,", "'bad' is no validity"),
        ("steps: failures", "steps: last", "'last' is no fact"),
        ("steps: failures", "steps: unhappy", "'unhappy' is truth; expected a whole fact"),
        ("milestone: tried,", "milestone: tride,", "'tride' is no milestone"),
        ("by: [boss], clause: \"8\"", "by: [chief], clause: \"8\"", "'chief' is no role"),
        ("suggests: injured", "suggests: claim", "'claim' is no whole field"),
        ("id: dear", "id: not-so", "the rule 'not-so' is there twice"),
        ("when: unfounded", "when: unfounded > 1", "validity.rules not-so"),
    ],
)  # fmt: skip
def test_a_wrong_pack_is_refused(old: str, new: str, says: str) -> None:
    assert old in DECIDING
    with pytest.raises(SourceError) as error:
        deciding(DECIDING.replace(old, new))
    assert says in str(error.value)
