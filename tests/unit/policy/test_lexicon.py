"""The lexicon: what cues take over by name, and that no entry stands there for nothing."""

import pytest

from services.grading.cues import CueFinder
from shared.policy.lexicon import lexicon
from shared.policy.library import Library
from shared.policy.sections.facts import CueSpec
from shared.policy.source import SourceError
from tests.parts.packs import SMALL, small


def cues(**given: object) -> CueFinder:
    return CueFinder({"said": CueSpec.model_validate({"title": {"en": "said"}, **given})})


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        ("media", "已经联系了晚报", True),
        ("media", "沒有找記者", False),
        ("injury", "孩子骨折了", True),
        ("injury", "Nobody was hurt", False),
        ("injury", "She was hurt", True),
        ("returns_it", "這台車我不要了", True),
        ("returns_it", "不退车，修好就行", False),
        ("returns_it", "你们不退货", True),
        ("compensation", "不要求赔偿", False),
        ("compensation", "要求赔偿", True),
        ("again", "第三次来修了", True),
        ("again", "第三次喷漆有色差", False),
        ("no_loss", "没造成损失", True),
        ("no_loss", "他们说没损失", False),
        ("no_loss", "怎么可能没有损失", False),
        ("unsafe_vehicle", "刹车没有失灵", False),
        ("unsafe_vehicle", "高速上发动机忽然停了", True),
        ("suggests", "建议加个雨棚", True),
        ("suggests", "建议你们尽快处理", False),
        ("rescue", "爆管已经修好了", False),
        ("rescue", "爆管修好了又漏", True),
    ],
)
def test_what_an_entry_means(entry: str, text: str, found: bool) -> None:
    assert bool(cues(like=[entry]).find(text)) is found


def test_what_a_cue_leaves_out_counts_in_its_entries_too() -> None:
    assert cues(like=["court"]).find("法院门口的路坏了")
    assert not cues(like=["court"], unless=["法院门口"]).find("法院门口的路坏了")


def test_each_way_of_saying_it_has_denials_of_its_own() -> None:
    both = cues(phrases=["赔偿"], denied_by=["不谈"], like=["media"])
    assert [c.phrase for c in both.find("没有赔偿，没有找媒体")] == ["赔偿"]


def test_an_entry_that_is_not_there_refuses_the_pack() -> None:
    cue = "facts:\n  cues:\n    said: {title: {en: said}, like: [medai]}\n"
    with pytest.raises(SourceError, match="'medai' is no entry of the lexicon"):
        small(SMALL.replace("facts:\n  cues:\n", cue) if "facts:\n  cues:\n" in SMALL else SMALL + cue)


def test_every_entry_is_taken_over_by_a_pack() -> None:
    taken = {entry for pack in Library() for cue in pack.facts.cues.values() for entry in cue.like}
    assert taken == set(lexicon())
