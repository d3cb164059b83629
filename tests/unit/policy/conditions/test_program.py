from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.conditions import (
    Condition,
    ConditionErrors,
    Conditions,
    EvaluationError,
    FactType,
    FactValueError,
    check_values,
    is_fact_name,
)
from tests.unit.policy.conditions.facts import TYPES, conditions
from tests.unit.policy.conditions.strategies import fact_values, right_sources


def verdict(source: str, **facts: object) -> bool:
    return Conditions.compile(conditions(source), TYPES).evaluate(facts)["c0"]


@pytest.mark.parametrize(
    ("source", "facts", "holds"),
    [
        ("claim >= yuan(300000)", {"claim": 30_000_000}, True),
        ("claim >= yuan(300000)", {"claim": 29_999_999}, False),
        ("claim >= wan(30)", {"claim": 30_000_000}, True),
        ("claim == -yuan(0.01)", {"claim": -1}, True),
        ("claim == yuan(123456789012.34)", {"claim": 12_345_678_901_234}, True),
        ("double(count) / total > 0.33", {"count": 1, "total": 3}, True),
        ("rate + count == 3.5", {"rate": 1.5, "count": 2}, True),
        ("rate > 1", {"rate": 2}, True),
        ("size(text) == 2", {"text": "统计"}, True),
        ("cues.exists(v, size(v) == 3)", {"cues": ["ab", "统计表"]}, True),
        ('"退款" in cues', {"cues": ("退款", "赔偿")}, True),
        (r'text.matches("^\\d+$")', {"text": "0123"}, True),
        ('received - last > duration("24h")', {"received": datetime(2026, 1, 2, 0, 0, 1, tzinfo=UTC),
                                               "last": datetime(2026, 1, 1, tzinfo=UTC)}, True),
        ('received == timestamp("2026-01-01T00:00:00+08:00")',
         {"received": datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))}, True),
        ("age + received == last", {"received": datetime(2026, 1, 1, tzinfo=UTC), "age": timedelta(days=1),
                                    "last": datetime(2026, 1, 2, tzinfo=UTC)}, True),
        ("count > 0 && total / count > 2", {"count": 0, "total": 5}, False),
        ("rate > 0.0 && 1 / rate > 2", {"rate": 0.0}, False),
    ],
)  # fmt: skip
def test_evaluates(source: str, facts: Mapping[str, object], holds: bool) -> None:
    assert verdict(source, **facts) is holds


@pytest.mark.parametrize(
    "source",
    [
        "claim == yuan(0)",
        "count == 0",
        "rate == 0.0",
        'text == ""',
        "cues == []",
        'received == timestamp("1970-01-01T00:00:00Z")',
        'age == duration("0s")',
        "vip == false",
        "known == []",
    ],
)
def test_what_was_not_given_is_empty(source: str) -> None:
    assert verdict(source)


def test_known_holds_the_names_that_were_given() -> None:
    assert verdict('"claim" in known', claim=0)
    assert not verdict('"claim" in known', count=3)
    assert not verdict('"claim" in known', claim=None)
    assert verdict('known == ["claim", "count"]', count=0, claim=0)
    assert verdict('"claim" in known && known.exists(k, k == "count")', count=0, claim=0)
    assert verdict("cues.all(c, c in known)", cues=["cues", "count"], count=0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vip", 1),
        ("count", True),
        ("count", 1.0),
        ("count", "1"),
        ("count", 2**63),
        ("count", -(2**63) - 1),
        ("claim", 1.5),
        ("claim", 2**63),
        ("rate", True),
        ("rate", float("nan")),
        ("rate", float("inf")),
        ("rate", 10**400),
        ("rate", "0.5"),
        ("text", b"a"),
        ("text", "\ud800"),
        ("cues", "a"),
        ("cues", [1]),
        ("received", datetime(2026, 1, 1)),
        ("received", "2026-01-01T00:00:00Z"),
        ("age", 3600),
        ("unheard_of", 1),
    ],
)
def test_refuses_a_value_that_is_not_of_the_fact_s_type(name: str, value: object) -> None:
    with pytest.raises(FactValueError, match=name):
        check_values({"vip": True, name: value}, TYPES)
    if name in TYPES:
        looking = Conditions.compile(conditions(f'"{name}" in known'), TYPES)
        with pytest.raises(FactValueError, match=name):
            looking.evaluate({name: value})


def test_refusing_a_value_does_not_repeat_it() -> None:
    with pytest.raises(FactValueError) as caught:
        check_values({"count": "13800000001"}, TYPES)
    assert str(caught.value) == "count is whole, but was given a str, which is no int"


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63)])
def test_whole_numbers_reach_64_bits(value: int) -> None:
    assert verdict("count + total == count", count=value)


def test_a_condition_that_fails_does_not_blind_the_others() -> None:
    compiled = Conditions.compile(conditions("vip", "10 / count > 2", "1 / rate > 2", "count == 0"), TYPES)
    verdicts = compiled.evaluate({"vip": True})
    assert verdicts == {"c0": True, "c3": True}
    assert [str(failure) for failure in verdicts.failures] == [
        "pack.yaml:2: c1: division by zero",
        "pack.yaml:3: c2: division by zero",
    ]
    with pytest.raises(EvaluationError, match="c1"):
        verdicts["c1"]
    with pytest.raises(KeyError):
        verdicts["c9"]


