"""Limits read from words and said in words again."""

from datetime import time

import pytest
from hypothesis import given

from shared.worktime import Limit, Unit
from tests.unit.worktime.places import any_limits

READ = [
    ("30 minutes", "30 minutes", "30分钟"),
    ("30 min", "30 minutes", "30分钟"),
    ("1 hour", "1 hour", "1小时"),
    ("an hour", "1 hour", "1小时"),
    ("half an hour", "30 minutes", "30分钟"),
    ("1.5 hours", "90 minutes", "90分钟"),
    ("8 working hours", "8 working hours", "8个工作小时"),
    ("2.5 working hours", "150 working minutes", "150个工作分钟"),
    ("half a day", "12 hours", "12小时"),
    ("half a working day", "half a working day", "半个工作日"),
    ("1.5 working days", "1.5 working days", "1.5个工作日"),
    ("within 3 days", "3 days", "3天"),
    ("3 calendar days", "3 days", "3天"),
    ("5  Working  Days", "5 working days", "5个工作日"),
    ("5 business days", "5 working days", "5个工作日"),
    ("end of working day 2", "2 working days", "2个工作日"),
    ("end of day 2", "2 days", "2天"),
    ("1 week", "1 week", "1周"),
    ("1 month", "1 month", "1个月"),
    ("half a month", "15 days", "15天"),
    ("half a year", "6 months", "6个月"),
    ("1.5 years", "18 months", "18个月"),
    ("1 year", "1 year", "1年"),
    ("same day", "same day", "当天"),
    ("end of the same day", "same day", "当天"),
    ("same working day", "same working day", "当个工作日"),
    ("end of the same business day", "same working day", "当个工作日"),
    ("17:30 same working day", "17:30 same working day", "当个工作日17:30"),
    ("next day", "1 day", "1天"),
    ("24:00 next day", "1 day", "1天"),
    ("next working day", "1 working day", "1个工作日"),
    ("15:00 next day", "15:00 next day", "次日15:00"),
    ("by 9:05 next day", "09:05 next day", "次日09:05"),
    ("15:00 same day", "15:00 same day", "当天15:00"),
    ("00:00 next day", "00:00 next day", "次日00:00"),
    ("15:00 on day 2", "15:00 on day 2", "2天后15:00"),
    ("15:00 on working day 2", "15:00 on working day 2", "2个工作日后15:00"),
    ("15:00 next working day", "15:00 next working day", "1个工作日后15:00"),
    ("10th of next month", "10th of next month", "下月10日前"),
    ("by the 10th of the next month", "10th of next month", "下月10日前"),
    ("3rd of the month", "3rd of the month", "本月3日前"),
    ("15:00 on the 10th of next month", "15:00 on the 10th of next month", "下月10日15:00前"),
    ("end of the month", "end of the month", "本月底前"),
    ("31st of next month", "end of next month", "下月底前"),
    ("18:00 on the last day of next month", "18:00 on the last day of next month", "下月底18:00前"),
    ("10th of month 2", "10th of month 2", "2个月后的10日前"),
    ("18:00 on the last day of month 3", "18:00 on the last day of month 3", "3个月后的月底18:00前"),
    ("30分钟", "30 minutes", "30分钟"),
    ("24小时内", "24 hours", "24小时"),
    ("半个小时", "30 minutes", "30分钟"),
    ("半個小時", "30 minutes", "30分钟"),
    ("8个工作小时", "8 working hours", "8个工作小时"),
    ("3日内", "3 days", "3天"),
    ("十五天", "15 days", "15天"),
    ("二十个工作日", "20 working days", "20个工作日"),
    ("２个工作日", "2 working days", "2个工作日"),
    ("第2個工作日內", "2 working days", "2个工作日"),
    ("半天", "12 hours", "12小时"),
    ("半个工作日", "half a working day", "半个工作日"),
    ("一周内", "1 week", "1周"),
    ("两周", "2 weeks", "2周"),
    ("一个月", "1 month", "1个月"),
    ("半年", "6 months", "6个月"),
    ("当天", "same day", "当天"),
    ("當日", "same day", "当天"),
    ("当个工作日内", "same working day", "当个工作日"),
    ("同一個工作日", "same working day", "当个工作日"),
    ("本工作日17:30前", "17:30 same working day", "当个工作日17:30"),
    ("次日", "1 day", "1天"),
    ("次日15：00前", "15:00 next day", "次日15:00"),
    ("次日 15点", "15:00 next day", "次日15:00"),
    ("次工作日", "1 working day", "1个工作日"),
    ("下月10日前", "10th of next month", "下月10日前"),
    ("次月十日之前", "10th of next month", "下月10日前"),
    ("本月底", "end of the month", "本月底前"),
    ("两个月后的10日前", "10th of month 2", "2个月后的10日前"),
]

