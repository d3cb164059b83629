"""Which days a page is about, and into which stretches a chart groups them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PRESETS = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}
MAX_DAYS = 3_660
"""The longest period that is answered, some ten years."""
Step = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included. `preset` names the choice it came from, or is `custom`."""

    first: date
    last: date
    preset: str = "custom"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def step(self) -> Step:
        """Days up to a quarter, weeks up to two years, months beyond."""
        return "day" if self.days <= 92 else "week" if self.days <= 731 else "month"

    def bucket(self, day: date) -> date:
        """The first day of the stretch that `day` falls in."""
        match self.step:
            case "week":
                return day - timedelta(days=day.weekday())
            case "month":
                return day.replace(day=1)
        return day

    def buckets(self) -> Iterator[date]:
        """The first day of every stretch of the period, in order."""
        days = (self.first + timedelta(days=n) for n in range(self.days))
        yield from dict.fromkeys(self.bucket(day) for day in days)


def last_days(preset: str, today: date) -> Period:
    """A preset's period, ending today."""
    return Period(today - timedelta(days=PRESETS[preset] - 1), today, preset)


def chosen(first: str, last: str, today: date) -> Period | None:
    """The period that somebody typed; None when it is none (not dates, backwards, too long)."""
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last) if last else today)
    except ValueError:
        return None
    return period if 1 <= period.days <= MAX_DAYS else None
