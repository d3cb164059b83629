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
        ("late_goods", "包裹在中转站趴了九天", True),
        ("late_goods", "东西没到期就坏了", False),
        ("late_goods", "躺在我家沙发上十二个小时", False),
        ("wrong_goods", "我要的是三米的，寄来的是一米五的", True),
        ("wrong_goods", "I ordered a 42 and got a 40", True),
        ("wrong_goods", "和超市买的不一样", False),
        ("wrong_goods", "不是送错", False),
        ("damaged_on_the_way", "送来的时候碎了两个", True),
        ("damaged_on_the_way", "The box was soaked", True),
        ("damaged_on_the_way", "送来时没有破", False),
        ("delivery", "物流飞快，瓶子漏了", False),
        ("delivery", "不怪快递", False),
        ("delivery", "The courier was lovely", False),
        ("delivery", "快递丢了", True),
        ("carried", "卸在马路边", True),
        ("carried", "没有要送到家", False),
        ("negligent", "师傅看了两眼就走了", True),
        ("negligent", "He left without fixing anything", True),
        ("negligent", "从不敷衍", False),
        ("refund_pending", "退款批了一个月还没到", True),
        ("refund_pending", "要求退款", False),
        ("repaired", "刚在你们店里换的", True),
        ("repaired", "装修了三个月", False),
        ("vehicle_fault", "换挡顿挫", True),
        ("vehicle_fault", "没有异响", False),
        ("shows_fault", "盖子盖不紧", True),
        ("shows_fault", "一倒就漏", True),
        ("shows_fault", "破坏了邻里关系", False),
        ("shows_fault", "联系不上销售", False),
        ("shows_fault", "The lid will not close", True),
        ("shows_fault", "Please do not close my account", False),
        ("staff_act", "前台让我自己去找", True),
        ("staff_act", "The salesman told me to wait", True),
        ("staff_act", "销售合同在哪里", False),
        ("only_tells", "Just letting you know", True),
        ("only_tells", "也不提醒一下", False),
        ("only_tells", "不管怎么说，就是说话难听", False),
        ("not_as_promised", "标称两米，量下来才一米七", True),
        ("power_out", "全街漆黑", True),
        ("power_out", "没停电", False),
        ("slow", "抖得像拖拉机", False),
        ("slow", "办事拖拉", True),
        ("suggests", "建议你们把退货流程放到首页", True),
        ("suggests", "建议你们退货", False),
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
        ("asks", "请问怎么退订", True),
        ("asks", "Is there a fee for early settlement?", True),
        ("asks", "怎么还没修好？", False),
        ("asks", "为什么又停了？", False),
        ("asks_help", "找个人带我走一遍", True),
        ("asks_help", "我不会操作", True),
        ("vents", "就是发发牢骚", True),
        ("vents", "你们处理得太慢", False),
        ("funds_at_risk", "余额还是零", True),
        ("funds_at_risk", "钱到底去哪了", True),
        ("funds_at_risk", "Someone logged into our account", True),
        ("funds_at_risk", "让数据多跑路", False),
        ("wrong_goods", "发的是别的型号", True),
        ("wrong_goods", "订了一万只只来了九千二", True),
        ("wrong_goods", "防冻液泄漏发动机异响", False),
        ("staff", "业务员一问三不知", True),
        ("staff", "螺丝松了", False),
        ("tells_enough", "投诉，请回电", False),
        ("tells_enough", "这批灯串挂上去一半亮一半暗", True),
        ("tells_enough", "The cuff slides off every patient with thin arms", True),
        ("does_not_work", "It won't start", True),
        ("does_not_work", "The door will not shut properly", True),
        ("does_not_work", "录像调不出来", True),
        ("does_not_work", "开一会儿就自己关机了", True),
        ("does_not_work", "孩子发烧了", False),
        ("does_not_work", "我要报警", False),
        ("does_not_work", "发票开不了", False),
        ("poor_quality", "体温计测出来忽高忽低", True),
        ("poor_quality", "一股塑料味", True),
        ("poor_quality", "The paint can be rubbed off", True),
        ("poor_quality", "服务质量跟上次差不多", False),
        ("poor_quality", "孔攻偏了", True),
        ("again", "修过了还是不转", True),
        ("again", "This is the fourth ticket", True),
        ("again", "又烧了一个", True),
        ("no_loss", "没受什么损失", True),
        ("no_loss", "谈不上什么损失", True),
        ("no_loss", "不是说没损失吗", False),
        ("rude", "爱应不应的", True),
        ("rude", "He rolled his eyes", True),
        ("incompetent", "三个人给我三种说法", True),
        ("incompetent", "身份证号输错两位", True),
        ("incompetent", "She could not answer a single question", True),
        ("slow", "材料交了，进度动都没动", True),
        ("slow", "不动产登记", False),
        ("no_answer", "They stood us up twice", True),
        ("authority", "我就打12300", True),
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
        ("rescue", "闻到一股燃气的味道", True),
        ("rescue", "燃气费怎么交", False),
        ("rescue", "The smoke detector needs a battery", False),
        ("again", "没跟你们反映过", False),
        ("again", "催了你们好几次", True),
        ("again", "特别是今天又坏了", True),
        ("again", "修好以后别又坏了", False),
        ("again", "收到你们的回复发现不对", False),
        ("asks_favours", "暗示要包烟", True),
        ("asks_favours", "在诊所打点滴", False),
        ("compensation", "修车费你们得出", True),
        ("compensation", "拖车费由财政支付", False),
        ("court", "我要告你们", True),
        ("court", "转告你们经理", False),
        ("court", "不打算打官司", False),
        ("crowd", "业主们商量着上门", True),
        ("crowd", "业主签字同意改造", False),
        ("danger", "险些翻车", True),
        ("discontent", "凭什么我没有", True),
        ("discontent", "我不是来投诉的", False),
        ("does_not_work", "突然不转了", True),
        ("does_not_work", "道路无法正常通行", False),
        ("grave_injury", "手指断了两根", True),
        ("grave_injury", "交通瘫痪", False),
        ("incompetent", "把我的名字写成别人的", True),
        ("incompetent", "把人打成轻伤", False),
        ("injury", "脚背被压肿", True),
        ("injury", "把手断了", False),
        ("injury", "It hurt my credit", False),
        ("late", "第四天了还没到", True),
        ("late", "整改期限已过", False),
        ("looks", "门上蹭了一道印", True),
        ("misconduct", "偷偷把货拿走", True),
        ("not_as_promised", "承诺不兑现", True),
        ("out_of_spec", "孔位偏了1毫米", True),
        ("out_of_spec", "在人民大道路口", False),
        ("overcharged", "同一笔扣了两次", True),
        ("overcharged", "每月一千多收入", False),
        ("own_mistake", "不是你们的问题", True),
        ("own_mistake", "难道不是你们的问题", False),
        ("own_mistake", "师傅说不是你们的问题吗", False),
        ("poor_quality", "买来没两天就散了", True),
        ("slow", "排队排了一个礼拜", True),
        ("slow", "It took them three weeks", True),
        ("suggests", "要是有充电口就更方便了", True),
        ("suggests", "要是早点修就好了", False),
        ("suggests", "为何不修", False),
        ("works_anyway", "有道划痕，用起来没问题", True),
    ],
)
def test_what_an_entry_means(entry: str, text: str, found: bool) -> None:
    assert bool(cues(like=[entry]).find(text)) is found


def test_what_a_cue_leaves_out_counts_in_its_entries_too() -> None:
    assert cues(like=["court"]).find("法院门口的路坏了")
    assert not cues(like=["court"], unless=["法院门口"]).find("法院门口的路坏了")


def test_what_an_entry_leaves_out_does_not_count_by_the_cue_s_own_words() -> None:
    spoken = cues(like=["poor_quality"], phrases=["质量"])
    assert [cue.phrase for cue in spoken.find("这批货质量不稳定")] == ["质量"]
    assert not spoken.find("服务质量太差")


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