REFUSED = [
    "",
    "soon",
    "5",
    "days",
    "-3 days",
    "0 days",
    "0 working days",
    "零天",
    "3 fortnights",
    "1.25 hours",
    "1.5 days",
    "1.5 minutes",
    "half a minute",
    "half a week",
    "25:00 next day",
    "15:60 next day",
    "24:30 next day",
    "15:00",
    "15:00 on day 0",
    "same week",
    "same day 2",
    "same working day 2",
    "32nd of next month",
    "0th of next month",
    "before the 10th of next month",
    "第2天",
    "3天后",
    "五五天",
    "下月32日前",
    "5 working days extra",
    "次日25:00",
]


@pytest.mark.parametrize(("text", "en", "zh"), READ)
def test_words_are_read_and_said_again(text: str, en: str, zh: str) -> None:
    limit = Limit.parse(text)
    assert (str(limit), limit.text("en"), limit.text("zh")) == (en, en, zh)


@pytest.mark.parametrize("text", REFUSED)
def test_nonsense_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"a limit such as .*working days.* is expected"):
        Limit.parse(text)


@pytest.mark.parametrize(
    "text", ["101 years", "1201 months", "36526 days", "876601 hours", "999999999 minutes"]
)
def test_more_than_a_hundred_years_is_absurd(text: str) -> None:
    with pytest.raises(ValueError, match="at most 100 years"):
        Limit.parse(text)


@pytest.mark.parametrize("text", ["100 years", "1200 months", "36525 days", "876600 hours"])
def test_a_hundred_years_is_not(text: str) -> None:
    assert str(Limit.parse(text)) == text


@given(any_limits())
def test_every_limit_reads_back_from_its_own_words(limit: Limit) -> None:
    assert Limit.parse(str(limit)) == limit
    assert Limit.parse(limit.text("zh")) == limit


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ((0, Unit.HOUR), "at least 1 hour"),
        ((-1, Unit.DAY), "at least 0 day"),
        ((-1, Unit.WORKING_DAY, time(15)), "at least 0 working day"),
        ((2, Unit.HOUR, time(15)), "goes with days"),
        ((1, Unit.DAY, time(15, 0, 30)), "whole minutes"),
        ((2, Unit.HALF_WORKING_DAY), "odd number"),
        ((1, Unit.MONTH_DAY), "day number"),
        ((1, Unit.DAY, None, 10), "day number"),
        ((1, Unit.MONTH_DAY, None, 32), "from 1 to 31"),
        ((1201, Unit.MONTH_DAY, None, 10), "100 years"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(terms: tuple[object, ...], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Limit(*terms)  # type: ignore[arg-type]


def test_only_two_languages_are_spoken() -> None:
    with pytest.raises(ValueError, match='"zh" or "en"'):
        Limit.parse("1 day").text("fr")


def test_a_limit_knows_whether_it_is_working_time_and_whether_it_is_a_point() -> None:
    both = {"15:00 next working day", "same working day"}
    working = {"8 working hours", "half a working day", "5 working days"} | both
    points = {"same day", "15:00 next day", "10th of next month"} | both
    for text in working | points | {"3 days", "24 hours", "1 month"}:
        assert Limit.parse(text).working is (text in working)
        assert Limit.parse(text).fixed is (text in points)
