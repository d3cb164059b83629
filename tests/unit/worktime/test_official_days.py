"""Every receipt day of eight years, against the independent `chinesecalendar`."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from shared.worktime import Calendar, Limit, deadline

FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Calendar.default()
DAYS = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]


def walked(receipt: date, number: int) -> date | None:
    """The N-th working day after `receipt`, a day at a time; None if it lies after the last known year."""
    day = receipt
    while number:
        day += timedelta(days=1)
        if day > LAST:
            return None
        number -= chinese_calendar.is_workday(day)
    return day


def test_every_day_is_judged_alike() -> None:
    assert [day for day in DAYS if CHINA.day(day).worked != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize("number", [1, 3, 5, 7, 10, 15])
def test_every_receipt_day_gives_the_official_deadline(number: int) -> None:
    limit = Limit.parse(f"{number} working days")
    compared = 0
    for receipt in DAYS:
        result = deadline(datetime.combine(receipt, time(10), tzinfo=SHANGHAI), limit, CHINA)
        expected = walked(receipt, number)
        if expected is None:
            assert result.provisional, receipt
            continue
        compared += 1
        assert result.due == datetime.combine(expected, time(18), tzinfo=SHANGHAI), receipt
        assert not result.provisional, receipt
    assert compared > 2890
