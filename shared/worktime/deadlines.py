"""When a limit runs out, and how that came about.

The calendar date of the start in the calendar's zone is what counts, whether or not anybody works at that
hour, and that date itself is not counted:

    N working days            the last shift of the N-th working day after it ends
    N days, weeks, months     the N-th day, the 7N-th day, the same day number (or the last day of a shorter
                              month) ends: midnight at the start of the day after
    same day                  that date ends
    same working day          the last shift of a working day ends, the next time after the start: on the same
                              date, or, where that is not worked or work is over, on the next working day
    minutes, hours            clock time, from the start on
    working minutes, hours    time inside shifts, from the start on; half a working day is half of the time
                              of a full day's shifts
    15:00 on the N-th day     that wall time; one that has already passed at the start is due at once
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache

from shared.worktime.calendars import Calendar
from shared.worktime.elapsed import after_worked
from shared.worktime.limits import Limit
from shared.worktime.localtime import end_of_day, from_ticks, localise, moment_at, ticks
from shared.worktime.measures import Measure
from shared.worktime.reasons import AGREED, CALENDAR_DAYS, CLOCK_TIME, Reason
from shared.worktime.shifts import minutes_a_day
from shared.worktime.spans import Span, after_first_day, day_spans, interrupted, one_span, shift_spans
from shared.worktime.units import CLOCK_MINUTES, DAYS, MONTHS, WORKING_MINUTES, Unit

_TICKS_A_MINUTE = 60_000_000


@dataclass(frozen=True)
class Standstill:
    """From `at` to `end`, which comes later, nothing counts."""

    at: datetime
    end: datetime
    why: Reason


@dataclass
class Deadline:
    """The result; never changed once made.

    start, due   aware, in the calendar's zone
    provisional  whether it rests on a year whose official list is not out
    limit        None for a moment that somebody gave
    standstills  in order, apart, each begun before the due moment
    anchor       where the limit counts from, if that is before the start: of a series, the start of the first
    spans        start to due without gap or overlap, made when first asked for
    """

    start: datetime
    due: datetime
    provisional: bool
    limit: Limit | None
    calendar: Calendar
    standstills: tuple[Standstill, ...] = ()
    anchor: datetime | None = None

    @cached_property
    def measure(self) -> Measure:
        """What counts on the way."""
        measure = Measure.of(self.anchor or self.start, self.limit, self.calendar)
        if self.anchor is None or ticks(measure.begin) >= ticks(self.start):
            return measure
        return replace(measure, begin=self.start)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        spans = self._undisturbed()
        stops = [(stop.at, stop.end, stop.why) for stop in self.standstills]
        return interrupted(spans, stops, self.calendar.tz) if stops else spans

    def begun_at(self, start: datetime) -> "Deadline":
        """The same deadline of what began later than it counts from."""
        begun = localise(start, self.calendar.tz)
        return replace(self, start=begun, anchor=self.anchor or self.start)

    def _undisturbed(self) -> tuple[Span, ...]:
        if self.limit is None:
            return one_span(self.start, self.due, AGREED)
        if self.limit.unit is Unit.WORKING_DAY and self.limit.amount:
            return day_spans(self.start, self.measure.begin, self.due, self.calendar)
        if self.limit.working:
            return shift_spans(self.start, self.due, self.calendar)
        if self.limit.unit in CLOCK_MINUTES:
            return one_span(self.start, self.due, CLOCK_TIME)
        return after_first_day(self.start, self.measure.begin, self.due, self.calendar.tz, CALENDAR_DAYS)


def agreed(start: datetime, due: datetime, calendar: Calendar) -> Deadline:
    """A deadline at a moment that somebody gave; one before the start is due at once."""
    first, last = localise(start, calendar.tz), localise(due, calendar.tz)
    return Deadline(first, max(first, last, key=ticks), False, None, calendar)


def deadline(start: datetime, limit: Limit, calendar: Calendar, count: int = 1) -> Deadline:
    """When `limit` runs out, or when it does for the `count`-th time, one after the other. ValueError for a
    naive `start`, one beyond the years a calendar reaches, and a limit that cannot come again."""
    local = localise(start, calendar.tz)
    limit = limit if count == 1 else _repeated(limit, count)
    if limit.unit is Unit.WORKING_DAY:
        due, provisional = _working_days(local, limit, calendar, count)
        return Deadline(local, due, provisional, limit, calendar)
    due = _RULES[limit.unit](local, limit, calendar)
    provisional = limit.working and rests_on_unpublished(local.year, due.year, calendar)
    return Deadline(local, due, provisional, limit, calendar)


def half_days(amount: int, calendar: Calendar) -> timedelta:
    """Worked time in `amount` half working days."""
    return timedelta(minutes=amount * minutes_a_day(calendar.shifts)) / 2


def month_later(day: date, months: int, number: int | None = None) -> date:
    """The same day number (or `number`) so many months on, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(number or day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=4096)
