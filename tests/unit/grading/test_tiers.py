"""From measures to scores and tiers."""

from typing import Any

import pytest

from services.grading.tiers import Standing, standing
from shared.policy.source import SourceError
from tests.parts.tiered_pack import TEXT, tiered

BOUND = tiered()
TIERS = BOUND.pack.tiers


def seen(made: dict[str, int] | None = None, **told: Any) -> Standing:
    assert TIERS is not None
    return standing(BOUND, TIERS, told, made or {})


@pytest.mark.parametrize(
    ("told", "rate", "score"),
    [
        ({}, 0, 0),
        ({"sales": 100_000}, 0, 60),
        ({"sales": 50_000}, 0, 30),
        ({"sales": 900_000}, 0, 60),
        ({"sales": -1}, 0, 0),
        ({"orders": 10}, 0, 40),
        ({"orders": 10}, 1, 32),
        ({"orders": 10}, 5, 0),
        ({"orders": 10}, 9, 0),
        ({"orders": 0}, 9, 0),
        ({"sales": 100_000, "late": True}, 0, 50),
        ({"sales": 100_000, "late": False}, 0, 60),
    ],
)
def test_each_measure_adds_its_share_of_its_weight(told: dict[str, Any], rate: int, score: float) -> None:
    assert seen({"rate": rate}, **told).scores == {"level": score}


@pytest.mark.parametrize(("sales", "tier"), [(66_666, "b"), (66_667, "a"), (16_666, "c"), (16_667, "b")])
def test_the_first_rule_that_holds_decides(sales: int, tier: str) -> None:
    assert seen(sales=sales, orders=1).tiers["level"] == tier


@pytest.mark.parametrize(("lately", "tier"), [(1, "a"), (2, "b")])
def test_counted_complaints_are_facts_of_the_rules(lately: int, tier: str) -> None:
    assert seen({"lately": lately}, sales=100_000, orders=1).tiers["level"] == tier


def test_an_axis_without_otherwise_may_give_no_tier() -> None:
    assert "mood" not in seen().tiers
    assert seen(mood="sunny").facts() == {"tier_level": "c", "tier_mood": "sunny"}


def test_what_fired_names_its_clause_and_what_it_looked_at() -> None:
    (fired,) = seen(sales=100_000).rules
    assert (fired.axis, fired.id, fired.clause, fired.facts) == ("level", "is-b", "3", {"score": 60.0})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("per: orders", "per: nothing", "expected a measure that is a number and not counted"),
        ("per: orders", "per: lately", "expected a measure that is a number and not counted"),
        ("tier: b,", "tier: x,", "'x' is no tier of this axis; known: c, b, a"),
        ("otherwise: c", "otherwise: x", "'x' is no tier of this axis"),
        ("late: {weight: -10}", "mood: {weight: 1}", "expected a measure that is a number or a truth"),
        ("best: {param: enough}", "best: {param: other}", "expected a parameter that is a number"),
        ("enough: {type", "sales: {type", "has another meaning"),
        ("score >= 50.0", "grade == 'x'", "grade"),
        ('tier_level == "a"', 'tier_size == "a"', "tier_size"),
        ("type: whole, counts", "type: text, counts", "expected type whole"),
        ("  reviewed: 1 month\n", "", "lately changes by itself"),
        ("type: money}", "type: money, within: 1 day}", "expected counts"),
    ],
)
def test_a_wrong_pack_is_refused_with_what_was_expected(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(SourceError, match=r"tiered\.yaml") as error:
        tiered(TEXT.replace(old, new))
    assert says in str(error.value)
