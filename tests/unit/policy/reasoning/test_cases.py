"""Cases say where a condition holds: compared with the conditions themselves on random facts."""

from collections.abc import Mapping

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.policy.conditions import Condition, Conditions, EvaluationError, parse, render
from shared.policy.conditions.syntax import Name, Node
from shared.policy.conditions.types import EMPTY
from shared.policy.reasoning import CannotTellError, Case, Named, Reader, both, covers, outside
from tests.unit.policy.conditions.facts import TYPES
from tests.unit.policy.conditions.strategies import fact_values, right_sources

READER = Reader(TYPES)


def cases(source: str) -> list[Case]:
    return READER.cases(parse(source))


def _truth(source: str, facts: Mapping[str, object]) -> bool:
    return Conditions.compile([Condition("c", source, 1)], TYPES).evaluate(facts)["c"]


def _holds(case: Case, facts: Mapping[str, object]) -> bool:
    return all(_lies(term, domain, facts) for term, domain in case.items())


def _lies(term: Node, domain: object, facts: Mapping[str, object]) -> bool:
    if isinstance(term, Name):
        return domain.holds(facts.get(term.name, EMPTY[TYPES[term.name]]))  # type: ignore[attr-defined, no-any-return]
    if isinstance(domain, Named) and domain.values <= {True, False}:
        return domain.holds(_truth(render(term), facts))
    assume(False)
    return False


@given(right_sources, fact_values)
@settings(deadline=None)
def test_a_condition_holds_where_one_of_its_cases_does(source: str, facts: dict[str, object]) -> None:
    try:
        expected = _truth(source, facts)
        there = any(_holds(case, facts) for case in cases(source))
        elsewhere = any(_holds(case, facts) for case in READER.cases(parse(source), holds=False))
    except (EvaluationError, CannotTellError):
        assume(False)
    assert (there, elsewhere) == (expected, not expected)


@given(st.lists(right_sources, min_size=2, max_size=2), fact_values)
@settings(deadline=None)
def test_what_is_left_outside_a_hole(sources: list[str], facts: dict[str, object]) -> None:
    try:
        first, second = map(cases, sources)
        expected = any(_holds(c, facts) for c in first) and not any(_holds(c, facts) for c in second)
        for hole in second:
            first = list(outside(first, hole))
        assert sum(_holds(c, facts) for c in first) >= expected
        assert any(_holds(c, facts) for c in first) is expected
    except (EvaluationError, CannotTellError):
        assume(False)


def test_what_can_never_hold_has_no_case() -> None:
    assert cases("claim > yuan(5) && claim < yuan(5)") == []
    assert cases('text == "a" && text in ["b", "c"]') == []
    assert cases("vip && !vip") == []
    assert cases("count > 3 && count < 4") == [], "there is no whole number between"
    assert cases("rate > 3 && rate < 4") != []
    assert cases("count + total > 3 && count + total <= 3") == []
    assert cases("claim < fee && claim >= fee") == []


def test_a_parameter_stands_for_its_value() -> None:
    reader = Reader(TYPES, {"fee": 500, "vip": True})
    assert reader.cases(parse("claim > fee && claim < yuan(5)")) == []
    assert reader.cases(parse("vip || count > 3")) == [{}]


def test_one_case_covers_another() -> None:
    (wide,), (narrow,) = cases("claim >= yuan(5)"), cases("claim > yuan(9) && vip")
    assert covers(wide, narrow)
    assert not covers(narrow, wide)
    assert both(wide, narrow) == narrow
