"""The facts of a grading after their way over the wire."""

from datetime import UTC, datetime

import pytest

from shared.policy.conditions import FactValueError
from tests.parts.packs import SMALL, small

PACK = small(SMALL.replace("  categories:", "    bought: {type: moment, title: {en: bought}}\n  categories:"))


def test_a_moment_is_a_moment_again() -> None:
    assert PACK.heard({"bought": "2026-02-11T01:00:00Z", "injured": 2}) == {
        "bought": datetime(2026, 2, 11, 1, tzinfo=UTC),
        "injured": 2,
    }


def test_a_fact_that_the_pack_has_no_longer_is_left_out() -> None:
    assert PACK.heard({"gone": True}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bought", "soon"),
        ("bought", "2026-02-11T01:00:00"),
        ("bought", 5),
        ("injured", "two"),
        ("injured", 2**70),
        ("hurt", "yes"),
        ("channel", 5),
        ("channel", "\ud83d"),
    ],
)
def test_a_value_of_another_type_is_refused_and_not_quoted(name: str, value: object) -> None:
    with pytest.raises(FactValueError, match=name) as caught:
        PACK.heard({name: value})
    assert str(value) not in str(caught.value)
