"""Offsets before a deadline and shares of the way to it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.worktime import Calendar, Limit, Unit, before, deadline, fraction, held_to, worked_between
from tests.unit.worktime.places import POINTS, calendars, lengths, moments

CHINA = Calendar.default()


def china(wall: str) -> datetime:
    return datetime.fromisoformat(f"{wall}+08:00")


@pytest.mark.parametrize(
    ("due", "offset", "expected"),
    [
        ("2026-02-25T18:00", "30 minutes", "2026-02-25T17:30"),
        ("2026-02-25T18:00", "24 hours", "2026-02-24T18:00"),
        ("2026-02-25T18:00", "1 working day", "2026-02-24T18:00"),
        ("2026-02-25T18:00", "2 working days", "2026-02-14T18:00"),
        ("2026-01-05T18:00", "2 working days", "2025-12-31T18:00"),
        ("2026-02-25T15:00", "1 working day", "2026-02-24T15:00"),
        # Midnight belongs to the day it ends: before the end of Friday lies the end of Thursday.
        ("2026-03-07T00:00", "1 working day", "2026-03-06T00:00"),
        ("2026-03-07T00:00", "1 day", "2026-03-06T00:00"),
        # From a Sunday there must still be a whole working day left.
        ("2026-03-08T15:00", "1 working day", "2026-03-06T00:00"),
        ("2026-03-09T00:00", "1 working day", "2026-03-06T00:00"),
        ("2026-03-31T18:00", "1 month", "2026-02-28T18:00"),
        ("2026-03-01T00:00", "1 month", "2026-01-29T00:00"),
        ("2026-03-02T14:00", "1 working hour", "2026-03-02T13:00"),
        ("2026-03-02T13:30", "1 working hour", "2026-03-02T11:30"),
        ("2026-03-02T20:00", "1 working hour", "2026-03-02T17:00"),
        ("2026-03-02T09:00", "1 working hour", "2026-02-28T17:00"),
        ("2026-03-02T18:00", "half a working day", "2026-03-02T14:00"),
        ("2026-03-02T18:00", "8 working hours", "2026-03-02T09:00"),
    ],
)
def test_before(due: str, offset: str, expected: str) -> None:
    assert before(china(due), Limit.parse(offset), CHINA) == china(expected)


@given(moments, st.integers(1, 80))
def test_n_working_days_before_a_deadline_lies_a_start_that_gives_it(start: datetime, number: int) -> None:
    limit = Limit(number, Unit.WORKING_DAY)
    due = deadline(start, limit, CHINA).due
    assert deadline(before(due, limit, CHINA), limit, CHINA).due == due


@given(moments, st.integers(1, 6000), calendars)
def test_working_time_before_a_deadline_lies_its_last_start(
    start: datetime, minutes: int, calendar: Calendar
) -> None:
    limit = Limit(minutes, Unit.WORKING_MINUTE)
    due = deadline(start, limit, calendar).due
    last = before(due, limit, calendar)
    assert last.astimezone(UTC) >= start
    assert worked_between(last, due, calendar) == timedelta(minutes=minutes)
    assert deadline(last, limit, calendar).due == due


@given(moments, lengths, calendars)
def test_before_is_before(due: datetime, limit: Limit, calendar: Calendar) -> None:
    assert before(due, limit, calendar).astimezone(UTC) < due


@pytest.mark.parametrize("limit", POINTS)
def test_nothing_lies_a_fixed_point_before(limit: str) -> None:
    with pytest.raises(ValueError, match="a length of time"):
        before(china("2026-03-02T18:00"), Limit.parse(limit), CHINA)


@pytest.mark.parametrize(
    ("start", "limit", "share", "expected"),
    [
        ("2026-02-11T09:00", "5 working days", 0, "2026-02-11T09:00"),
        ("2026-02-11T09:00", "5 working days", 0.2, "2026-02-12T18:00"),
        ("2026-02-11T09:00", "5 working days", 0.5, "2026-02-14T14:00"),
        ("2026-02-11T09:00", "5 working days", 0.8, "2026-02-24T18:00"),
        ("2026-02-11T09:00", "5 working days", 1, "2026-02-25T18:00"),
        ("2026-03-06T14:00", "8 working hours", 0.75, "2026-03-09T11:00"),
        ("2026-03-06T14:00", "24 hours", 0.75, "2026-03-07T08:00"),
        ("2026-03-06T14:00", "4 days", 0.5, "2026-03-09T00:00"),
        ("2026-03-06T12:00", "same day", 0.5, "2026-03-06T18:00"),
    ],
)
def test_fraction(start: str, limit: str, share: float, expected: str) -> None:
    terms = Limit.parse(limit)
    assert fraction(deadline(china(start), terms, CHINA), share) == china(expected)


def test_a_due_moment_moved_up_into_the_first_day_or_a_holiday_is_shared_by_the_clock() -> None:
    days = deadline(china("2026-03-02T10:00"), Limit.parse("5 working days"), CHINA)
    assert fraction(held_to(days, china("2026-03-02T14:00")), 0.5) == china("2026-03-02T12:00")
    hours = deadline(china("2026-03-07T10:00"), Limit.parse("8 working hours"), CHINA)
    assert fraction(held_to(hours, china("2026-03-07T14:00")), 0.5) == china("2026-03-07T12:00")


@given(moments, lengths, calendars, st.floats(0, 1), st.floats(0, 1))
def test_fractions_lie_between_start_and_due_in_order(
    start: datetime, limit: Limit, calendar: Calendar, one: float, other: float
) -> None:
    line = deadline(start, limit, calendar)
    shares = (0, *sorted((one, other)), 1)
    points = [fraction(line, share).astimezone(UTC) for share in shares]
    assert points == sorted(points)
    assert (points[0], points[-1]) == (start, line.due.astimezone(UTC))


def test_wrong_input_is_refused() -> None:
    limit, now, naive = Limit.parse("1 day"), china("2026-03-02T10:00"), datetime(2026, 3, 2)
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="a share from 0 to 1"):
            fraction(deadline(now, limit, CHINA), share)
    with pytest.raises(ValueError, match="naive"):
        before(naive, limit, CHINA)
