"""What holds for every start, limit and calendar."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

import shared.worktime
from shared.worktime import Calendar, Deadline, Limit, Span, Unit, deadline, worked_between
from tests.unit.worktime.places import any_limits, calendars, limits, moments

LENGTHENED = [unit for unit in Unit if unit not in (Unit.HALF_WORKING_DAY, Unit.MONTH_DAY)]


def due_in_utc(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    return deadline(start, limit, calendar).due.astimezone(UTC)


def dates(span: Span, due: datetime) -> list[date]:
    """The dates a span of whole days covers; the last one may be cut at the due moment."""
    day, days = span.start.date(), []
    while day < span.end.date() or (day == span.end.date() and span.end == due and span.end.time().hour):
        days.append(day)
        day += timedelta(days=1)
    return days


@given(moments, moments, any_limits(), calendars)
def test_a_later_start_is_never_due_earlier(
    one: datetime, other: datetime, limit: Limit, calendar: Calendar
) -> None:
    first, second = sorted((one, other))
    assert due_in_utc(first, limit, calendar) <= due_in_utc(second, limit, calendar)


@given(moments, st.timedeltas(timedelta(), timedelta(days=3)), limits, calendars)
def test_nor_when_the_starts_lie_close_together(
    start: datetime, later: timedelta, limit: Limit, calendar: Calendar
) -> None:
    assert due_in_utc(start, limit, calendar) <= due_in_utc(start + later, limit, calendar)


@given(moments, st.sampled_from(LENGTHENED), st.integers(1, 50), st.integers(1, 50), calendars)
def test_a_longer_limit_is_never_due_earlier(
    start: datetime, unit: Unit, amount: int, more: int, calendar: Calendar
) -> None:
    short, long = Limit(amount, unit), Limit(amount + more, unit)
    assert due_in_utc(start, short, calendar) < due_in_utc(start, long, calendar)


@given(moments, limits, calendars)
def test_spans_tile_the_way_from_start_to_due(start: datetime, limit: Limit, calendar: Calendar) -> None:
    result = deadline(start, limit, calendar)
    utc = [(span.start.astimezone(UTC), span.end.astimezone(UTC)) for span in result.spans]
    due = result.due.astimezone(UTC)
    assert start <= due
    assert [edge for edge, _ in utc[:1]] + [edge for _, edge in utc[-1:]] == ([start, due] if utc else [])
    assert utc or start == due
    assert all(begin < end for begin, end in utc)
    assert all(left[1] == right[0] for left, right in pairwise(utc))
    same = [(left, right) for left, right in pairwise(result.spans) if says(left) == says(right)]
    assert same == []


def says(span: Span) -> tuple[bool, str, str]:
    return span.counted, span.why_zh, span.why_en


@given(moments, st.integers(1, 60))
def test_n_working_days_count_n_working_days(start: datetime, number: int) -> None:
    calendar = Calendar.default()
    result = deadline(start, Limit(number, Unit.WORKING_DAY), calendar)
    counted = [day for span in result.spans if span.counted for day in dates(span, result.due)]
    skipped = [day for span in result.spans[1:] if not span.counted for day in dates(span, result.due)]
    assert len(counted) == number
    assert all(calendar.day(day).worked for day in counted)
    assert not any(calendar.day(day).worked for day in skipped)


@given(moments, st.integers(1, 6000), calendars)
def test_working_time_counts_exactly_what_was_asked(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    result = deadline(start, Limit(minutes, Unit.WORKING_MINUTE), calendar)
    assert counted_time(result) == timedelta(minutes=minutes)
    assert worked_between(start, result.due, calendar) == timedelta(minutes=minutes)


def counted_time(result: Deadline) -> timedelta:
    counted = (span for span in result.spans if span.counted)
    return sum((span.end.astimezone(UTC) - span.start.astimezone(UTC) for span in counted), timedelta())


@given(moments, limits, calendars)
def test_the_zone_of_the_start_makes_no_difference(start: datetime, limit: Limit, calendar: Calendar) -> None:
    assert due_in_utc(start, limit, calendar) == due_in_utc(start.astimezone(calendar.tz), limit, calendar)


def test_the_public_names_are_sorted_and_there() -> None:
    names = shared.worktime.__all__
    assert names == sorted(names)
    assert all(hasattr(shared.worktime, name) for name in names)
