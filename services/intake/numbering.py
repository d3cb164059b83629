"""How complaints are numbered: the format and the period of the pack, by the day of receipt there."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.policy.sections.intake import Numbering

_PART = re.compile(r"\{(yyyy|yy|mm|dd|seq)(?::0(\d+))?\}")
_PERIODS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y", "never": "always"}


def period(numbering: Numbering, received_at: datetime, zone: str) -> str:
    """The period within which the sequence runs: `2026-02`; complaints of one period share a counter."""
    return received_at.astimezone(ZoneInfo(zone)).strftime(_PERIODS[numbering.reset])


def number(numbering: Numbering, received_at: datetime, zone: str, sequence: int) -> str:
    """`{yy}{mm}{seq:02}` and 7 -> `260207`. A sequence too long for its width takes more digits."""
    day = received_at.astimezone(ZoneInfo(zone))
    values = {"yyyy": day.year, "yy": day.year % 100, "mm": day.month, "dd": day.day, "seq": sequence}
    widths = {"yyyy": 4, "yy": 2, "mm": 2, "dd": 2, "seq": 1}

    def filled(part: re.Match[str]) -> str:
        width = int(part[2]) if part[2] else widths[part[1]]
        return str(values[part[1]]).zfill(width)

    return _PART.sub(filled, numbering.format)