def _repeated(limit: Limit, count: int) -> Limit:
    """As long as `count` of these, one after the other: of "same day" the second is the next day, of the end
    of this month the end of the next. Which working day is the second depends on the start."""
    if not limit.recurring:
        raise ValueError(f"a limit that can come again and again is expected, not {limit}")
    if limit.unit is Unit.MONTH_DAY or (limit.unit is Unit.DAY and not limit.amount):
        return replace(limit, amount=limit.amount + count - 1)
    return replace(limit, amount=limit.amount * count)


def _working_days(local: datetime, limit: Limit, calendar: Calendar, count: int) -> tuple[datetime, bool]:
    """The hot path: an index into the year's worked days, and on into later years."""
    year = calendar.year(local.year)
    if limit.amount:
        index = year.upto[local.toordinal() - year.before_first] + limit.amount - 1
    else:
        index = bisect_right(year.closings, ticks(local), key=ticks) + count - 1
    provisional = year.provisional
    while index >= len(year.worked):
        index -= len(year.worked)
        year = calendar.year(year.year + 1)
        provisional = provisional or year.provisional
    if limit.at is None:
        return year.closings[index], provisional
    due = moment_at(date.fromordinal(year.worked[index]), limit.at, calendar.tz)
    return max(due, local, key=ticks), provisional


def _clock_time(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    minutes = limit.amount * CLOCK_MINUTES[limit.unit]
    return from_ticks(ticks(local) + minutes * _TICKS_A_MINUTE, calendar.tz)


def _working_time(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    minutes = limit.amount * WORKING_MINUTES[limit.unit]
    return after_worked(local, timedelta(minutes=minutes), calendar)


def _half_days(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    return after_worked(local, half_days(limit.amount, calendar), calendar)


def _days(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    return _on(local.date() + timedelta(days=limit.amount * DAYS[limit.unit]), local, limit, calendar)


def _months(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    return _on(month_later(local.date(), limit.amount * MONTHS[limit.unit]), local, limit, calendar)


def _day_of_month(local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    return _on(month_later(local.date(), limit.amount, limit.day), local, limit, calendar)


def _on(day: date, local: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The limit's wall time on `day`, or its end; not before the start."""
    due = end_of_day(day, calendar.tz) if limit.at is None else moment_at(day, limit.at, calendar.tz)
    return due if ticks(due) > ticks(local) else local


def rests_on_unpublished(first: int, last: int, calendar: Calendar) -> bool:
    """Whether the official list of any of these years is not out."""
    return any(calendar.year(year).provisional for year in range(first, last + 1))


_RULES: dict[Unit, Callable[[datetime, Limit, Calendar], datetime]] = {
    **dict.fromkeys(CLOCK_MINUTES, _clock_time),
    **dict.fromkeys(WORKING_MINUTES, _working_time),
    **dict.fromkeys(DAYS, _days),
    **dict.fromkeys(MONTHS, _months),
    Unit.HALF_WORKING_DAY: _half_days,
    Unit.MONTH_DAY: _day_of_month,
}
