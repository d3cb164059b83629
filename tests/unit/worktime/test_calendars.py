"""Which days are worked, and what the calendar says about it."""

from datetime import date, time

import pytest

from shared.worktime import Calendar, Reason

CHINA = Calendar.default()
WEEKEND, WORKDAY = ("周末", "weekend"), ("工作日", "working day")


@pytest.mark.parametrize(
    ("day", "worked", "zh", "en"),
    [
        (date(2026, 2, 11), True, *WORKDAY),
        (date(2026, 2, 14), True, "调休上班(换2026-02-20放假)", "make-up working day (day off: 2026-02-20)"),
        (date(2026, 2, 15), False, *WEEKEND),
        (date(2026, 2, 16), False, "农历除夕", "Chinese New Year's Eve"),
        (date(2026, 2, 20), False, "调休放假(2026-02-14上班)", "day off in exchange for work on 2026-02-14"),
        (date(2026, 2, 24), True, *WORKDAY),
        (date(2020, 1, 31), False, "春节延长假期", "Chinese New Year Extended Holiday"),
    ],
)
def test_a_day_says_what_it_is(day: date, worked: bool, zh: str, en: str) -> None:
    seen = CHINA.day(day)
    assert (seen.worked, seen.provisional, seen.why_zh, seen.why_en) == (worked, False, zh, en)


def test_the_companys_own_days_win_over_the_official_list() -> None:
    closed = {date(2026, 2, 14): Reason("年会", "annual party")}
    extra = {date(2026, 2, 17): Reason("值班", "on duty"), date(2027, 1, 2): Reason("盘点", "stocktaking")}
    calendar = Calendar(closed=closed, extra=extra)
    assert (calendar.day(date(2026, 2, 14)).worked, calendar.day(date(2026, 2, 14)).why_zh) == (False, "年会")
    assert (calendar.day(date(2026, 2, 17)).worked, calendar.day(date(2026, 2, 17)).why_en) == (
        True,
        "on duty",
    )
    assert not calendar.day(date(2027, 1, 2)).provisional
    assert calendar.day(date(2027, 1, 3)).provisional


def test_later_changes_to_the_given_days_do_not_reach_the_calendar() -> None:
    closed = {date(2026, 3, 2): Reason("停业", "closed")}
    calendar = Calendar(closed=closed)
    closed.clear()
    assert not calendar.day(date(2026, 3, 2)).worked


@pytest.mark.parametrize(("year", "provisional"), [(2000, True), (2001, False), (2019, False), (2026, False)])
def test_a_year_is_provisional_until_its_list_is_out(year: int, provisional: bool) -> None:
    assert CHINA.day(date(year, 6, 1)).provisional is provisional
    assert CHINA.year(year).provisional is provisional


def test_the_first_year_without_a_list_is_provisional() -> None:
    first = next(year for year in range(2026, 2100) if CHINA.day(date(year, 6, 1)).provisional)
    assert first >= 2027
    assert all(CHINA.day(date(year, 6, 1)).provisional for year in range(first, first + 20))


def test_published_through_takes_the_place_of_the_data() -> None:
    assert not Calendar(published_through=2030).day(date(2030, 6, 1)).provisional
    assert Calendar(published_through=2030).day(date(2031, 6, 1)).provisional
    assert Calendar(published_through=2025).day(date(2026, 6, 1)).provisional


@pytest.mark.parametrize("country", ["US", "DE", "VN", None])
def test_other_countries_are_never_provisional(country: str | None) -> None:
    assert not Calendar(country=country).day(date(2040, 6, 1)).provisional


def test_other_countries_have_their_own_days() -> None:
    bavaria = Calendar(zone="Europe/Berlin", country="DE-BY")
    assert not bavaria.day(date(2026, 6, 4)).worked
    assert Calendar(zone="Europe/Berlin", country="DE").day(date(2026, 6, 4)).worked
    assert Calendar(country=None).day(date(2026, 10, 1)).worked
    assert not Calendar(country="VN").day(date(2026, 2, 17)).worked


def test_a_six_day_week_works_on_saturdays() -> None:
    calendar = Calendar(weekend=frozenset({6}))
    assert calendar.day(date(2026, 3, 7)).worked
    assert not calendar.day(date(2026, 3, 8)).worked
    assert not calendar.day(date(2026, 10, 3)).worked


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"zone": "Asia/Shanghigh"}, "IANA time zone"),
        ({"zone": "../etc/passwd"}, "IANA time zone"),
        ({"country": "XX"}, "ISO country code"),
        ({"country": "DE-XX"}, "ISO country code"),
        ({"shifts": ()}, "at least one shift"),
        ({"shifts": ((time(9), time(9)),)}, "within one day"),
        ({"shifts": ((time(22), time(6)),)}, "split night work"),
        ({"shifts": ((time(9), time(13)), (time(12), time(18)))}, "in order, apart"),
        ({"shifts": ((time(0), time(0)), (time(12), time(18)))}, "in order, apart"),
        ({"shifts": ((time(9, 0, 1), time(18)),)}, "whole minutes"),
        ({"weekend": frozenset(range(7))}, "leave one to work"),
        ({"weekend": frozenset({7})}, "from 0 to 6"),
        (
            {"closed": {date(2026, 1, 5): Reason("", "")}, "extra": {date(2026, 1, 5): Reason("", "")}},
            "is both",
        ),
    ],
)
def test_a_wrong_calendar_is_refused(settings: dict[str, object], expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Calendar(**settings)  # type: ignore[arg-type]


def test_calendars_with_the_same_settings_are_equal_and_hash_alike() -> None:
    closed = {date(2026, 3, 2): Reason("停业", "closed")}
    assert Calendar(closed=closed) == Calendar(closed=dict(closed)) != Calendar()
    assert hash(Calendar(closed=closed)) == hash(Calendar(closed=dict(closed)))
    assert Calendar.default() == Calendar()
