"""Periods: what is chosen, what is refused, how days are grouped."""

from datetime import date

import pytest

from services.reporting.periods import Period, chosen, last_days

TODAY = date(2026, 3, 20)


def test_a_preset_ends_today() -> None:
    period = last_days("7d", TODAY)
    assert (period.first, period.last, period.days) == (date(2026, 3, 14), TODAY, 7)


@pytest.mark.parametrize(
    ("first", "last"),
    [("", ""), ("yesterday", "2026-01-01"), ("2026-03-02", "2026-03-01"), ("1900-01-01", "2026-01-01")],
)
def test_what_is_no_period_is_none(first: str, last: str) -> None:
    assert chosen(first, last, TODAY) is None


def test_without_an_end_it_runs_until_today() -> None:
    assert chosen("2026-03-19", "", TODAY) == Period(date(2026, 3, 19), TODAY)


@pytest.mark.parametrize(
    ("first", "step", "stretches"),
    [("2026-03-01", "day", 20), ("2025-11-01", "week", 21), ("2023-01-01", "month", 39)],
)
def test_long_periods_are_grouped(first: str, step: str, stretches: int) -> None:
    period = Period(date.fromisoformat(first), TODAY)
    assert period.step == step
    assert len(list(period.buckets())) == stretches
    assert period.bucket(TODAY) in set(period.buckets())
