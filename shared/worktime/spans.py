"""The explanation of a deadline: stretches of time that counted or did not, end to end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from shared.worktime.calendars import Calendar
from shared.worktime.localtime import end_of_day, from_ticks, moment_at, ticks
from shared.worktime.reasons import BREAK, DAY_OF_START, OFF_HOURS, Reason
from shared.worktime.years import shift_end

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From `start` to `end`, in the calendar's zone: whether it counted towards the limit, and why.
    `paused`: the deadline stood still, whatever the calendar says."""

    start: datetime
    end: datetime
    counted: bool
    why_zh: str
    why_en: str
    paused: bool = False


class _Stretch(NamedTuple):
    """A span while it is being put together; `end` in ticks."""

    end: int
    counted: bool
    why: Reason


def one_span(start: datetime, due: datetime, why: Reason) -> tuple[Span, ...]:
    """Everything counts."""
    return (Span(start, due, True, *why),) if ticks(start) < ticks(due) else ()


def after_first_day(
    start: datetime, begin: datetime, due: datetime, zone: tzinfo, why: Reason
) -> tuple[Span, ...]:
    """Everything counts from `begin` on: the end of the day of the start, or the start itself."""
    first = _Stretch(ticks(begin), False, DAY_OF_START)
    return _tiled(start, due, zone, [first, _Stretch(ticks(due), True, why)])


def day_spans(start: datetime, begin: datetime, due: datetime, calendar: Calendar) -> tuple[Span, ...]:
    """Worked days count whole, other days do not, nor does the day of the start, up to `begin`."""
    return _tiled(start, due, calendar.tz, _days(begin, due, calendar))


def shift_spans(start: datetime, due: datetime, calendar: Calendar) -> tuple[Span, ...]:
    """Shifts count; breaks, nights and days that are not worked do not."""
    return _tiled(start, due, calendar.tz, _shifts(start, due, calendar))


def interrupted(
    spans: Iterable[Span], stops: Sequence[tuple[datetime, datetime, Reason]], zone: tzinfo
) -> tuple[Span, ...]:
    """The spans with the stops cut out of them; a stop is from, to, why, and they are in order and apart."""
    pieces = list(spans)
    if not pieces:
        return ()
    first, last = ticks(pieces[0].start), ticks(pieces[-1].end)
    for start, end, why in stops:
        begin, until = max(ticks(start), first), min(ticks(end), last)
        if begin >= until:
            continue
        left = [piece for span in pieces for piece in _without(span, begin, until, zone)]
        pause = Span(from_ticks(begin, zone), from_ticks(until, zone), False, *why, paused=True)
        pieces = sorted([*left, pause], key=lambda span: ticks(span.start))
    return tuple(pieces)


def _without(span: Span, begin: int, until: int, zone: tzinfo) -> Iterator[Span]:
    """What is left of a span before `begin` and after `until`."""
    if ticks(span.start) < begin:
        yield replace(span, end=from_ticks(min(ticks(span.end), begin), zone))
    if ticks(span.end) > until:
        yield replace(span, start=from_ticks(max(ticks(span.start), until), zone))


def _days(begin: datetime, due: datetime, calendar: Calendar) -> Iterator[_Stretch]:
    yield _Stretch(ticks(begin), False, DAY_OF_START)
    for day in _dates(begin.astimezone(calendar.tz).date(), due, calendar):
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
