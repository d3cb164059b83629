"""So long before a deadline, or after it.

Clock and working time are added or taken off as such. Units of days go to the same wall time so many days
or working days away; midnight belongs to the day that it ends. From a day that is not worked, working days
are counted from the end of the last one before it when going back.
"""

from datetime import date, datetime, time, timedelta

from shared.worktime.calendars import Calendar
from shared.worktime.deadlines import half_days, month_later
from shared.worktime.elapsed import after_worked, before_worked
from shared.worktime.limits import Limit
from shared.worktime.localtime import end_of_day, from_ticks, localise, moment_at, ticks
from shared.worktime.units import CLOCK_MINUTES, DAYS, MONTHS, WORKING_MINUTES, Unit

_TICKS_A_MINUTE = 60_000_000


def before(due: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The moment `limit` before `due`. ValueError for fixed points."""
    return _away(due, limit, calendar, -1)


def later(due: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The moment `limit` after `due`. ValueError for fixed points."""
    return _away(due, limit, calendar, 1)


def _away(due: datetime, limit: Limit, calendar: Calendar, sign: int) -> datetime:
    local = localise(due, calendar.tz)
    if limit.fixed:
        where = "before" if sign < 0 else "after"
        raise ValueError(
            f'a length of time such as "1 working day" is expected {where} a deadline, not "{limit}"'
        )
    if limit.unit in CLOCK_MINUTES:
        minutes = sign * limit.amount * CLOCK_MINUTES[limit.unit]
        return from_ticks(ticks(local) + minutes * _TICKS_A_MINUTE, calendar.tz)
    if limit.unit in WORKING_MINUTES:
        return _worked(local, timedelta(minutes=limit.amount * WORKING_MINUTES[limit.unit]), calendar, sign)
    if limit.unit is Unit.HALF_WORKING_DAY:
        return _worked(local, half_days(limit.amount, calendar), calendar, sign)
    return _days(local, limit, calendar, sign)


def _worked(local: datetime, amount: timedelta, calendar: Calendar, sign: int) -> datetime:
    return (after_worked if sign > 0 else before_worked)(local, amount, calendar)


def _days(local: datetime, limit: Limit, calendar: Calendar, sign: int) -> datetime:
    midnight = local.time() == time()
    day = local.date() - timedelta(days=midnight)
    at = None if midnight else local.time()
    if limit.unit in DAYS:
        away = day + timedelta(days=sign * limit.amount * DAYS[limit.unit])
    elif limit.unit in MONTHS:
        away = month_later(day, sign * limit.amount * MONTHS[limit.unit])
    elif sign < 0:
        at = at if calendar.day(day).worked else None
        away = _worked_day_before(day, limit.amount, calendar)
    else:
        away = _worked_day_after(day, limit.amount, calendar)
    return end_of_day(away, calendar.tz) if at is None else moment_at(away, at, calendar.tz)


def _worked_day_before(day: date, amount: int, calendar: Calendar) -> date:
    """The N-th working day before `day`, or before the last one up to it."""
    year = calendar.year(day.year)
    index = year.upto[day.toordinal() - year.before_first] - 1 - amount
    while index < 0:
        year = calendar.year(year.year - 1)
        index += len(year.worked)
    return date.fromordinal(year.worked[index])


def _worked_day_after(day: date, amount: int, calendar: Calendar) -> date:
    """The N-th working day after `day`."""
    year = calendar.year(day.year)
    index = year.upto[day.toordinal() - year.before_first] + amount - 1
    while index >= len(year.worked):
        index -= len(year.worked)
        year = calendar.year(year.year + 1)
    return date.fromordinal(year.worked[index])
