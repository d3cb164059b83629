"""Formats of numbers, and when the sequence starts anew."""

from datetime import UTC, datetime

import pytest

from services.intake.numbering import number, period
from tests.parts.small_pack import numbering_of

NEW_YEAR = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)
"""Half past midnight on 1 January 2026 in Shanghai."""


@pytest.mark.parametrize(
    ("form", "reset", "sequence", "expected", "within"),
    [
        ("{yy}{mm}{seq:02}", "month", 7, "260107", "2026-01"),
        ("{yy}{mm}{seq:02}", "month", 123, "2601123", "2026-01"),
        ("{yy}{mm}{dd}{seq:03}", "year", 42, "260101042", "2026"),
        ("{yy}{mm}{dd}{seq:003}", "year", 42, "260101042", "2026"),
        ("{yyyy}{mm}{dd}{seq:04}", "day", 1, "202601010001", "2026-01-01"),
        ("TS-{seq}", "never", 9, "TS-9", "always"),
    ],
)
def test_a_number_by_the_local_day_of_receipt(
    form: str, reset: str, sequence: int, expected: str, within: str
) -> None:
    numbering = numbering_of(form, reset).intake.numbering
    assert number(numbering, NEW_YEAR, "Asia/Shanghai", sequence) == expected
    assert period(numbering, NEW_YEAR, "Asia/Shanghai") == within


def test_the_zone_decides_the_year() -> None:
    numbering = numbering_of("{yy}{mm}{seq:02}", "month").intake.numbering
    assert number(numbering, NEW_YEAR, "UTC", 1) == "251201"
