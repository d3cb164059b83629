"""What is said of the others on whom a promotion depends: how many there would have to be, of which grade."""

import pytest

from services.grading.circumstances import Circumstances
from services.grading.decide import Decision, decide
from shared.policy.bound import BoundPack, bind
from shared.policy.explaining import Explanation, explain
from shared.policy.pack import Pack
from shared.policy.source import parse
from shared.policy.validation import validated
from tests.parts.deciding_pack import DECIDING, PROMOTIONS
from tests.unit.grading.test_decide import complaint, happened

CUSTOMER = {"complainant": {"id": "u1"}, "text": "噪音"}
HAND = ("graded_by_hand", {"grade": "heavy", "reason": "复核"})


def bound(promotions: str = PROMOTIONS) -> BoundPack:
    source = parse(DECIDING.replace(PROMOTIONS, promotions), "deciding.yaml")
    return bind(source, validated(Pack, source))


def told(
    pack: BoundPack, *told: tuple[str, dict[str, object]], promoted: tuple[str, ...] = (), **given: object
) -> tuple[Decision, Explanation]:
    decision = decide(pack, complaint(**given), Circumstances(milestones=happened(*told), promoted=promoted))
    by_hand = decision.by_hand is not None
    return decision, explain(
        pack, decision.grade, decision.rules, decision.cues, decision.facts, by_hand=by_hand
    )


def of_others(explanation: Explanation) -> list[tuple[str, str, str]]:
    """The grade, and the sentence in both languages."""
    return [
        (other.grade, other.changes[0].says.in_("zh"), other.changes[0].says.in_("en"))
        for other in explanation.differs
        if other.rule == "three"
    ]


def test_one_that_was_not_promoted_hears_how_many_it_takes() -> None:
    decision, explanation = told(bound(), **CUSTOMER)
    assert decision.grade == "light"
    assert of_others(explanation) == [
        (
            "heavy",
            "客户相同的“轻”在1个月内达到3件",
            '3 or more of "light" with the same customer within 1 month',
        )
    ]


def test_one_that_was_promoted_hears_at_each_step_when_it_would_not_have_been() -> None:
    decision, explanation = told(bound(), promoted=("three", "three"), **CUSTOMER)
    assert decision.grade == "worst"
    assert [(rule.gives.in_("en"), [(f.name, f.value.in_("en")) for f in rule.facts])
            for rule in explanation.rules if rule.table == "promotions"] == [
        ("heavy", [("customer", "u1"), ("grade", "light")]),
        ("worst", [("customer", "u1"), ("grade", "heavy")]),
    ]  # fmt: skip
    en = 'fewer than 3 of "{}" with the same customer within 1 month'
    assert of_others(explanation) == [
        ("heavy", "客户相同的“重”在1个月内不足3件", en.format("heavy")),
        ("light", "客户相同的“轻”在1个月内不足3件", en.format("light")),
    ]


def test_what_took_it_up_is_not_taken_along_to_another_grade_of_its_own() -> None:
    _, explanation = told(bound(), promoted=("three",), **CUSTOMER)
    none = [other for other in explanation.differs if other.grade == "none"]
    assert [change.facts for change in none[0].changes] == [("validity",)]
    assert all(other.rule == "three" for other in explanation.differs if other.grade == "light")


@pytest.mark.parametrize("given", [{"text": "噪音"}, {**CUSTOMER, "text": "电梯坏了"}])
def test_nothing_is_promised_to_who_is_like_nobody_or_stands_where_nothing_takes_it(
    given: dict[str, object],
) -> None:
    only_light = PROMOTIONS.replace("at_least", "of: [light], at_least")
    _, explanation = told(bound(only_light), **given)
    assert of_others(explanation) == []


def test_a_grade_by_hand_is_left_alone() -> None:
    decision, explanation = told(bound(), HAND, promoted=("three",), **CUSTOMER)
    assert decision.grade == "heavy"
    assert [(other.grade, other.changes) for other in explanation.differs] == [("light", ())]


@pytest.mark.parametrize(
    ("span", "zh", "en"),
    [
        ("per: month", "在同一自然月", " in one calendar month"),
        ("within: 10 working days", "在10个工作日内", " within 10 working days"),
        ("clause: '1'", "", ""),
    ],
)
def test_the_span_is_said_as_people_say_it(span: str, zh: str, en: str) -> None:
    spanned = PROMOTIONS.replace(
        'within: 1 month, clause: "7"', span + (", clause: '7'" if "clause" not in span else "")
    )
    _, explanation = told(bound(spanned), **CUSTOMER)
    assert of_others(explanation) == [
        ("heavy", f"客户相同的“轻”{zh}达到3件", f'3 or more of "light" with the same customer{en}')
    ]
