"""Totals of one unit and period, summed up for reading."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.reporting.contributions import CLOCK, OUTCOMES, OVERDUE, RECEIVED, Counts
from services.reporting.periods import Period


@dataclass(frozen=True)
class Figures:
    """`counts` holds the cells of the period, by day."""

    counts: Counts

    def by(self, dimension: str) -> Mapping[str, int]:
        """How many per value, the largest first."""
        found: Counter[str] = Counter()
        for cell, count in self.counts.items():
            if cell.dimension == dimension:
                found[cell.value] += count
        return {value: n for value, n in found.most_common() if n}

    @property
    def received(self) -> int:
        return self.by(RECEIVED).get("", 0)

    @property
    def open(self) -> int:
        return self.by("state").get("open", 0)

    @property
    def closed(self) -> int:
        return self.by("state").get("closed", 0)

    @property
    def overdue(self) -> int:
        """Open complaints with a deadline that is missed and not yet made good."""
        return self.by(OVERDUE).get("", 0)

    def clocks(self) -> Mapping[str, Mapping[str, int]]:
        """Outcomes by clock id."""
        found: dict[str, dict[str, int]] = {}
        for value, count in sorted(self.by(CLOCK).items()):
            id_, _, outcome = value.rpartition("/")
            found.setdefault(id_, dict.fromkeys(OUTCOMES, 0))[outcome] = count
        return found

    @property
    def missed_share(self) -> float | None:
        """Of the deadlines that are decided, the share that was missed; None while none is."""
        sums = Counter[str]()
        for outcomes in self.clocks().values():
            sums.update(outcomes)
        decided = sums["met"] + sums["met_late"] + sums["breached"]
        return (sums["met_late"] + sums["breached"]) / decided if decided else None

    def daily(self, dimension: str) -> Mapping[str, Mapping[str, int]]:
        """Per ISO day, how many per value."""
        found: dict[str, Counter[str]] = {}
        for cell, count in self.counts.items():
            if cell.dimension == dimension:
                found.setdefault(cell.day, Counter())[cell.value] += count
        return dict(sorted(found.items()))

    def stretches(self, dimension: str, period: Period) -> Mapping[date, Mapping[str, int]]:
        """The same per stretch of the period, with the empty ones."""
        found: dict[date, Counter[str]] = {bucket: Counter() for bucket in period.buckets()}
        for day, values in self.daily(dimension).items():
            found[period.bucket(date.fromisoformat(day))].update(values)
        return found
