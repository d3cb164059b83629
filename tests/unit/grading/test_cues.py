"""Cues: found in both scripts and in English, not when denied, not inside excluded words."""

import pytest

from services.grading.cues import CueFinder
from shared.policy.sections.facts import CueSpec

CUES = {
    "hurt": CueSpec.model_validate({"title": {"en": "hurt"}, "phrases": ["受伤", "受傷", "injured"]}),
    "media": CueSpec.model_validate({"title": {"en": "media"}, "phrases": ["媒体"], "unless": ["多媒体"]}),
    "dead": CueSpec.model_validate({"title": {"en": "dead"}, "phrases": ["n't start", "does not start"]}),
    "amount": CueSpec.model_validate({"title": {"en": "amount"}, "patterns": [r"\d+万元"]}),
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("老人摔倒受伤了", {"hurt"}),
        ("老人摔倒受傷了", {"hurt"}),
        ("My son was injured there", {"hurt"}),
        ("没有人受伤", set()),
        ("事故中無人受傷", set()),
        ("Nobody was not injured", set()),
        ("没有回复,孩子受伤了", {"hurt"}),
        ("没人处理。孩子受伤", {"hurt"}),
        ("没人处理孩子就受伤了", {"hurt"}),
        ("你们不会处理我就找媒体", {"media"}),
        ("我不会找媒体", set()),
        ("不想找媒體", set()),
        ("不打算找媒体", set()),
        ("不找媒体", set()),
        ("暂不找媒体", set()),
        ("I won't go, he was injured", {"hurt"}),
        ("I won't go, nobody was injured", set()),
        ("He wasn't injured", set()),
        ("It won't start", {"dead"}),
        ("It doesn’t start", {"dead"}),
        ("It didn't started", set()),
        ("It does not start", {"dead"}),
        ("I wasn’t injured", set()),
        ("He never got injured", set()),
        ("是不是受伤了", {"hurt"}),
        ("这样会不会受伤", {"hurt"}),
        ("带来不必要的媒体关注", {"media"}),
        ("uninjured", set()),
        ("我要找媒体曝光", {"media"}),
        ("车上的多媒体坏了", set()),
        ("多媒体坏了,我要找媒体", {"media"}),
        ("索赔30万元", {"amount"}),
        ("", set()),
        ("İstanbul 受伤", {"hurt"}),
    ],
)
def test_cues(text: str, found: set[str]) -> None:
    assert {cue.cue for cue in CueFinder(CUES).find(text)} == found


def test_a_cue_names_the_words_that_made_it() -> None:
    cue = CueFinder(CUES).find("昨天孩子受伤,送医院")[0]
    assert (cue.phrase, cue.at) == ("受伤", 4)
