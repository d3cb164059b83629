"""Topic patterns against a second, slower reading of what AMQP says."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.routing import matches

WORDS = st.lists(st.sampled_from(["a", "b", "clock"]), max_size=5)
PATTERN = st.lists(st.sampled_from(["a", "b", "*", "#"]), max_size=5)


def by_regular_expression(pattern: list[str], words: list[str]) -> bool:
    parts = {"*": r"[^.]+\.", "#": r"([^.]+\.)*"}
    expression = "".join(parts.get(word, re.escape(word) + r"\.") for word in pattern)
    return re.fullmatch(expression, "".join(f"{word}." for word in words)) is not None


@given(PATTERN, WORDS)
def test_it_matches_what_the_expression_matches(pattern: list[str], words: list[str]) -> None:
    assert matches(".".join(pattern), ".".join(words)) == by_regular_expression(pattern, words)
