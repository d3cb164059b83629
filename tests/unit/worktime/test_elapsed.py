"""Worked time between moments, against a plain walk over the days."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from shared.worktime import Calendar, after_worked, worked_between
from tests.unit.worktime.places import CALENDARS, calendars, moments

CHINA = Calendar.default()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def walked(start: datetime, end: datetime) -> timedelta:
    """Independent of the year tables: each shift of each day cut to the interval. Shanghai only."""
    total, day = timedelta(), start.astimezone(SHANGHAI).date()
    while day <= end.astimezone(SHANGHAI).date():
        if CHINA.day(day).worked:
            for opens, closes in CHINA.shifts:
                first = max(datetime.combine(day, opens, tzinfo=SHANGHAI), start)
                last = min(datetime.combine(day, closes, tzinfo=SHANGHAI), end)
                total += max(last - first, timedelta())
        day += timedelta(days=1)
    return total


@given(moments, moments)
def test_worked_time_is_what_a_walk_over_the_days_finds(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    end = min(end, start + timedelta(days=90))
    assert worked_between(start, end, CHINA) == walked(start, end)


@given(moments, moments, moments, calendars)
def test_worked_time_adds_up(one: datetime, two: datetime, three: datetime, calendar: Calendar) -> None:
    a, b, c = sorted((one, two, three))
    whole = worked_between(a, c, calendar)
    assert worked_between(a, b, calendar) + worked_between(b, c, calendar) == whole
    assert timedelta() <= worked_between(a, b, calendar) <= whole <= c - a


@given(moments, moments)
def test_where_people_always_work_worked_time_is_time(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    assert worked_between(start, end, CALENDARS["lord howe"]) == end - start


@given(moments, moments, calendars)
def test_after_worked_is_the_first_moment_with_so_much(
    one: datetime, other: datetime, calendar: Calendar
) -> None:
    start, end = sorted((one, other))
    worked = worked_between(start, end, calendar)
    reached = after_worked(start, worked, calendar).astimezone(UTC)
    assert worked_between(start, reached, calendar) == worked
    assert reached <= end
    if worked:
        earlier = reached - timedelta(microseconds=1)
        assert worked_between(start, earlier, calendar) == worked - timedelta(microseconds=1)


def test_no_worked_time_passes_at_once() -> None:
    start = datetime(2026, 2, 15, tzinfo=UTC)
    assert after_worked(start, timedelta(), CHINA) == start


def test_a_swallowed_shift_is_no_time() -> None:
    """Berlin has no 02:00 to 03:00 on 29 March 2026, and what was to be worked then is not."""
    start, end = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert worked_between(start, end, CALENDARS["berlin by night"]) == timedelta(minutes=30 + 120)


def test_wrong_moments_are_refused() -> None:
    now, naive = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2)
    with pytest.raises(ValueError, match="not before its start"):
        worked_between(now, now - timedelta(microseconds=1), CHINA)
    with pytest.raises(ValueError, match="naive"):
        worked_between(naive, now, CHINA)
    with pytest.raises(ValueError, match="naive"):
        worked_between(now, naive, CHINA)
    with pytest.raises(ValueError, match="naive"):
        after_worked(naive, timedelta(hours=1), CHINA)
    with pytest.raises(ValueError, match="not negative"):
        after_worked(now, timedelta(hours=-1), CHINA)
