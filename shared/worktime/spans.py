"""The explanation of a deadline: stretches of time that counted or did not, end to end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise

from shared.worktime.calendars import Calendar
from shared.worktime.localtime import end_of_day, from_ticks, moment_at, ticks
from shared.worktime.reasons import BREAK, DAY_OF_START, OFF_HOURS, Reason
from shared.worktime.years import shift_end

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From `start` to `end`, in the calendar's zone: whether it counted towards the limit, and why."""

    start: datetime
    end: datetime
    counted: bool
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class _Stretch:
    """A span while it is being put together; `end` in ticks."""

    end: int
    counted: bool
    why: Reason


def one_span(start: datetime, due: datetime, zone: tzinfo, why: Reason) -> tuple[Span, ...]:
    """Everything counts."""
    return _tiled(start, due, zone, [_Stretch(ticks(due), True, why)])


def after_first_day(start: datetime, due: datetime, zone: tzinfo, why: Reason) -> tuple[Span, ...]:
    """Everything counts from the end of the day of the start."""
    first = _Stretch(ticks(end_of_day(start.astimezone(zone).date(), zone)), False, DAY_OF_START)
    return _tiled(start, due, zone, [first, _Stretch(ticks(due), True, why)])


def day_spans(start: datetime, due: datetime, calendar: Calendar) -> tuple[Span, ...]:
    """Worked days count whole, other days do not, nor does the day of the start."""
    return _tiled(start, due, calendar.tz, _days(start, due, calendar))


def shift_spans(start: datetime, due: datetime, calendar: Calendar) -> tuple[Span, ...]:
    """Shifts count; breaks, nights and days that are not worked do not."""
    return _tiled(start, due, calendar.tz, _shifts(start, due, calendar))


def _days(start: datetime, due: datetime, calendar: Calendar) -> Iterator[_Stretch]:
    first = start.astimezone(calendar.tz).date()
    yield _Stretch(ticks(end_of_day(first, calendar.tz)), False, DAY_OF_START)
    for day in _dates(first + _DAY, due, calendar):
        worked, why = _judged(day, calendar)
        yield _Stretch(ticks(end_of_day(day, calendar.tz)), worked, why)


def _shifts(start: datetime, due: datetime, calendar: Calendar) -> Iterator[_Stretch]:
    for day in _dates(start.astimezone(calendar.tz).date(), due, calendar):
        worked, why = _judged(day, calendar)
        if worked:
            yield from _shifts_of(day, why, calendar)
        yield _Stretch(ticks(end_of_day(day, calendar.tz)), False, OFF_HOURS if worked else why)


def _shifts_of(day: date, why: Reason, calendar: Calendar) -> Iterator[_Stretch]:
    gap = OFF_HOURS
    for shift in calendar.shifts:
        yield _Stretch(ticks(moment_at(day, shift[0], calendar.tz)), False, gap)
        yield _Stretch(ticks(shift_end(day, shift, calendar.tz)), True, why)
        gap = BREAK


def _dates(first: date, due: datetime, calendar: Calendar) -> Iterator[date]:
    last = due.astimezone(calendar.tz).date()
    while first <= last:
        yield first
        first += _DAY


def _judged(day: date, calendar: Calendar) -> tuple[bool, Reason]:
    kind = calendar.day(day)
    return kind.worked, Reason(kind.why_zh, kind.why_en)


def _tiled(start: datetime, due: datetime, zone: tzinfo, stretches: Iterable[_Stretch]) -> tuple[Span, ...]:
    """Cut to [start, due], drop what is empty, join neighbours that say the same."""
    kept: list[_Stretch] = []
    last, end = ticks(start), ticks(due)
    for stretch in stretches:
        until = min(stretch.end, end)
        if until <= last:
            continue
        same = kept and (kept[-1].counted, kept[-1].why) == (stretch.counted, stretch.why)
        if same:
            kept.pop()
        kept.append(_Stretch(until, stretch.counted, stretch.why))
        last = until
    edges = [ticks(start), *(stretch.end for stretch in kept)]
    return tuple(
        Span(from_ticks(begin, zone), from_ticks(until, zone), stretch.counted, *stretch.why)
        for (begin, until), stretch in zip(pairwise(edges), kept, strict=True)
    )
