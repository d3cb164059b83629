"""Values that no condition tells apart are on one level."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.conditions import Condition, Conditions, FactType, parse
from shared.policy.levels import Levels, levels

VALUES = {"limit": 7, "much": 500_00, "open": True}
TYPES = {
    "n": FactType.WHOLE,
    "paid": FactType.MONEY,
    "limit": FactType.WHOLE,
    "much": FactType.MONEY,
    "open": FactType.TRUTH,
    "other": FactType.WHOLE,
}


@pytest.mark.parametrize(
    ("fact", "conditions", "thresholds"),
    [
        ("n", ["n >= 50"], (50,)),
        ("n", ["50 <= n", "n > 9 && open"], (10, 50)),
        ("n", ["n <= 4 || !(n < 3)"], (3, 5)),
        ("n", ["n == 3 ? open : n != 5"], (3, 4, 5, 6)),
        ("n", ["n >= limit"], (7,)),
        ("n", ["other > 3", "open"], ()),
        ("n", ["n > other"], None),
        ("n", ["n + 1 > 3"], None),
        ("n", ["n in [2, 3]"], None),
        ("n", ["n > 3", "n * 2 > 9"], None),
        ("n", ['"n" in known && n >= 2'], (2,)),
        ("paid", ["paid >= wan(500)", "paid > much"], (500_01, 500_000_000)),
        ("paid", ["yuan(0.5) < paid"], (51,)),
    ],
)
def test_the_thresholds_of_a_fact(
    fact: str, conditions: list[str], thresholds: tuple[int, ...] | None
) -> None:
    found = levels(fact, map(parse, conditions), VALUES)
    assert found == Levels(tuple(sorted(thresholds)) if thresholds is not None else None)


def test_a_value_is_on_the_level_of_the_last_threshold_it_reaches() -> None:
    two = Levels((3, 50))
    assert [two.of(n) for n in (0, 2, 3, 49, 50, 900)] == [0, 0, 3, 3, 50, 50]
    assert Levels(None).of(17) == 17
    assert Levels(()).of(17) == 0


SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
ATOMS = st.builds("{} {} {}".format, st.just("n"), SIGNS, st.integers(0, 9)) | st.builds(
    "{} {} {}".format, st.integers(0, 9), SIGNS, st.just("n")
)
TREES = st.recursive(
    ATOMS,
    lambda inner: (
        st.builds("({} && {})".format, inner, inner)
        | st.builds("({} || {})".format, inner, inner)
        | st.builds("!({})".format, inner)
    ),
    max_leaves=6,
)


@given(text=TREES, n=st.integers(0, 12))
def test_a_condition_cannot_tell_a_value_from_its_level(text: str, n: int) -> None:
    compiled = Conditions.compile([Condition("c", text, "here")], TYPES)
    level = levels("n", iter([compiled.tree("c")]), VALUES).of(n)
    assert compiled.evaluate({"n": n})["c"] == compiled.evaluate({"n": level})["c"]
