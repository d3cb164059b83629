"""What the store can keep of a sender's JSON."""

from typing import Any

import pytest
from bson import BSON
from hypothesis import given
from hypothesis import strategies as st

from shared.store.storable import LARGEST_WHOLE, MAX_DEPTH, unstorable


def nested(levels: int, innermost: object = 1) -> Any:
    value = innermost
    for level in range(levels):
        value = {"in": value} if level % 2 else [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"a": [1, 2.5, True, None, "text with \0 in it"]},
        {"most": LARGEST_WHOLE, "least": -LARGEST_WHOLE},
        nested(MAX_DEPTH),
    ],
)
def test_what_can_be_kept_is_passed(value: object) -> None:
    assert list(unstorable(value)) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": {"b\0c": 1}}, ["data.a: expected names without NUL"]),
        ({"n": LARGEST_WHOLE + 1}, ["data.n: expected a whole number of at most 64 bits"]),
        ({"n": [0, float("nan")]}, ["data.n.1: expected a number that JSON knows"]),
        (
            [float("inf"), -(2**70)],
            [
                "data.0: expected a number that JSON knows",
                "data.1: expected a whole number of at most 64 bits",
            ],
        ),
    ],
)
def test_what_cannot_be_kept_is_named_with_its_place(value: object, said: list[str]) -> None:
    assert list(unstorable(value)) == said


def test_one_level_too_many_is_told_where_it_begins() -> None:
    (said,) = unstorable(nested(MAX_DEPTH + 1))
    assert said.endswith(f": expected at most {MAX_DEPTH} levels, one inside the other")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_whatever_is_passed_the_store_takes(value: Any) -> None:
    if not list(unstorable(value)):
        BSON.encode({"data": value})
