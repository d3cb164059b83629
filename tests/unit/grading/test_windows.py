"""Windows against a model that looks at every window there is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.grading.windows import Measure, Member, Reach, period, promoted, so_far, values
from shared.worktime import Calendar, Limit
from tests.parts import window_model

SHANGHAI = Calendar.default()
BERLIN = Calendar(zone="Europe/Berlin", country="DE")
LIMITS = [
    "10 minutes",
    "36 hours",
    "same day",
    "1 day",
    "3 days",
    "10 working days",
    "2 weeks",
    "1 month",
    "15:00 next day",
    "3 working hours",
    "half a working day",
    "10th of next month",
]
MOMENTS = st.datetimes(datetime(2026, 1, 20), datetime(2026, 4, 10)).map(
    lambda m: m.replace(minute=m.minute // 15 * 15, second=0, microsecond=0, tzinfo=UTC)
)


@st.composite
def groups(draw: st.DrawFn) -> list[Member]:
    start = draw(MOMENTS)
    steps = st.sampled_from([0, 5, 10, 11, 60, 600, 1440, 2160, 2161, 4320, 14400, 20160, 44640])
    members, at = [], start
    for n in range(draw(st.integers(0, 9))):
        at += timedelta(minutes=draw(steps))
        only_sees = draw(st.booleans())
        who = None if only_sees else draw(st.sampled_from(["a", "b", "c", None]))
        amount = None if only_sees else draw(st.integers(0, 5))
        members.append(Member(f"m{n}", at, who, amount))
    return draw(st.permutations(members))


@given(
    members=groups(),
    measure=st.sampled_from(["complaints", "distinct", "sum"]),
    text=st.sampled_from([*LIMITS, None]),
    calendar=st.sampled_from([SHANGHAI, BERLIN]),
)
def test_every_member_sees_the_largest_window_that_holds_it(
    members: list[Member], measure: Measure, text: str | None, calendar: Calendar
) -> None:
    limit = Limit.parse(text) if text else None
    reach = Reach(limit, calendar) if limit else None
    assert values(members, measure, reach) == window_model.seen(members, measure, limit, calendar)


@given(
    members=groups(),
    measure=st.sampled_from(["complaints", "distinct", "sum"]),
    text=st.sampled_from([*LIMITS, None]),
    calendar=st.sampled_from([SHANGHAI, BERLIN]),
)
def test_so_far_every_member_sees_itself_and_those_before_that_reach_it(
    members: list[Member], measure: Measure, text: str | None, calendar: Calendar
) -> None:
    limit = Limit.parse(text) if text else None
    reach = Reach(limit, calendar) if limit else None
    assert so_far(members, measure, reach) == window_model.so_far(members, measure, limit, calendar)


def test_so_far_of_one_moment_the_ids_decide() -> None:
    at = datetime(2026, 2, 2, tzinfo=UTC)
    later = Member("a", at + timedelta(days=1))
    assert so_far([later, Member("c", at), Member("b", at)], "complaints") == {"b": 1, "c": 2, "a": 3}
    reach = Reach(Limit.parse("1 hour"), SHANGHAI)
    assert so_far([later, Member("c", at), Member("b", at)], "complaints", reach) == {"b": 1, "c": 2, "a": 1}


@given(at=MOMENTS, text=st.sampled_from(LIMITS), calendar=st.sampled_from([SHANGHAI, BERLIN]))
@example(datetime(2026, 3, 28, 22, 30, tzinfo=UTC), "1 day", BERLIN)
def test_no_window_begins_before_back_and_still_reaches(at: datetime, text: str, calendar: Calendar) -> None:
    reach = Reach(Limit.parse(text), calendar)
    earliest = reach.back(at)
    assert earliest < at
    for days in (0, 1, 7, 40):
        assert reach(earliest - timedelta(days=days)) < at


@pytest.mark.parametrize(("day", "seen"), [(5, 2), (6, 1)])
def test_the_tenth_working_day_is_in_and_the_eleventh_is_not(day: int, seen: int) -> None:
    # Friday 2026-02-13; 14 and 28 February are worked, 15-23 are not: the tenth after it is 5 March.
    first = datetime(2026, 2, 13, 9, tzinfo=SHANGHAI.tz)
    late = datetime(2026, 3, day, tzinfo=SHANGHAI.tz)
    reach = Reach(Limit.parse("10 working days"), SHANGHAI)
    for at in (late, late + timedelta(hours=23, minutes=59)):
        assert values([Member("a", first), Member("b", at)], "complaints", reach)["a"] == seen


def test_a_month_from_its_last_day_ends_with_the_shorter_month() -> None:
    reach = Reach(Limit.parse("1 month"), SHANGHAI)
    first = Member("a", datetime(2026, 1, 31, 23, tzinfo=SHANGHAI.tz))
    inside = Member("b", datetime(2026, 2, 28, 23, 59, 59, tzinfo=SHANGHAI.tz))
    outside = Member("c", datetime(2026, 3, 1, tzinfo=SHANGHAI.tz))
    assert values([first, inside, outside], "complaints", reach) == {"a": 2, "b": 2, "c": 2}
    assert values([first, outside], "complaints", reach) == {"a": 1, "c": 1}


def test_hours_are_exact_to_the_microsecond() -> None:
    reach = Reach(Limit.parse("24 hours"), SHANGHAI)
    first = Member("a", datetime(2026, 2, 1, tzinfo=UTC))
    edge = Member("b", datetime(2026, 2, 2, tzinfo=UTC))
    past = Member("c", datetime(2026, 2, 2, 0, 0, 0, 1, tzinfo=UTC))
    assert values([first, edge], "complaints", reach)["a"] == 2
    assert values([first, past], "complaints", reach)["a"] == 1


def test_a_day_with_a_changed_clock_is_a_day() -> None:
    reach = Reach(Limit.parse("1 day"), BERLIN)
    before = Member("a", datetime(2026, 3, 28, 23, 30, tzinfo=BERLIN.tz))
    inside = Member("b", datetime(2026, 3, 29, 23, 59, tzinfo=BERLIN.tz))
    outside = Member("c", datetime(2026, 3, 30, tzinfo=BERLIN.tz))
    assert values([before, inside], "complaints", reach)["a"] == 2
    assert values([before, outside], "complaints", reach)["a"] == 1


@pytest.mark.parametrize(
    ("per", "label"),
    [
        ("day", "2026-01-01"),
        ("week", "2026-W01"),
        ("month", "2026-01"),
        ("quarter", "2026-Q1"),
        ("year", "2026"),
    ],
)
def test_a_period_is_that_of_the_calendars_zone(per: str, label: str) -> None:
    late = datetime(2025, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai
    assert period(per, late, SHANGHAI) == label  # type: ignore[arg-type]
    assert period(per, late - timedelta(microseconds=1), SHANGHAI) != label or per == "week"  # type: ignore[arg-type]


def test_promotion_cascades_only_where_what_was_promoted_counts_again() -> None:
    at = datetime(2026, 2, 2, tzinfo=UTC)
    members = [Member(f"m{n}", at + timedelta(days=n)) for n in range(4)]
    grades = {"m0": 0, "m1": 0, "m2": 1, "m3": 1}
    reach = Reach(Limit.parse("1 month"), SHANGHAI)
    assert promoted(members, grades, 2, (0, 1), True, reach) == {"m0": 2, "m1": 2, "m2": 1, "m3": 1}
    assert promoted(members, grades, 2, (0, 1), False, reach) == {"m0": 1, "m1": 1, "m2": 1, "m3": 1}
    assert promoted(members, grades, 3, (0, 1), True, reach) == dict.fromkeys(grades, 0)
    assert promoted(members, grades, 2, (1,), True, reach) == {"m0": 0, "m1": 0, "m2": 1, "m3": 1}


def test_those_promoted_together_do_not_lift_one_another_once_more() -> None:
    at = datetime(2026, 2, 2, tzinfo=UTC)
    members = [Member(f"m{n}", at + timedelta(days=n)) for n in range(4)]
    reach = Reach(Limit.parse("1 month"), SHANGHAI)
    three = dict.fromkeys(("m0", "m1", "m2"), 0)
    assert promoted(members[:3], three, 3, (0, 1, 2), True, reach) == dict.fromkeys(three, 1)
    with_one = {**three, "m3": 1}
    assert promoted(members, with_one, 3, (0, 1), True, reach) == {"m0": 2, "m1": 2, "m2": 2, "m3": 1}


@given(
    members=groups(),
    own=st.lists(st.integers(0, 3), min_size=9, max_size=9),
    at_least=st.integers(1, 4),
    again=st.booleans(),
    of=st.sets(st.integers(0, 2)),
)
def test_promotions_step_by_step(
    members: list[Member], own: list[int], at_least: int, again: bool, of: set[int]
) -> None:
    limit = Limit.parse("1 month")
    grades = {f"m{n}": own[n] for n in range(len(members))}
    expected = window_model.promoted(members, grades, at_least, of, again, limit, SHANGHAI)
    assert promoted(members, grades, at_least, of, again, Reach(limit, SHANGHAI)) == expected


def test_a_large_group_takes_little_time_a_member() -> None:
    start = datetime.combine(date(2026, 1, 1), datetime.min.time(), UTC)
    members = [Member(str(n), start + timedelta(minutes=n), str(n % 700)) for n in range(50_000)]
    seen = values(members, "distinct", Reach(Limit.parse("10 working days"), SHANGHAI))
    assert max(seen.values()) == 700
