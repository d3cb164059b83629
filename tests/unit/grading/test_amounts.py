"""Amounts in a text: money, people, households; what leaves its value open is not read."""

import time

import pytest

from services.grading.amounts import read_amounts
from shared.policy.sections.facts import AmountSpec

SPECS = {
    reads: AmountSpec.model_validate({"title": {"en": reads}, "reads": reads})
    for reads in ("money", "people", "households", "times")
}


def found(text: str) -> dict[str, int]:
    return {amount.fact: amount.value for amount in read_amounts(SPECS, text)}


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("要求赔偿三十万", 300_000),
        ("要求賠償三十萬圓", 300_000),
        ("30万元", 300_000),
        ("29.9万元", 299_000),
        ("赔300,000元", 300_000),
        ("¥300000", 300_000),
        ("￥3.5万", 35_000),
        ("RMB 300,000", 300_000),
        ("300000 yuan", 300_000),
        ("人民币三万五千元整", 35_000),
        ("500块钱", 500),
        ("１２万元", 120_000),
        ("先付5万，再赔30-50万元", 500_000),
        ("要求退三十万零五百", 300_500),
        ("一共三十萬零五百元", 300_500),
        ("赔30w", 300_000),
        ("30W元", 300_000),
        ("￥29.9万", 299_000),
        ("赔 30 万", 300_000),
        ("CNY300000", 300_000),
        ("30万5千", 305_000),
        ("300k yuan", 300_000),
        ("0.3 million yuan", 300_000),
        ("two hundred and ninety-nine thousand yuan", 299_000),
        ("a million yuan", 1_000_000),
        ("赔我五千", 5_000),
        ("扣了我800，不给说法", 800),
    ],
)
def test_money(text: str, yuan: int) -> None:
    assert found(text) == {"money": yuan * 100}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("3个人", 3),
        ("三名员工", 3),
        ("2個孩子", 2),
        ("12个储户", 12),
        ("3 people", 3),
        ("five customers", 5),
        ("twelve of us", 12),
        ("one hundred and twenty residents", 120),
    ],
)
def test_people(text: str, people: int) -> None:
    assert found(text) == {"people": people}


@pytest.mark.parametrize(
    ("text", "households"), [("5户", 5), ("48戶業主", 48), ("十二住户", 12), ("twenty families", 20)]
)
def test_households(text: str, households: int) -> None:
    assert found(text) == {"households": households}


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("修了四次", 4),
        ("修了3次还没好", 3),
        ("已经第五次返修", 5),
        ("跑了兩趟", 2),
        ("repaired four times", 4),
        ("this is the 4th time", 4),
        ("the third time it broke", 3),
        ("fixed twice", 2),
    ],
)
def test_times(text: str, times: int) -> None:
    assert found(text) == {"times": times}


@pytest.mark.parametrize(
    "text",
    [
        "十几个人", "几十户", "近百户", "上百人", "30多万元", "三十余户", "近30万元", "不到30万元", "两三户",
        "三十几万", "30万美元", "50万港币", "$300000", "3块石头", "2026元旦", "第3户", "5人次", "3位数",
        "3户型", "1.234元", "30万公里", "3次方", "修了好几次", "三四次", "一次性",
        "30w的灯", "30W LED灯", "赔12份", "扣15%", "付了3期", "￥ 300 000", "hundreds of people", "no one",
        "300k", "",
    ],
)  # fmt: skip
def test_nothing_to_read(text: str) -> None:
    assert found(text) == {}


def test_an_amount_says_where_its_words_stand_in_the_text_as_it_was() -> None:
    (amount,) = read_amounts({"money": SPECS["money"]}, "客戶要求賠償三十萬圓。")
    assert (amount.words, amount.at) == ("三十萬圓", 6)


def test_only_amounts_near_the_word_count() -> None:
    near = {"money": SPECS["money"].model_copy(update={"near": ("赔",)})}
    assert [a.value for a in read_amounts(near, "房价300万元，要求赔3,000.50元")] == [300_050]


def test_a_heap_of_digits_takes_no_time() -> None:
    began = time.process_time()
    for text in ("1" * 20_000, "1," * 10_000, "一" * 20_000, "1.1" * 6_000, "十万" * 9_000):
        found(text)
    assert time.process_time() - began < 2
