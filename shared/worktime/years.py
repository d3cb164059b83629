"""One calendar year laid out for counting: which days are worked, how many before each, and their shifts.

A calendar makes each year once and keeps it, so a deadline costs a look-up and not a walk.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property
from itertools import accumulate

from shared.worktime.localtime import end_of_day, moment_at, ticks
from shared.worktime.shifts import Shift, minute_of_end


@dataclass(frozen=True)
class WorkedYear:
    """The worked days of a year, as proleptic ordinals, and what follows from them."""

    year: int
    worked: tuple[int, ...]
    provisional: bool
    shifts: tuple[Shift, ...]
    zone: tzinfo

    @cached_property
    def upto(self) -> tuple[int, ...]:
        """For each ordinal from 1 January, preceded by the day before it: worked days up to and with it."""
        first, last = date(self.year, 1, 1).toordinal(), date(self.year, 12, 31).toordinal()
        worked = set(self.worked)
        return tuple(accumulate((day in worked for day in range(first, last + 1)), initial=0))

    @cached_property
    def before_first(self) -> int:
        """The ordinal of the day before 1 January, so that `upto[ordinal - before_first]` is right."""
        return date(self.year, 1, 1).toordinal() - 1

    @cached_property
    def closings(self) -> tuple[datetime, ...]:
        """For each worked day, the moment when its last shift ends."""
        return tuple(shift_end(date.fromordinal(day), self.shifts[-1], self.zone) for day in self.worked)

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Every shift of the year as ticks, in order; one that a change of clocks swallows is empty."""
        return tuple(self._resolved())

    @cached_property
    def opens(self) -> tuple[int, ...]:
        return tuple(start for start, _ in self.spans)

    @cached_property
    def worked_before(self) -> tuple[int, ...]:
        """For each shift, the ticks worked this year before it; one more entry for the whole year."""
        return tuple(accumulate((end - start for start, end in self.spans), initial=0))

    def worked_until(self, moment: int) -> int:
        """Ticks worked this year until `moment`."""
        at = bisect_right(self.opens, moment) - 1
        if at < 0:
            return 0
        start, end = self.spans[at]
        return self.worked_before[at] + min(moment, end) - start

    def earliest(self, amount: int) -> int:
        """The first moment by which `amount` ticks (0 < amount <= the year's) are worked."""
        at = bisect_left(self.worked_before, amount) - 1
        return self.opens[at] + amount - self.worked_before[at]

    def latest(self, amount: int) -> int:
        """The last moment by which no more than `amount` ticks (0 <= amount < the year's) are worked."""
        at = bisect_right(self.worked_before, amount) - 1
        return self.opens[at] + amount - self.worked_before[at]

    def _resolved(self) -> Iterator[tuple[int, int]]:
        for ordinal in self.worked:
            day = date.fromordinal(ordinal)
            for shift in self.shifts:
                yield ticks(moment_at(day, shift[0], self.zone)), ticks(shift_end(day, shift, self.zone))


def shift_end(day: date, shift: Shift, zone: tzinfo) -> datetime:
    """When a shift ends on `day`; an end at 00:00 is the end of that day."""
    ends_the_day = minute_of_end(shift[1]) == 24 * 60
    return end_of_day(day, zone) if ends_the_day else moment_at(day, shift[1], zone)
