"""Numbers as people write them, read back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grading.folding import folded
from services.grading.numerals import number

DIGITS = "零一二三四五六七八九"
PLACES = ((1000, "千"), (100, "百"), (10, "十"))


def section(value: int) -> str:
    """1 to 9999 as written out: 一千零五, 三百二十."""
    text, gap = "", False
    for place, sign in PLACES:
        digit, value = divmod(value, place)
        if digit:
            text, gap = f"{text}{'零' if gap and text else ''}{DIGITS[digit]}{sign}", False
        else:
            gap = gap or bool(text)
    return text + (f"{'零' if gap and text else ''}{DIGITS[value]}" if value else "")


def written(value: int) -> str:
    """1 to 99,999,999 as written out."""
    myriads, rest = divmod(value, 10_000)
    if not myriads:
        return section(rest)
    gap = "零" if 0 < rest < 1000 else ""
    return f"{section(myriads)}万{gap}{section(rest) if rest else ''}"


@given(st.integers(1, 99_999_999))
def test_whatever_is_written_out_is_read_back(value: int) -> None:
    assert number(written(value)) == value


@given(st.integers(0, 10**12))
def test_thousands_may_be_set_apart(value: int) -> None:
    assert number(f"{value:,}") == value == number(str(value))


@given(st.text(alphabet="零一二三五九十百千万亿点0159.,", max_size=12))
def test_any_heap_of_signs_is_a_number_or_none(text: str) -> None:
    found = number(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三万五", 35_000),
        ("一百五", 150),
        ("一百零五", 105),
        ("十五", 15),
        ("壹佰贰拾叁", 123),
        ("兩千三", 2300),
        ("1亿2000万", 120_000_000),
        ("3.5万", 35_000),
        ("三点五万", 35_000),
        ("3万5千", 35_000),
        ("一万亿", 10**12),
        ("二〇〇", 200),
        ("１２萬", 120_000),
        ("三五", None),
        ("三五万", None),
        ("十百", None),
        ("9999亿亿", None),
    ],
)
def test_readings(text: str, value: int | None) -> None:
    assert number(folded(text)) == (None if value is None else Decimal(value))
