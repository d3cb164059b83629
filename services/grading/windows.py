"""What a group of complaints comes to, seen from each of its members.

A window begins with one of them and lasts for a limit; each member's value is the largest that any window
holding it reaches, or what those come to that are no later than it. Nothing here depends on the order in
which complaints were heard of.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Literal, NamedTuple

from shared.worktime import Calendar, Limit, deadline
from shared.worktime.units import CLOCK_MINUTES, WORKING_MINUTES, Unit

Measure = Literal["complaints", "distinct", "sum"]
Per = Literal["day", "week", "month", "quarter", "year"]
_TICK = timedelta(microseconds=1)
QUARTER = 15 * 60
"""Seconds in which nowhere on earth a new day begins but at the start."""
_TO_THE_MOMENT = CLOCK_MINUTES.keys() | WORKING_MINUTES.keys() | {Unit.HALF_WORKING_DAY}


class Member(NamedTuple):
    """A complaint as its group sees it. `distinct` is what is counted once, None where it is not known;
    `amount` what is summed, or how often it counts; None of one that adds nothing and only sees what the
    others come to. One that speaks for several counts though nobody knows for whom."""

    id: str
    at: datetime
    distinct: str | None = None
    amount: int | None = 0

    @property
    def who(self) -> str | None:
        """What is counted once."""
        return self.distinct or (self.id if self.many > 1 else None)

    @property
    def adds(self) -> int:
        """To a sum."""
        return self.amount or 0

    @property
    def many(self) -> int:
        """To a count: itself at least."""
        return 0 if self.amount is None else max(self.amount, 1)


class Reach:
    """How far a window goes that begins at a moment: its last moment, in UTC.

    Minutes, hours and half working days end to the moment, everything else with its last day.
    """

    def __init__(self, limit: Limit, calendar: Calendar) -> None:
        self._limit = limit
        self._calendar = calendar
        self._clock = limit.unit in CLOCK_MINUTES
        self._whole_days = limit.unit not in _TO_THE_MOMENT and limit.at is None
        self._ends: dict[int, datetime] = {}
        self._ends_by_day: dict[date, datetime] = {}

    def __call__(self, at: datetime) -> datetime:
        if self._clock:
            return at + timedelta(minutes=self._limit.amount * CLOCK_MINUTES[self._limit.unit])
        if not self._whole_days:
            return deadline(at, self._limit, self._calendar).due.astimezone(UTC)
        quarter = int(at.timestamp()) // QUARTER
        end = self._ends.get(quarter)
        if end is None:
            day = at.astimezone(self._calendar.tz).date()
            if day not in self._ends_by_day:
                self._ends_by_day[day] = self._end_of_last_day(at)
            end = self._ends[quarter] = self._ends_by_day[day]
        return end

    def _end_of_last_day(self, at: datetime) -> datetime:
        last = deadline(at, self._limit, self._calendar).due - _TICK
        same_day = Limit(0, Unit.DAY)
        return deadline(max(last, at), same_day, self._calendar).due.astimezone(UTC) - _TICK

    def back(self, at: datetime) -> datetime:
        """A moment before which no window begins that reaches `at`."""
        length = self(at) - at
        while self(at - length) >= at:
            length *= 2
        return at - length


def period(per: Per, at: datetime, calendar: Calendar) -> str:
    """The calendar period that a moment lies in, in the calendar's zone."""
    day = at.astimezone(calendar.tz).date()
    return _PERIODS[per](day)


_PERIODS: Mapping[Per, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": lambda day: "{}-W{:02}".format(*day.isocalendar()[:2]),
    "month": lambda day: f"{day:%Y-%m}",
    "quarter": lambda day: f"{day.year}-Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day.year}",
}


def values(members: Sequence[Member], measure: Measure, reach: Reach | None = None) -> dict[str, int]:
    """What each member, by id, sees in its group; without `reach` the window is without end."""
    ordered = sorted(members, key=lambda member: member.at)
    grows = measure != "sum" or all(member.adds >= 0 for member in ordered)
    if grows and (reach is None or len(ordered) < 2 or ordered[-1].at <= reach(ordered[0].at)):
        most = _all_of(ordered, measure)
        return {member.id: most for member in ordered}
    ends = _ends(ordered, reach)
    return _largest(ordered, ends, _TOTALS[measure](ordered, ends))


