"""Our conditions beside an independent implementation of CEL, where both have an answer."""

from collections.abc import Mapping

import cel
import pytest
from hypothesis import HealthCheck, assume, example, given, settings

from shared.policy.conditions import Conditions, parse
from shared.policy.conditions.names import KNOWN
from shared.policy.conditions.syntax import Call, Node, walk
from shared.policy.conditions.types import EMPTY
from tests.unit.policy.conditions.facts import TYPES, conditions
from tests.unit.policy.conditions.strategies import fact_values, right_sources

OURS_ALONE = {"yuan", "wan", "size", "double"}
"""Amounts are ours; the other's size of a text counts bytes; whole numbers and numbers it does not add."""


def there(source: str, facts: Mapping[str, object]) -> bool | str:
    """What the other says, or how it fails."""
    given = {name: facts.get(name, EMPTY[kind]) for name, kind in TYPES.items()}
    try:
        return bool(cel.evaluate(source, {**given, KNOWN: sorted(facts)}))
    except ZeroDivisionError:
        return "division by zero"


def here(source: str, facts: Mapping[str, object]) -> bool | str:
    verdicts = Conditions.compile(conditions(source), TYPES).evaluate(facts)
    return verdicts.failures[0].reason if verdicts.failures else verdicts["c0"]


def comparable(source: str) -> bool:
    tree = parse(source)
    return not any(_ours(part) for part, _ in walk(tree)) and "rate" not in source


def _ours(node: Node) -> bool:
    return isinstance(node, Call) and node.function in OURS_ALONE


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(right_sources, fact_values)
@example("(10 / count > 2) || (vip)", {"vip": True})
@example("(vip) && (10 / count > 2)", {})
@example("(10 / count > 2) && (vip)", {})
@example("(10 / count > 2) || (vip)", {})
@example("cues.exists(v, 10 / count > 2 || v == text)", {"cues": ["a", "b"], "text": "b"})
def test_they_say_the_same(source: str, facts: Mapping[str, object]) -> None:
    assume(comparable(source))
    try:
        other = there(source, facts)
    except OverflowError:
        return  # ours is exact beyond 64 bits
    assert here(source, facts) == other


@pytest.mark.parametrize("left", [-7, -6, 0, 6, 7])
@pytest.mark.parametrize("right", [-3, -1, 1, 3])
def test_whole_division_cuts_towards_zero(left: int, right: int) -> None:
    for result in range(-8, 9):
        for source in (f"count / total == {result}", f"count % total == {result}"):
            facts = {"count": left, "total": right}
            assert here(source, facts) == there(source, facts)
