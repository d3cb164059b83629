"""A pattern is searched for only where one of its anchors is: every match holds one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grading.anchors import anchors_of
from services.grading.folding import folded, simplified
from shared.policy.lexicon import lexicon

PATTERNS = [
    re.compile(simplified(pattern), re.IGNORECASE)
    for wording in lexicon().values()
    for pattern in wording.patterns
]
ODD = "\u017f\u0131\u0130\u212a"
"""Signs that small letters stand for, but that nobody writes."""


@pytest.mark.parametrize(
    ("pattern", "anchors"),
    [
        ("电梯", {"电梯"}),
        ("Fire", {"fire"}),
        ("电梯(?:坏了|停)", {"电梯"}),
        ("(?:电梯|门)(?:坏了|停)", {"电梯", "门"}),
        ("(?:电梯|扶梯)?坏", {"坏"}),
        ("[电扶]梯?", {"电", "扶"}),
        ("(?:not|never) told", {" told"}),
        ("(?:很|太)+慢", {"慢"}),
        ("a?b?", None),
        ("(?:坏|)", None),
        ("[^坏]", None),
        ("[一-龥]", None),
        (".{3}", None),
        ("(?!坏).", None),
        ("x", None),
    ],
)
def test_the_rarest_of_what_must_be_there(pattern: str, anchors: set[str] | None) -> None:
    assert anchors_of(re.compile(pattern)) == anchors


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_every_match_holds_an_anchor(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(PATTERNS))
    anchors = anchors_of(pattern)
    if anchors is not None:
        alphabet = st.characters(codec="utf-8", exclude_characters=ODD)
        text = data.draw(st.from_regex(pattern, alphabet=alphabet))
        match = pattern.search(folded(text))
        assert match is None or any(anchor in match[0] for anchor in anchors)


def test_nearly_every_pattern_has_anchors() -> None:
    assert sum(anchors_of(pattern) is None for pattern in PATTERNS) < len(PATTERNS) / 50