def so_far(members: Sequence[Member], measure: Measure, reach: Reach | None = None) -> dict[str, int]:
    """What each member, by id, comes to with those before it whose window reaches it: the first sees 1, the
    second 2. Of one moment the ids decide."""
    ordered = sorted(members, key=lambda member: (member.at, member.id))
    ends = _ends(ordered, reach)
    spans, first = [], 0
    for n in range(len(ordered)):
        while ends[first] <= n:
            first += 1
        spans.append(len(ordered) - first)
    backward = ordered[::-1]  # a window that begins with a member and goes back
    totals = _TOTALS[measure](backward, spans[::-1])
    return {member.id: total for member, total in zip(backward, totals, strict=True)}


def _largest(ordered: Sequence[Member], ends: Sequence[int], totals: Sequence[int]) -> dict[str, int]:
    """Of the windows that hold a member the largest total, by id; a window begins with each of them."""
    seen: dict[str, int] = {}
    best: deque[int] = deque()  # beginnings of windows that hold the member, their totals falling
    for n, member in enumerate(ordered):
        while best and totals[best[-1]] <= totals[n]:
            best.pop()
        best.append(n)
        while ends[best[0]] <= n:
            best.popleft()
        seen[member.id] = totals[best[0]]
    return seen


def promoted(
    members: Sequence[Member],
    grades: Mapping[str, int],
    at_least: int,
    of: Collection[int],
    again: bool,
    reach: Reach | None = None,
) -> dict[str, int]:
    """How many grades each member goes up, by id; `grades` are their own, 0 the lightest.

    From the lightest grade of `of` up: whoever sees `at_least` of its grade goes up by one, and counts
    there too where `again`. A window must hold one that has the grade by itself: those that went up
    together do not lift one another once more.
    """
    now = dict(grades)
    for grade in sorted(of):
        alike = [m for m in members if now[m.id] == grade and (again or grades[m.id] == grade)]
        alike.sort(key=lambda member: member.at)
        for id_, count in _with_own(alike, {id_ for id_, own in grades.items() if own == grade}, reach):
            if count >= at_least:
                now[id_] += 1
    return {id_: grade - grades[id_] for id_, grade in now.items()}


def _with_own(
    ordered: Sequence[Member], own: Collection[str], reach: Reach | None
) -> Iterable[tuple[str, int]]:
    """Each member's largest window, of those that hold one of `own`."""
    ends = _ends(ordered, reach)
    upto = list(accumulate((member.id in own for member in ordered), initial=0))
    totals = [end - n if upto[end] > upto[n] else 0 for n, end in enumerate(ends)]
    return _largest(ordered, ends, totals).items()


def _ends(ordered: Sequence[Member], reach: Reach | None) -> list[int]:
    """For each member the index after the last that a window beginning with it holds."""
    if reach is None:
        return [len(ordered)] * len(ordered)
    ends, end = [], 0
    for member in ordered:
        last = reach(member.at)
        while end < len(ordered) and ordered[end].at <= last:
            end += 1
        ends.append(end)
    return ends


def _all_of(members: Sequence[Member], measure: Measure) -> int:
    """Where one window holds everybody."""
    if measure == "complaints":
        return sum(member.many for member in members)
    if measure == "sum":
        return sum(member.adds for member in members)
    largest: dict[str, int] = {}
    for member in members:
        if (who := member.who) is not None:
            largest[who] = max(member.many, largest.get(who, 0))
    return sum(largest.values())


def _complaints(ordered: Sequence[Member], ends: Sequence[int]) -> list[int]:
    upto = list(accumulate((member.many for member in ordered), initial=0))
    return [upto[end] - upto[n] for n, end in enumerate(ends)]


def _sums(ordered: Sequence[Member], ends: Sequence[int]) -> list[int]:
    upto = list(accumulate((member.adds for member in ordered), initial=0))
    return [upto[end] - upto[n] for n, end in enumerate(ends)]


def _distincts(ordered: Sequence[Member], ends: Sequence[int]) -> list[int]:
    inside: dict[str, deque[int]] = {}  # of each value those that may count, falling: the first of them does
    totals, upto, total = [], 0, 0
    for n, end in enumerate(ends):
        for place in range(upto, end):
            value = ordered[place].who
            if value is not None:
                falling = inside.setdefault(value, deque())
                total -= ordered[falling[0]].many if falling else 0
                while falling and ordered[falling[-1]].many <= ordered[place].many:
                    falling.pop()
                falling.append(place)
                total += ordered[falling[0]].many
        upto = end
        totals.append(total)
        gone = ordered[n].who
        if gone is not None and inside[gone][0] == n:
            total -= ordered[inside[gone].popleft()].many
            total += ordered[inside[gone][0]].many if inside[gone] else 0
    return totals


_TOTALS: Mapping[Measure, Callable[[Sequence[Member], Sequence[int]], list[int]]] = {
    "complaints": _complaints,
    "distinct": _distincts,
    "sum": _sums,
}
