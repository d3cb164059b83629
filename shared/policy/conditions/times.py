"""The literals of time: `duration("24h")` and `timestamp("2026-01-01T00:00:00+08:00")`."""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

_PART = r"[0-9]{1,12}(?:\.[0-9]{1,9})?(?:ms|h|m|s)"
_SPAN = re.compile(rf"-?(?:{_PART})+\Z")
_PARTS = re.compile(r"([0-9.]+)(ms|h|m|s)")
_SECONDS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
_MOST_HOURS = 2_500_000
"""As CEL has it, which counts nanoseconds in 64 bits: 2,562,047 hours."""
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})\Z"
)


def fault_in_duration(text: str) -> str | None:
    """What is wrong with the text of a duration, None when it is right."""
    if not _SPAN.match(text):
        hint = "; a day is 24h" if re.search(r"[0-9]\s*[dw天日周]", text) else ""
        return f'"{text}" is no duration: write hours, minutes, seconds as in "24h" or "1h30m"{hint}'
    if abs(_seconds(text)) > _MOST_HOURS * 3600:
        return f'"{text}" is longer than {_MOST_HOURS} hours'
    return None


def fault_in_timestamp(text: str) -> str | None:
    """What is wrong with the text of a timestamp, None when it is right."""
    if _MOMENT.match(text):
        try:
            timestamp(text)
        except (ValueError, OverflowError) as wrong:
            return f'"{text}" is no moment: {wrong}'
        return None
    return f'"{text}" is no moment: write date, time and offset as in "2026-01-01T00:00:00+08:00"'


def duration(text: str) -> timedelta:
    """The span that a text without fault stands for, to the microsecond."""
    microseconds = _seconds(text) * 1_000_000
    return timedelta(microseconds=int(microseconds))


def timestamp(text: str) -> datetime:
    """The moment that a text without fault stands for, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _seconds(text: str) -> Fraction:
    seconds = sum((Fraction(amount) * _SECONDS[unit] for amount, unit in _PARTS.findall(text)), Fraction(0))
    return -seconds if text.startswith("-") else seconds
