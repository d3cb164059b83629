"""Standstills and extensions: no time is made, none is lost."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.worktime import (
    Calendar,
    Deadline,
    Extension,
    Limit,
    Reason,
    Standstill,
    deadline,
    later,
    moved,
    worked_between,
)
from shared.worktime.localtime import end_of_day
from shared.worktime.units import DAYS, Unit
from tests.unit.worktime.places import calendars, limits, moments

WHY = Reason("暂停", "paused")
CHINA = Calendar.default()
stops = st.lists(st.tuples(st.integers(0, 40 * 24 * 60), st.integers(1, 15 * 24 * 60)), max_size=5)


def china(wall: str) -> datetime:
    return datetime.fromisoformat(f"2026-{wall}+08:00")


def standstills(start: datetime, minutes: list[tuple[int, int]]) -> list[Standstill]:
    return [
        Standstill(begin := start + timedelta(minutes=first), begin + timedelta(minutes=length), WHY)
        for first, length in minutes
    ]


def spent(line: Deadline, until: datetime, stood: list[Standstill]) -> timedelta:
    """Time that counted from the start until a moment, found by adding up the pieces between standstills."""
    limit, calendar = line.limit, line.calendar
    assert limit is not None
    begin = line.start
    if (limit.unit is Unit.WORKING_DAY or limit.unit in DAYS) and limit.amount:
        begin = end_of_day(begin.astimezone(calendar.tz).date(), calendar.tz)
    at, total = begin.astimezone(UTC), timedelta()
    for stop in sorted(stood, key=lambda stop: stop.at):
        total += _counts(limit, calendar, at, min(stop.at, until))
        at = max(at, stop.end)
    return total + _counts(limit, calendar, at, until)


def _counts(limit: Limit, calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    if last <= first:
        return timedelta()
    return worked_between(first, last, calendar) if limit.working else last - first


@given(moments, limits, calendars, stops)
def test_what_counts_between_start_and_due_is_what_the_limit_asks_for(
    start: datetime, limit: Limit, calendar: Calendar, pauses: list[tuple[int, int]]
) -> None:
    plain = deadline(start, limit, calendar)
    stood = standstills(start, pauses)
    line = moved(plain, stood)
    due = line.due.astimezone(UTC)
    assert spent(plain, due, stood) == spent(plain, plain.due.astimezone(UTC), [])
    assert due >= plain.due.astimezone(UTC)
    assert not any(stop.at < due < stop.end for stop in stood)


@given(moments, limits, calendars, stops, st.integers(0, 60 * 24 * 60))
def test_spent_and_left_are_the_limit_at_every_moment(
    start: datetime, limit: Limit, calendar: Calendar, pauses: list[tuple[int, int]], minutes: int
) -> None:
    stood = standstills(start, pauses)
    line = moved(deadline(start, limit, calendar), stood)
    now = min(start + timedelta(minutes=minutes), line.due.astimezone(UTC))
    whole, gone = spent(line, line.due.astimezone(UTC), stood), spent(line, now, stood)
    left = [Standstill(start, now, WHY), *stood] if now > start else stood
    assert gone + spent(line, line.due.astimezone(UTC), left) == whole


@given(moments, limits, calendars, stops)
def test_the_spans_show_each_standstill_and_leave_no_gap(
    start: datetime, limit: Limit, calendar: Calendar, pauses: list[tuple[int, int]]
) -> None:
    line = moved(deadline(start, limit, calendar), standstills(start, pauses))
    edges = [(s.start.astimezone(UTC), s.end.astimezone(UTC)) for s in line.spans]
    assert all(left[1] == right[0] for left, right in pairwise(edges))
    assert not edges or (edges[0][0], edges[-1][1]) == (start, line.due.astimezone(UTC))
    paused = sum((s.end - s.start for s in line.spans if s.paused), timedelta())
    assert bool(paused) == any(stop.at < line.due and stop.end > start for stop in line.standstills)


def test_a_standstill_after_the_due_moment_changes_nothing() -> None:
    line = deadline(china("03-02T09:00"), Limit.parse("2 working days"), CHINA)
    late = Standstill(china("03-04T18:00"), china("03-09T18:00"), WHY)
    assert moved(line, [late]).due == line.due


def test_an_extension_counts_on_from_the_due_moment_and_midnight_belongs_to_the_day_before() -> None:
    for limit, by, expected in (
        ("5 working days", "2 working days", "03-11T18:00"),
        ("3 days", "1 day", "03-07T00:00"),
        ("1 month", "1 month", "05-03T00:00"),
        ("15:00 next day", "1 day", "03-04T15:00"),
        ("24 hours", "2 hours", "03-03T11:00"),
        ("8 working hours", "8 working hours", "03-03T18:00"),
    ):
        start = china("03-02T09:00")
        line = moved(deadline(start, Limit.parse(limit), CHINA), [Extension(start, Limit.parse(by))])
        assert line.due == china(expected), (limit, by)


def test_an_extension_never_shortens_and_never_passes_its_cap() -> None:
    start = china("03-02T09:00")
    line = deadline(start, Limit.parse("5 working days"), CHINA)
    sooner = Extension(start, china("03-03T09:00"))
    assert moved(line, [sooner]).due == line.due
    far = Extension(start, china("06-01T09:00"), cap=Limit.parse("7 working days"))
    assert moved(line, [far]).due == china("03-11T18:00")
    stood = Standstill(china("03-03T09:00"), china("03-04T09:00"), WHY)
    after = Extension(china("03-04T10:00"), china("06-01T09:00"), cap=Limit.parse("7 working days"))
    assert moved(line, [stood, after]).due == china("03-12T18:00"), "the cap stood still, too"


def test_working_days_later_than_a_day_that_is_not_worked() -> None:
    day = Limit.parse("1 working day")
    assert later(china("03-08T15:00"), day, CHINA) == china("03-09T15:00")
    assert later(china("02-14T18:00"), day, CHINA) == china("02-24T18:00")
