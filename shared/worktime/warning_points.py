"""Moments on the way to a deadline, at which a pack may warn: an offset before it, or a share of its time."""

from datetime import date, datetime, time, timedelta

from shared.worktime.calendars import Calendar
from shared.worktime.deadlines import half_days, month_later
from shared.worktime.elapsed import after_worked, before_worked, worked_between
from shared.worktime.limits import Limit
from shared.worktime.localtime import end_of_day, from_ticks, localise, moment_at, ticks
from shared.worktime.units import CLOCK_MINUTES, DAYS, MONTHS, WORKING_MINUTES, Unit

_TICKS_A_MINUTE = 60_000_000


def before(due: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The moment `limit` before `due`.

    Clock and working time are taken off as such. Units of days go back to the same wall time so many days
    or working days earlier; midnight belongs to the day that it ends. If `due` falls on a day that is not
    worked, working days are counted from the end of the last one before it. ValueError for fixed points.
    """
    local = localise(due, calendar.tz)
    if limit.fixed:
        raise ValueError(
            f'a length of time such as "1 working day" is expected before a deadline, not "{limit}"'
        )
    if limit.unit in CLOCK_MINUTES:
        minutes = limit.amount * CLOCK_MINUTES[limit.unit]
        return from_ticks(ticks(local) - minutes * _TICKS_A_MINUTE, calendar.tz)
    if limit.unit in WORKING_MINUTES:
        return before_worked(local, timedelta(minutes=limit.amount * WORKING_MINUTES[limit.unit]), calendar)
    if limit.unit is Unit.HALF_WORKING_DAY:
        return before_worked(local, half_days(limit.amount, calendar), calendar)
    return _days_before(local, limit, calendar)


def fraction(start: datetime, due: datetime, share: float, limit: Limit, calendar: Calendar) -> datetime:
    """The moment when `share` (0 to 1) of the time that counts between `start` and `due` has passed.

    What counts is what the spans of a deadline say: worked time for limits in working time, clock time for
    others; after the day of the start for limits in days and working days. When nothing counts (a deadline
    moved up, say), clock time from the start does.
    """
    first, last = localise(start, calendar.tz), localise(due, calendar.tz)
    if not 0 <= share <= 1:
        raise ValueError(f"a share from 0 to 1 is expected, not {share}")
    if ticks(last) < ticks(first):
        raise ValueError(f"a due moment not before its start is expected: {due.isoformat()}")
    begin = min(_counts_from(first, limit, calendar), last, key=ticks)
    if limit.working and (worked := worked_between(begin, last, calendar)):
        return after_worked(begin if share else first, worked * share, calendar)
    begin = first if ticks(begin) == ticks(last) or limit.working or not share else begin
    return from_ticks(ticks(begin) + round((ticks(last) - ticks(begin)) * share), calendar.tz)


def _counts_from(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    whole_days = limit.unit is Unit.WORKING_DAY or limit.unit in DAYS
    return end_of_day(local.date(), calendar.tz) if whole_days and limit.amount else local


def _days_before(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    midnight = local.time() == time()
    day = local.date() - timedelta(days=midnight)
    at = None if midnight else local.time()
    if limit.unit in DAYS:
        earlier = day - timedelta(days=limit.amount * DAYS[limit.unit])
    elif limit.unit in MONTHS:
        earlier = month_later(day, -limit.amount * MONTHS[limit.unit])
    else:
        at = at if calendar.day(day).worked else None
        earlier = _worked_day_before(day, limit.amount, calendar)
    return end_of_day(earlier, calendar.tz) if at is None else moment_at(earlier, at, calendar.tz)


def _worked_day_before(day: date, amount: int, calendar: Calendar) -> date:
    """The N-th working day before `day`, or before the last one up to it."""
    year = calendar.year(day.year)
    index = year.upto[day.toordinal() - year.before_first] - 1 - amount
    while index < 0:
        year = calendar.year(year.year - 1)
        index += len(year.worked)
    return date.fromordinal(year.worked[index])
