"""Deadlines of every unit, on both sides of each boundary."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.worktime import Calendar, Limit, deadline
from tests.unit.worktime.places import CALENDARS, any_limits, moments

CHINA = Calendar.default()

TABLE = [
    # The pinned example, and starts around it: the date counts, not the hour.
    ("2026-02-11T09:00", "5 working days", "2026-02-25T18:00"),
    ("2026-02-11T00:00", "5 working days", "2026-02-25T18:00"),
    ("2026-02-11T23:59:59.999999", "5 working days", "2026-02-25T18:00"),
    ("2026-02-12T00:00", "5 working days", "2026-02-26T18:00"),
    ("2026-02-14T10:00", "1 working day", "2026-02-24T18:00"),
    ("2026-02-15T10:00", "1 working day", "2026-02-24T18:00"),
    ("2026-02-13T19:00", "1 working day", "2026-02-14T18:00"),
    ("2026-09-30T17:00", "3 working days", "2026-10-10T18:00"),
    ("2025-12-31T10:00", "1 working day", "2026-01-04T18:00"),
    ("2026-03-02T10:00", "1 working day", "2026-03-03T18:00"),
    ("2026-03-06T23:00", "next working day", "2026-03-09T18:00"),
    ("2026-03-06T23:00", "15:00 next working day", "2026-03-09T15:00"),
    ("2026-03-06T23:00", "15:00 on working day 2", "2026-03-10T15:00"),
    # Clock time runs at once, through nights and holidays.
    ("2026-02-16T23:50", "30 minutes", "2026-02-17T00:20"),
    ("2026-02-16T23:50", "48 hours", "2026-02-18T23:50"),
    ("2026-03-02T10:00", "half a day", "2026-03-02T22:00"),
    # Days end at the midnight after them.
    ("2026-03-02T10:00", "same day", "2026-03-03T00:00"),
    ("2026-03-02T00:00", "same day", "2026-03-03T00:00"),
    ("2026-03-02T23:59", "same day", "2026-03-03T00:00"),
    ("2026-03-03T00:00", "same day", "2026-03-04T00:00"),
    # The same working day ends with work, this day's or, where none is left, the next one's.
    ("2026-03-02T10:00", "same working day", "2026-03-02T18:00"),
    ("2026-03-02T03:00", "same working day", "2026-03-02T18:00"),
    ("2026-03-02T17:59", "same working day", "2026-03-02T18:00"),
    ("2026-03-02T18:00", "same working day", "2026-03-03T18:00"),
    ("2026-03-06T20:00", "same working day", "2026-03-09T18:00"),
    ("2026-03-07T10:00", "same working day", "2026-03-09T18:00"),
    ("2026-02-14T10:00", "same working day", "2026-02-14T18:00"),
    ("2026-02-14T18:30", "same working day", "2026-02-24T18:00"),
    ("2025-12-31T19:00", "same working day", "2026-01-04T18:00"),
    ("2026-03-07T16:00", "15:00 same working day", "2026-03-09T15:00"),
    ("2026-03-09T15:01", "15:00 same working day", "2026-03-09T15:01"),
    ("2026-03-09T18:00", "15:00 same working day", "2026-03-10T15:00"),
    ("2026-03-02T10:00", "next day", "2026-03-04T00:00"),
    ("2026-03-02T10:00", "3 days", "2026-03-06T00:00"),
    ("2026-03-02T10:00", "1 week", "2026-03-10T00:00"),
    ("2026-03-02T10:00", "15 days", "2026-03-18T00:00"),
    # Fixed times; one that has passed is due at once.
    ("2026-03-02T10:00", "15:00 next day", "2026-03-03T15:00"),
    ("2026-03-02T23:00", "15:00 next day", "2026-03-03T15:00"),
    ("2026-03-02T14:59", "15:00 same day", "2026-03-02T15:00"),
    ("2026-03-02T15:00", "15:00 same day", "2026-03-02T15:00"),
    ("2026-03-02T15:01", "15:00 same day", "2026-03-02T15:01"),
    ("2026-03-02T15:01", "15:00 on day 2", "2026-03-04T15:00"),
    # Months keep the day number, or end with a shorter month.
    ("2026-01-15T10:00", "1 month", "2026-02-16T00:00"),
    ("2026-01-28T10:00", "1 month", "2026-03-01T00:00"),
    ("2026-01-31T10:00", "1 month", "2026-03-01T00:00"),
    ("2024-01-31T10:00", "1 month", "2024-03-01T00:00"),
    ("2026-08-31T10:00", "half a year", "2027-03-01T00:00"),
    ("2024-02-29T10:00", "1 year", "2025-03-01T00:00"),
    ("2026-12-31T10:00", "2 months", "2027-03-01T00:00"),
    ("2026-03-15T10:00", "10th of next month", "2026-04-11T00:00"),
    ("2026-12-01T10:00", "10th of next month", "2027-01-11T00:00"),
    ("2026-01-31T10:00", "31st of next month", "2026-03-01T00:00"),
    ("2026-03-15T10:00", "end of the month", "2026-04-01T00:00"),
    ("2026-03-15T10:00", "09:30 on the 4th of next month", "2026-04-04T09:30"),
    ("2026-03-15T10:00", "10th of the month", "2026-03-15T10:00"),
    # Working time runs inside shifts only, and ends with a shift rather than at the start of the next.
    ("2026-03-02T09:00", "8 working hours", "2026-03-02T18:00"),
    ("2026-03-02T07:00", "8 working hours", "2026-03-02T18:00"),
    ("2026-03-02T09:01", "8 working hours", "2026-03-03T09:01"),
    ("2026-03-02T09:00", "3 working hours", "2026-03-02T12:00"),
    ("2026-03-02T12:30", "1 working hour", "2026-03-02T14:00"),
    ("2026-03-02T11:30", "1 working hour", "2026-03-02T13:30"),
    ("2026-03-02T18:00", "30 working minutes", "2026-03-03T09:30"),
    ("2026-02-13T17:00", "8 working hours", "2026-02-14T17:00"),
    ("2026-02-14T17:00", "8 working hours", "2026-02-24T17:00"),
    ("2026-03-02T09:00", "half a working day", "2026-03-02T14:00"),
    ("2026-03-02T16:00", "half a working day", "2026-03-03T11:00"),
    ("2026-03-06T14:00", "1.5 working days", "2026-03-09T18:00"),
]


def china(wall: str) -> datetime:
    return datetime.fromisoformat(f"{wall}+08:00")


@pytest.mark.parametrize(("start", "limit", "due"), TABLE)
def test_due(start: str, limit: str, due: str) -> None:
    result = deadline(china(start), Limit.parse(limit), CHINA)
    assert result.due == china(due)
    assert result.due.utcoffset() == china(due).utcoffset()


def test_the_date_is_the_one_in_the_calendars_zone() -> None:
    late_in_london = datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert deadline(late_in_london, Limit.parse("1 working day"), CHINA).due == china("2026-03-04T18:00")


@pytest.mark.parametrize(
    ("limit", "third"),
    [
        ("2 days", "6 days"),
        ("same day", "end of day 2"),
        ("15:00 next day", "15:00 on day 3"),
        ("end of the month", "end of month 2"),
        ("10th of next month", "10th of month 3"),
    ],
)
def test_the_third_of_what_comes_again_and_again(limit: str, third: str) -> None:
    start = china("2026-03-02T10:00")
    assert deadline(start, Limit.parse(limit), CHINA, 3) == deadline(start, Limit.parse(third), CHINA)


@pytest.mark.parametrize("start", ["2026-03-06T10:00", "2026-03-05T20:00"])
def test_the_second_working_day_is_the_one_after_the_first_whenever_that_was(start: str) -> None:
    dues = [deadline(china(start), Limit.parse("same working day"), CHINA, n).due for n in (1, 2, 3)]
    assert dues == [china("2026-03-06T18:00"), china("2026-03-09T18:00"), china("2026-03-10T18:00")]


@given(limit=any_limits(), count=st.integers(1, 6), start=moments)
def test_each_of_what_comes_again_and_again_is_due_after_the_one_before(
    limit: Limit, count: int, start: datetime
) -> None:
    assume(limit.recurring and limit.amount < 15)
    one, other = (deadline(start, limit, CHINA, n).due for n in (count, count + 1))
    assert one < other


@pytest.mark.parametrize("limit", ["30 minutes", "half a working day"])
def test_what_cannot_come_again_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="can come again and again"):
        deadline(china("2026-03-02T10:00"), Limit.parse(limit), CHINA, 2)


def test_the_companys_own_days_count() -> None:
    company = CALENDARS["company"]
    assert deadline(china("2026-02-28T10:00"), Limit.parse("1 working day"), company).due == china(
        "2026-03-03T17:30"
    )
    assert deadline(china("2026-03-06T10:00"), Limit.parse("1 working day"), company).due == china(
        "2026-03-07T17:30"
    )


def test_a_year_without_any_working_day_is_passed_over() -> None:
    only_2028 = Calendar(country=None, weekend=frozenset({0, 1, 2, 3, 4, 5}))
    assert deadline(china("2026-12-28T10:00"), Limit.parse("2 working days"), only_2028).due == china(
        "2027-01-10T18:00"
    )


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        ("2026-12-30T10:00", "1 working day", False),
        ("2026-12-30T10:00", "2 working days", True),
        ("2026-12-31T10:00", "1 working day", True),
        ("2026-12-31T10:00", "15:00 next working day", True),
        ("2026-12-31T17:00", "1 working hour", False),
        ("2026-12-31T17:00", "61 working minutes", True),
        ("2026-12-31T17:00", "half a working day", True),
        ("2027-03-02T10:00", "1 working day", True),
        ("2000-12-29T10:00", "5 working days", True),
        ("2026-12-31T23:50", "30 minutes", False),
        ("2026-12-30T10:00", "1 month", False),
    ],
)
def test_provisional_when_working_time_reaches_a_year_whose_list_is_not_out(
    start: str, limit: str, provisional: bool
) -> None:
    calendar = Calendar(published_through=2026)
    assert deadline(china(start), Limit.parse(limit), calendar).provisional is provisional


def test_not_provisional_once_the_list_is_out() -> None:
    start, limit = china("2026-12-31T10:00"), Limit.parse("5 working days")
    assert not deadline(start, limit, Calendar(published_through=2027)).provisional
    assert not deadline(start, limit, CALENDARS["new york"]).provisional


@pytest.mark.parametrize(
    ("calendar", "start", "limit", "due"),
    [
        # Clocks forward on 29 March 2026, back on 25 October: an hour is an hour, a day is a date.
        ("berlin", "2026-03-28T12:00+01:00", "24 hours", "2026-03-29T13:00+02:00"),
        ("berlin", "2026-03-28T12:00+01:00", "12:00 next day", "2026-03-29T12:00+02:00"),
        ("berlin", "2026-03-28T12:00+01:00", "02:30 next day", "2026-03-29T03:00+02:00"),
        ("berlin", "2026-10-24T12:00+02:00", "24 hours", "2026-10-25T11:00+01:00"),
        ("berlin", "2026-10-24T12:00+02:00", "02:30 next day", "2026-10-25T02:30+02:00"),
        ("berlin", "2026-10-24T12:00+02:00", "1 working day", "2026-10-26T18:00+01:00"),
        ("berlin by night", "2026-03-29T00:00+01:00", "150 working minutes", "2026-03-29T05:00+02:00"),
        ("berlin by night", "2026-10-25T00:00+02:00", "150 working minutes", "2026-10-25T03:15+01:00"),
        # In Cairo the clocks go forward at midnight: 24 April 2026 begins at 01:00.
        ("cairo", "2026-04-23T12:00+02:00", "same day", "2026-04-24T01:00+03:00"),
        # In Havana the hour after midnight comes twice on 1 November 2026; the day ends with the first.
        ("havana", "2026-10-31T12:00-04:00", "same day", "2026-11-01T00:00-04:00"),
    ],
)
def test_around_changes_of_the_clocks(calendar: str, start: str, limit: str, due: str) -> None:
    result = deadline(datetime.fromisoformat(start), Limit.parse(limit), CALENDARS[calendar]).due
    assert result.isoformat() == datetime.fromisoformat(due).isoformat()


def test_a_shift_that_ends_with_the_day_is_due_at_midnight() -> None:
    calendar = Calendar(country=None, shifts=((time(16), time(0)),))
    assert deadline(china("2026-03-02T10:00"), Limit.parse("1 working day"), calendar).due == china(
        "2026-03-04T00:00"
    )
    assert deadline(china("2026-03-02T10:00"), Limit.parse("8 working hours"), calendar).due == china(
        "2026-03-03T00:00"
    )


@pytest.mark.parametrize("limit", ["30 minutes", "5 working days", "8 working hours", "1 month"])
def test_naive_starts_are_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="not the naive 2026-02-11T09:00:00"):
        deadline(datetime(2026, 2, 11, 9), Limit.parse(limit), CHINA)


@pytest.mark.parametrize("year", [1, 1899, 2501, 9999])
def test_years_out_of_reach_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match="a year from 1900 to 2500"):
        deadline(datetime(year, 12, 31, 23, tzinfo=UTC), Limit.parse("1 day"), CHINA)


def test_the_longest_limits_still_have_an_end() -> None:
    start = china("2026-03-02T10:00")
    assert deadline(start, Limit.parse("100 years"), CHINA).due.year == 2126
    assert deadline(start, Limit.parse("25000 working days"), CHINA).due.year > 2120
    assert deadline(start, Limit.parse("36525 days"), CHINA).due.year == 2126
