"""Denials: what stands before a hit denies it, but not past a turn; what stands after it, too."""

import pytest

from services.grading.cues import CueFinder
from shared.policy.sections.facts import CueSpec

PHRASES = {
    "hurt": ["受伤", "摔伤", "injured", "injury"],
    "media": ["媒体", "the media"],
    "court": ["起诉", "打官司", "上法院", "lawyer"],
    "pay": ["赔偿", "compensation"],
    "loss": ["损失"],
    "leak": ["漏水", "leak"],
    "quality": ["质量", "quality"],
    "manners": ["态度", "service"],
    "brakes": ["制动", "熄火"],
    "insult": ["辱骂"],
    "fraud": ["欺诈"],
    "again": ["又漏", "反映过"],
}
CUES = {name: CueSpec.model_validate({"title": {"en": name}, "phrases": p}) for name, p in PHRASES.items()}


def found(text: str) -> set[str]:
    return {cue.cue for cue in CueFinder(CUES).find(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不怪质量，是态度差", {"manners"}),
        ("不能怪你们的态度", set()),
        ("跟质量没关系，就是态度差", {"manners"}),
        ("态度与漏水无关", {"manners"}),
        ("The service was lovely, the quality is not", {"quality"}),
        ("The service was not lovely", {"manners"}),
        ("Nothing to do with the quality, the service is slow", {"manners"}),
        ("质量飞快变差", {"quality"}),
        ("态度很快就变了", {"manners"}),
        ("没解决我找媒体", {"media"}),
        ("没解决找媒体", {"media"}),
        ("沒解決我們要找媒體", {"media"}),
        ("未答复要上法院", {"court"}),
        ("没处理只好起诉", {"court"}),
        ("没有说法我上法院", {"court"}),
        ("没人管我就起诉", {"court"}),
        ("没办法只好找媒体", {"media"}),
        ("不要逼我找媒体", {"media"}),
        ("物业不去找人我就上法院", {"court"}),
        ("师傅不去修漏水", {"leak"}),
        ("公司拖着不去办赔偿", {"pay"}),
        ("不要让我找媒体", {"media"}),
        ("not fixed so the media will hear", {"media"}),
        ("They did not reply and now my son is injured", {"hurt"}),
        ("Don't make me call the media", {"media"}),
    ],
)
def test_a_denial_ends_at_a_turn(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没修好漏水", {"leak"}),
        ("没有及时处理漏水", {"leak"}),
        ("漏水没人管", {"leak"}),
        ("没放警示牌导致摔伤", {"hurt"}),
        ("没放警示牌造成摔伤", {"hurt"}),
    ],
)
def test_a_denial_is_spent_on_what_it_denies(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "没有人受伤",
        "没有造成损失",
        "没有对我造成损失",
        "没有事故造成受伤",
        "没有人要赔偿",
        "我也不去律所找媒体",
        "客户说不找报社那些媒体",
        "有人要找媒体，我可没这个打算",
        "Others talk of the media, but I have no such plans",
        "没有要求赔偿",
        "没有收我赔偿",
        "没有影响我态度",
        "不走上法院那条路",
        "没有说要起诉",
        "没想过要找媒体",
        "不要求赔偿",
        "不要赔偿",
        "不想要赔偿",
        "不需要赔偿",
        "不必赔偿",
        "没有受伤、损失",
        "没有 受伤",
        "no injury",
        "I do not want any compensation",
        "我们不打官司",
        "我也没说起诉",
        "没提过起诉",
        "I am not after compensation",
        "We aren't looking for any compensation",
        "不打官司也不找媒体",
    ],
)
def test_a_denial_holds_to_its_end(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没想到孩子受伤", {"hurt"}),
        ("无故辱骂客户", {"insult"}),
        ("毫无征兆突然熄火", {"brakes"}),
        ("没有任何预兆熄火", {"brakes"}),
        ("无法制动", {"brakes"}),
        ("未成年人受伤", {"hurt"}),
        ("未经同意辱骂", {"insult"}),
        ("没多久漏水", {"leak"}),
        ("房屋被淹没损失不小", {"loss"}),
        ("不是第一次漏水", {"leak"}),
        ("不是没有受伤", {"hurt"}),
        ("有没有赔偿", {"pay"}),
        ("这不是欺诈吗", {"fraud"}),
        ("难道不是欺诈", {"fraud"}),
        ("这不是欺诈", set()),
    ],
)
def test_what_only_looks_like_a_denial(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("质量没有问题", set()),
        ("質量沒有問題,就是態度差", {"manners"}),
        ("质量方面没什么问题", set()),
        ("质量很好，态度恶劣", {"manners"}),
        ("质量还可以但态度差", {"manners"}),
        ("质量没得说", set()),
        ("赔偿就不用了", set()),
        ("赔偿我们不需要", set()),
        ("制动正常", set()),
        ("质量没受影响", set()),
        ("质量不受任何影响", set()),
        ("态度挺热情的", set()),
        ("媒体那边我还没去", set()),
        ("媒体我们还没找过", set()),
        ("漏水的问题已经修好了", set()),
        ("漏水我还没找人看", {"leak"}),
        ("受影响的是质量", {"quality"}),
        ("质量我们认", set()),
        ("质量不认", {"quality"}),
        ("态度很好的人走了", {"manners"}),
        ("媒体那边没打通", {"media"}),
        ("受伤倒没有发生", set()),
        ("the quality is fine, the service is rude", {"manners"}),
        ("compensation is not needed", set()),
        ("质量有问题", {"quality"}),
        ("质量没有保证", {"quality"}),
        ("质量没有达到标准", {"quality"}),
        ("质量没问题吗", {"quality"}),
        ("质量好差", {"quality"}),
        ("不如以前的质量还行", {"quality"}),
        ("态度不好", {"manners"}),
        ("态度不是很好", {"manners"}),
        ("受伤没有人管", {"hurt"}),
        ("受伤了没有人管", {"hurt"}),
        ("赔偿没有到位", {"pay"}),
        ("赔偿不用说了必须给", {"pay"}),
        ("漏水就算了,还没人管", {"leak"}),
        ("你们说质量没问题", {"quality"}),
        ("宣传质量很好", {"quality"}),
        ("如果质量没问题我不会来", {"quality"}),
        ("the quality is not good", {"quality"}),
        ("you said the quality is fine", {"quality"}),
    ],
)
def test_what_stands_after_denies_too(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没人处理 孩子受伤", {"hurt"}),
        ("没有回复可是孩子受伤", {"hurt"}),
        ("不是质量而是态度", {"manners"}),
        ("不是不过分,损失很大", {"loss"}),
    ],
)
def test_a_clause_ends_where_people_pause_or_turn(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("没修过又漏了", {"again"}), ("没跟你们反映过", set()), ("没用 又漏", {"again"})],
)
def test_what_comes_again_is_not_denied_by_what_was_not_done(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我昨天打过12315", True),
        ("12315已经受理了", True),
        ("再不换我就打12315了", False),
        ("我去找12315", True),
        ("不找12315", False),
    ],
)
def test_a_cue_for_what_is_done_may_leave_out_what_is_threatened(text: str, expected: bool) -> None:
    cue = CueSpec.model_validate({"title": {"en": "went"}, "phrases": ["12315"], "denied_by": ["不", "就"]})
    assert bool(CueFinder({"went": cue}).find(text)) is expected
