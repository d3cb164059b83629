"""Worked time: how much lies between two moments, and when so much of it has passed."""

from datetime import datetime, timedelta

from shared.worktime.calendars import Calendar
from shared.worktime.localtime import from_ticks, localise, ticks

_TICK = timedelta(microseconds=1)


def worked_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Time inside shifts from `start` to `end`. ValueError if `end` comes first or either is naive."""
    first, last = localise(start, calendar.tz), localise(end, calendar.tz)
    begin, until = ticks(first), ticks(last)
    if until < begin:
        raise ValueError(f"an end not before its start is expected: {end.isoformat()} < {start.isoformat()}")
    whole = sum(calendar.year(year).worked_before[-1] for year in range(first.year, last.year))
    worked = (
        whole + calendar.year(last.year).worked_until(until) - calendar.year(first.year).worked_until(begin)
    )
    return timedelta(microseconds=worked)


def after_worked(start: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """The first moment by which `amount` of worked time has passed since `start`; no amount is `start`."""
    local = localise(start, calendar.tz)
    if amount < timedelta():
        raise ValueError(f"worked time that is not negative is expected, not {amount}")
    if not amount:
        return local
    year = local.year
    target = calendar.year(year).worked_until(ticks(local)) + amount // _TICK
    while target > (whole := calendar.year(year).worked_before[-1]):
        target, year = target - whole, year + 1
    return from_ticks(calendar.year(year).earliest(target), calendar.tz)


def before_worked(due: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """The last moment from which `amount` of worked time remains until `due`; no amount is `due`."""
    local = localise(due, calendar.tz)
    if amount < timedelta():
        raise ValueError(f"worked time that is not negative is expected, not {amount}")
    if not amount:
        return local
    year = local.year
    target = calendar.year(year).worked_until(ticks(local)) - amount // _TICK
    while target < 0:
        year -= 1
        target += calendar.year(year).worked_before[-1]
    return from_ticks(calendar.year(year).latest(target), calendar.tz)