def test_whole_results_are_exact_however_large() -> None:
    assert verdict("count * count - 1 < count * count && count * count > 0", count=2**62)


def test_a_moment_beyond_the_calendar_is_a_failure() -> None:
    compiled = Conditions.compile(conditions("received + age > last"), TYPES)
    [failure] = compiled.evaluate(
        {"received": datetime(9999, 12, 1, tzinfo=UTC), "age": timedelta(days=60)}
    ).failures
    assert (failure.id, failure.place, failure.reason) == (
        "c0",
        "pack.yaml:1",
        "a result is too large to hold",
    )


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("10 / count > 2 || vip", True),
        ("vip || 10 / count > 2", True),
        ("10 / count > 2 && !vip", False),
        ("!vip && 10 / count > 2", False),
        ("10 / count > 2 || 10 / count > 3 || vip", True),
    ],
)
def test_one_side_decides_where_it_can_though_the_other_fails(source: str, holds: bool) -> None:
    assert verdict(source, vip=True, count=0) is holds


@pytest.mark.parametrize("source", ["10 / count > 2 || !vip", "10 / count > 2 && vip"])
def test_it_fails_where_the_side_that_fails_would_decide(source: str) -> None:
    [failure] = Conditions.compile(conditions(source), TYPES).evaluate({"vip": True}).failures
    assert failure.reason == "division by zero"


def test_two_moments_of_an_hour_that_comes_twice_are_told_apart() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))
    assert verdict('last - received == duration("1h")', received=first, last=second)


def test_all_problems_of_all_conditions_come_at_once() -> None:
    with pytest.raises(ConditionErrors) as caught:
        Conditions.compile(
            [*conditions("vip &&", "vip", "cliam > yuan(3)"), Condition("c1", "vip", "b.yaml:9")], TYPES
        )
    assert [str(problem) for problem in caught.value.problems] == [
        "b.yaml:9: c1: this id is taken already, at pack.yaml:2 (column 1)",
        "pack.yaml:1: c0: expected a value, found the end (column 7)",
        "pack.yaml:3: c2: unknown name 'cliam'; did you mean 'claim'? (column 1)",
    ]
    assert str(caught.value).count("\n") == 2


def test_no_conditions_hold_nothing() -> None:
    assert Conditions.compile([], TYPES).evaluate({"claim": 3}) == {}


def test_names_are_the_facts_that_a_condition_looks_at() -> None:
    compiled = Conditions.compile(
        conditions('claim > fee && cues.exists(v, v == text) && "rate" in known', "true"), TYPES
    )
    assert compiled.names("c0") == {"claim", "fee", "cues", "text", "rate"}
    assert compiled.names("c1") == frozenset()


@pytest.mark.parametrize("name", ["", "1a", "_a", "a.b", "金额", "in", "for", "true", "known", "a\n"])
def test_refuses_a_fact_that_no_condition_could_name(name: str) -> None:
    assert not is_fact_name(name)
    with pytest.raises(ValueError, match="no fact can be called"):
        Conditions.compile([], {name: FactType.TRUTH})


def test_facts_may_be_called_like_functions() -> None:
    compiled = Conditions.compile(
        conditions('size(size) > yuan && duration > duration("1h")'),
        {"size": FactType.TEXT, "yuan": FactType.WHOLE, "duration": FactType.SPAN},
    )
    assert compiled.evaluate({"size": "ab", "yuan": 1, "duration": timedelta(hours=2)})["c0"]


@pytest.mark.parametrize(
    "source",
    [
        "(" * 49 + "vip" + ")" * 49,
        "!(" * 24 + "vip" + ")" * 24,
        "(vip && " * 48 + "vip" + ")" * 48,
        "(vip ? vip : " * 24 + "vip" + ")" * 24,
        "rate * (" * 47 + "count" + ")" * 47 + " > 1",
        "[" + ",".join(["count"] * 300) + "] == [1]",
        "-(" * 23 + "count" + ")" * 23 + " > 1",
        "1 / " + "(1 - " * 45 + "rate" + ")" * 45 + " > 0.5",
    ],
)
def test_python_takes_what_is_as_deep_as_we_allow(source: str) -> None:
    assert verdict(source, rate=0.25) in (True, False)


@given(st.lists(right_sources, min_size=1, max_size=6), fact_values)
def test_together_they_give_what_each_gives_alone(sources: list[str], facts: Mapping[str, object]) -> None:
    together = Conditions.compile(conditions(*sources), TYPES).evaluate(facts)
    failed = {failure.id for failure in together.failures}
    for condition in conditions(*sources):
        alone = Conditions.compile([condition], TYPES).evaluate(facts)
        assert {failure.id for failure in alone.failures} == failed & {condition.id}
        assert alone.get(condition.id) == together.get(condition.id)
