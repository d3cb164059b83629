"""The explanation of a deadline, row by row."""

from datetime import datetime

from shared.worktime import Calendar, Limit, deadline

CHINA = Calendar.default()


def rows(start: str, limit: str) -> list[tuple[str, str, bool, str]]:
    spans = deadline(datetime.fromisoformat(f"{start}+08:00"), Limit.parse(limit), CHINA).spans
    return [(f"{span.start:%m-%d %H}", f"{span.end:%m-%d %H}", span.counted, span.why_en) for span in spans]


def test_working_days_over_the_spring_festival() -> None:
    assert rows("2026-02-11T09:00", "5 working days") == [
        ("02-11 09", "02-12 00", False, "the day it happens is not counted"),
        ("02-12 00", "02-14 00", True, "working day"),
        ("02-14 00", "02-15 00", True, "make-up working day (day off: 2026-02-20)"),
        ("02-15 00", "02-16 00", False, "weekend"),
        ("02-16 00", "02-17 00", False, "Chinese New Year's Eve"),
        ("02-17 00", "02-20 00", False, "Chinese New Year (Spring Festival)"),
        ("02-20 00", "02-21 00", False, "day off in exchange for work on 2026-02-14"),
        ("02-21 00", "02-23 00", False, "weekend"),
        ("02-23 00", "02-24 00", False, "day off in exchange for work on 2026-02-28"),
        ("02-24 00", "02-25 18", True, "working day"),
    ]


def test_working_hours_over_lunch_and_a_weekend() -> None:
    assert rows("2026-03-06T11:00", "8 working hours") == [
        ("03-06 11", "03-06 12", True, "working day"),
        ("03-06 12", "03-06 13", False, "break between shifts"),
        ("03-06 13", "03-06 18", True, "working day"),
        ("03-06 18", "03-07 00", False, "outside working hours"),
        ("03-07 00", "03-09 00", False, "weekend"),
        ("03-09 00", "03-09 09", False, "outside working hours"),
        ("03-09 09", "03-09 11", True, "working day"),
    ]


def test_the_same_working_day_counts_what_is_worked_of_it() -> None:
    assert rows("2026-03-06T20:00", "same working day") == [
        ("03-06 20", "03-07 00", False, "outside working hours"),
        ("03-07 00", "03-09 00", False, "weekend"),
        ("03-09 00", "03-09 09", False, "outside working hours"),
        ("03-09 09", "03-09 12", True, "working day"),
        ("03-09 12", "03-09 13", False, "break between shifts"),
        ("03-09 13", "03-09 18", True, "working day"),
    ]


def test_clock_time_is_one_row() -> None:
    why = "clock time, counted without a break"
    assert rows("2026-02-15T22:00", "3 hours") == [("02-15 22", "02-16 01", True, why)]


def test_days_leave_out_the_day_of_the_start() -> None:
    assert rows("2026-02-15T22:00", "3 days") == [
        ("02-15 22", "02-16 00", False, "the day it happens is not counted"),
        ("02-16 00", "02-19 00", True, "calendar days, counted without a break"),
    ]


def test_months_and_fixed_points_are_one_row() -> None:
    why = "calendar days, counted without a break"
    assert rows("2026-02-15T22:00", "1 month") == [("02-15 22", "03-16 00", True, why)]
    assert rows("2026-02-15T22:00", "same day") == [("02-15 22", "02-16 00", True, why)]
    assert rows("2026-02-15T22:00", "10th of next month") == [("02-15 22", "03-11 00", True, why)]


def test_what_is_due_at_once_has_nothing_to_explain() -> None:
    assert rows("2026-02-15T22:00", "15:00 same day") == []


def test_the_explanation_is_also_in_chinese() -> None:
    spans = deadline(
        datetime.fromisoformat("2026-02-13T09:00+08:00"), Limit.parse("2 working days"), CHINA
    ).spans
    assert [span.why_zh for span in spans][:4] == [
        "发生当日不计",
        "调休上班(换2026-02-20放假)",
        "周末",
        "农历除夕",
    ]
