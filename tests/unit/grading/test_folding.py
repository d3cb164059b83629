"""Folding: one script, small letters, and every sign in its place."""

from hypothesis import given
from hypothesis import strategies as st

from services.grading.cues import CueFinder
from services.grading.folding import folded
from shared.policy.sections.facts import CueSpec


def test_scripts_capitals_and_full_width() -> None:
    assert folded("沒有人受傷，ＡＢ１２ İstanbul") == "没有人受伤，ab12 İstanbul"


@given(st.text())
def test_positions_stay(text: str) -> None:
    assert len(folded(text)) == len(text)


def test_a_phrase_in_one_script_finds_both_and_is_denied_in_both() -> None:
    cues = CueFinder({"hurt": CueSpec.model_validate({"title": {"en": "h"}, "phrases": ["受傷"]})})
    assert [(c.phrase, c.at) for c in cues.find("孩子受伤")] == [("受伤", 2)]
    assert [c.phrase for c in cues.find("孩子受傷")] == ["受傷"]
    assert cues.find("沒有人受伤") == cues.find("并没有人受傷") == []
