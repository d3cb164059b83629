"""The packs that ship: they load, ask for what their procedures lost, and speak two languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from services.grading.cues import find_cues
from services.notify.samples import check_templates
from shared.contracts.words import Words
from shared.policy.bound import BoundPack
from shared.policy.library import SHIPPED, Library
from shared.policy.pack import Pack
from shared.policy.sections.clocks import LimitBy
from shared.policy.source import SourceError, read
from shared.policy.terms import Terms, terms
from shared.worktime import Limit

GIVEN: dict[str, dict[str, str]] = {
    "auto-dealer-service": {"large_damage": "50000", "frequent_repairs": "3"},
    "bank-consumer-protection": {"major_when": "false", "escalated_when": "false"},
    "property-developer": {},
}
REGIMES = {
    "auto-dealer-service": "004.18",
    "bank-consumer-protection": "000.06",
    "property-developer": "000.02",
}
every_pack = pytest.mark.parametrize("name", sorted(GIVEN))


def written(name: str) -> Pack:
    return Library().written(name)[1]


def bound(name: str) -> BoundPack:
    return Library().bound(name, GIVEN[name])


@every_pack
def test_loads_with_the_values_that_it_asks_for(name: str) -> None:
    pack = bound(name)
    assert pack.id == name
    assert pack.pack.regimes == (REGIMES[name],)
    assert set(pack.pack.required_params()) == set(GIVEN[name])
    check_templates(pack)


@pytest.mark.parametrize("name", [name for name in sorted(GIVEN) if GIVEN[name]])
def test_refuses_without_them_and_says_which_clause_asks(name: str) -> None:
    with pytest.raises(SourceError) as refused:
        Library().bound(name)
    said = {problem.where.removeprefix("params."): problem for problem in refused.value.problems}
    assert set(said) == set(GIVEN[name])
    for param, problem in said.items():
        assert written(name).params[param].clause in problem.message
        assert problem.line > 1


@pytest.mark.parametrize(
    ("name", "param", "value"),
    [
        ("bank-consumer-protection", "major_when", "claim_amount > 300000"),
        ("bank-consumer-protection", "escalated_when", "no_such_fact"),
        ("bank-consumer-protection", "reply_limit", "soon"),
        ("auto-dealer-service", "large_damage", "a lot"),
        ("auto-dealer-service", "frequent_repairs", "2.5"),
        ("property-developer", "same_closing_for_group", "perhaps"),
        ("property-developer", "invented", "1"),
    ],
)
def test_refuses_values_that_do_not_fit(name: str, param: str, value: str) -> None:
    with pytest.raises(SourceError):
        Library().bound(name, {**GIVEN[name], param: value})


def words(part: object, where: str = "") -> Iterator[tuple[str, Words]]:
    if isinstance(part, Words):
        yield where, part
    elif isinstance(part, BaseModel):
        for field in type(part).model_fields:
            yield from words(getattr(part, field), f"{where}.{field}")
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from words(value, f"{where}.{key}")
    elif isinstance(part, tuple):
        for index, value in enumerate(part):
            yield from words(value, f"{where}.{index}")


@every_pack
def test_says_everything_in_both_languages(name: str) -> None:
    missing = [
        where
        for where, said in words(written(name))
        if bool(said.zh.strip()) != bool(said.en.strip())
        or any("\u4e00" <= character <= "\u9fff" for character in said.en)
    ]
    assert missing == []


@every_pack
def test_every_duty_names_the_clause_it_rests_on(name: str) -> None:
    pack = written(name)
    clauses = [
        *(param.clause for param in pack.params.values()),
        *(rule.clause for rule in pack.grading.rules),
        *(clock.clause for clock in pack.clocks.values()),
        *(ladder.clause for ladder in pack.ladders.values()),
        *(notice.clause for notice in pack.notices.values()),
        *(grade.clause or "" for grade in pack.grading.grades.values()),
        *(milestone.clause or "" for milestone in pack.milestones.values()),
        *(field.clause or "" for field in pack.intake.fields.values()),
    ]
    assert [clause for clause in clauses if not clause.startswith(f"{REGIMES[name]} ")] == []


@every_pack
def test_every_milestone_clock_and_grade_is_played_in_a_scenario(name: str) -> None:
    pack, told = written(name), scenarios(name)
    assert sorted(set(pack.clocks) - told) == []
    assert sorted({rule.id for rule in pack.grading.rules} - told) == []
    assert sorted(set(pack.grading.grades) - told) == []
    assert sorted(set(pack.milestones) - told) == []


def scenarios(name: str) -> set[str]:
    """Every word that the scenarios of a pack name anywhere in their steps."""
    files = sorted((SHIPPED / name / "scenarios").glob("*.yaml"))
    assert files
    return {word for file in files for word in _named(_scenario(file, name))}


def _scenario(file: Path, name: str) -> object:
    data = read(file).data
    assert data["pack"] == name
    return data["steps"]


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
    else:
        yield str(value)


def test_the_bank_asks_for_the_two_lost_definitions_and_owns_up_to_its_default() -> None:
    pack = written("bank-consumer-protection")
    assert pack.required_params() == ("major_when", "escalated_when")
    assert tuple(pack.grading.grades) == ("general", "difficult", "watch", "escalated", "major")
    reply = pack.params["reply_limit"]
    assert reply.default == "5 working days"
    assert "没有数字" in reply.note.zh
    assert "no number" in reply.note.en


CLOSING = {
    "marketing/sales-service": "2 working days",
    "marketing/promises": "2 working days",
    "marketing/refund": None,
    "marketing/contract-cancellation": None,
    "marketing/late-fee": "2 working days",
    "marketing/documents": "5 working days",
    "marketing/title-deed": "2 working days",
    "marketing/commission": "10 working days",
    "repair/handover": "5 working days",
    "repair/service": "2 working days",
    "finance/claim": "5 working days",
    "finance/refund": "15 working days",
    "rental/service": "2 working days",
    "property/service": "2 working days",
    "property/lift": "5 working days",
    "other": "1 day",
}


@pytest.mark.parametrize(("category", "limit"), CLOSING.items())
def test_every_leaf_of_the_developer_has_its_closing_limit(category: str, limit: str | None) -> None:
    pack = bound("property-developer")
    found = terms(pack, pack.pack.clocks["close"], {"category": category}, {})
    assert found == (Terms(Limit.parse(limit)) if limit else None)


def test_the_developers_tree_has_no_other_leaves() -> None:
    pack = written("property-developer")
    leaves = {
        f"{name}/{leaf}" if leaf else name
        for name, branch in pack.intake.categories.items()
        for leaf in (branch.children or {""})
    }
    assert leaves == set(CLOSING)
    assert isinstance(pack.clocks["close"].limit, LimitBy)


AUTO = [
    ("要求赔偿我的误工费", {"wants_compensation"}),
    ("要求賠償", {"wants_compensation"}),
    ("I want compensation for the scratches", {"wants_compensation"}),
    ("到现在都没有赔偿", {"wants_compensation"}),
    ("我不要求赔偿,修好就行", set()),
    ("I am not asking for compensation, just fix it", set()),
    ("保险公司赔偿已经到位", set()),
    ("高速上刹车突然失灵", {"danger"}),
    ("行駛中方向盤卡死", {"danger"}),
    ("The brakes failed on the motorway", {"danger"}),
    ("碰撞后气囊没有弹出", {"danger"}),
    ("一直没有处理刹车失灵", {"danger"}),
    ("检查过了,没有安全隐患", set()),
    ("There is no safety issue", set()),
    ("多功能方向盘按键失灵", set()),
    ("早上打不着火", set()),
    ("我要找媒体", {"media"}),
    ("已經聯絡記者", {"media"}),
    ("I will call the media", {"media"}),
    ("我不想找媒体", set()),
    ("不要逼我找媒体", {"media"}),
    ("多媒体屏幕黑屏,流媒体后视镜也坏了", set()),
    ("nobody answered immediately about the media player", set()),
    ("我会请律师", {"lawyer"}),
    ("無奈之下只好找律師", {"lawyer"}),
    ("我没有找律师", set()),
    ("I don't need a lawyer for this", set()),
    ("我已经报警了", {"police"}),
    ("we called the police", {"police"}),
    ("胎压监测误报警,故障灯报警", set()),
    ("倒车时雷达会报警", set()),
    ("已投诉到消协", {"consumer_association"}),
    ("消費者委員會已受理", {"consumer_association"}),
    ("我想取消协议", set()),
    ("我打了12315", {"government"}),
    ("工商局已经受理", {"government"}),
    ("政府补贴一直没到账", set()),
    ("电话13812315000打不通", set()),
    ("在工商银行办的贷款", set()),
    ("不处理就在网上曝光", {"threatens_exposure"}),
    ("I will post it online", {"threatens_exposure"}),
    ("行车记录仪曝光度不对", set()),
    ("准备起诉你们", {"threatens_court"}),
    ("see you in court, I will sue", {"threatens_court"}),
    ("the courtesy car has an issue", set()),
    ("明天来堵门", {"threatens_extreme"}),
    ("我们不想拉横幅", set()),
    ("不打算起诉,也没有曝光", set()),
    ("不會去法院", set()),
    ("保养排队太久", {"about_service"}),
]

BANK = [
    ("不解决不走", {"pestering"}),
    ("我天天来银行坐着", {"pestering"}),
    ("賴著不走", {"pestering"}),
    ("I will come here every day", {"pestering"}),
    ("I won't leave until this is settled", {"pestering"}),
    ("我不是来闹事的,也不想天天来银行", set()),
    ("每天都要转账,手续费太高", set()),
    ("再不退款我就找媒体", {"media_exposure"}),
    ("我不想找媒体", set()),
    ("新聞媒體會報道", {"media_exposure"}),
    ("已向银保监反映", {"regulator"}),
    ("拨打了12378", {"regulator"}),
    ("账号尾号4123785", set()),
    ("我的律师会联系你们", {"legal_action"}),
    ("没有请律师,只想问清楚", set()),
    ("不想起诉,也不想曝光", set()),
    ("I will sue the bank", {"legal_action"}),
    ("this is an issue with my card", set()),
]

PROPERTY = [
    ("置业顾问态度很差", {"about_sales_service"}),
    ("承诺的学校一直没有兑现", {"about_promises"}),
    ("要求退還定金", {"about_refund"}),
    ("不想退款,只想早点收房", set()),
    ("要求解除合同", {"about_contract"}),
    ("滞纳金收得不合理", {"about_late_fee"}),
    ("三方协议领不到", {"about_documents"}),
    ("房产证办了三年", {"about_title_deed"}),
    ("佣金没有结算", {"about_commission"}),
    ("a commissioner came by", set()),
    ("厨房漏水", {"about_defects"}),
    ("没有漏水,只是灯不亮", set()),
    ("从来没买过保险", set()),
    ("已过保的门窗", {"about_repair_service"}),
    ("賠償遲遲不到", {"about_claim", "slow_money"}),
    ("公寓不退押金", {"about_deposit"}),
    ("小区蚊虫多", {"about_pests"}),
    ("保安态度恶劣", {"about_grounds"}),
    ("电梯经常发生故障", {"about_lift"}),
]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        *(("auto-dealer-service", *case) for case in AUTO),
        *(("bank-consumer-protection", *case) for case in BANK),
        *(("property-developer", *case) for case in PROPERTY),
    ],
)
def test_cues_of_the_packs(name: str, text: str, found: set[str]) -> None:
    assert {cue.cue for cue in find_cues(written(name), text)} == found


def test_a_parameter_with_choices_takes_no_other_word() -> None:
    with pytest.raises(SourceError) as refused:
        Library().bound("car-maker-complaints", {"first_responsible": "cashier"})
    assert "expected one of service-manager, service-adviser, found 'cashier'" in str(refused.value)
    with pytest.raises(SourceError) as asked:
        Library().bound("car-maker-complaints")
    assert "must be given (service-manager or service-adviser)" in str(asked.value)


LEAVES_IT_OUT = {
    "appliance-service-abridged": ("003.02a",),
    "pcb-maker-quality-abridged": ("003.02b",),
}
"""Shortened procedures that leave out details: what they take over from the whole one cites that."""


def test_what_decides_cites_the_procedure_that_the_pack_carries_out() -> None:
    for pack in Library():
        own = (*(pack.regimes or ()), *LEAVES_IT_OUT.get(pack.pack, ()))
        grading = pack.grading
        rules = [
            *pack.conversions,
            *pack.categorising,
            *(pack.validity.rules if pack.validity else ()),
            *grading.rules,
            *grading.raises,
            *grading.promotions,
            *([grading.by_hand] if grading.by_hand else []),
        ]
        foreign = [rule.clause for rule in rules if own and not any(id_ in rule.clause for id_ in own)]
        assert not foreign, f"{pack.pack}: {foreign}"
