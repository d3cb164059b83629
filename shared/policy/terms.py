"""How long a clock may run: a limit of the pack, or what somebody gave for this complaint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.policy.bound import BoundPack
from shared.policy.sections.clocks import ClockSpec, LimitBy, LimitGiven
from shared.policy.sections.common import LimitValue
from shared.worktime import Calendar, Deadline, Limit, agreed, before, deadline, fraction, held_to


@dataclass(frozen=True)
class Given:
    """What somebody gave: a moment or a limit, and when (None: with the start of the clock)."""

    value: Limit | datetime
    at: datetime | None = None


@dataclass(frozen=True)
class Terms:
    """What holds for a run. `before` and `cap` go with `given`."""

    limit: Limit | None = None
    given: Given | None = None
    before: Limit | None = None
    cap: Limit | None = None

    def line(self, start: datetime, calendar: Calendar, count: int = 1) -> Deadline:
        """The deadline from `start`, as nothing but the terms has it; the `count`-th of those that recur."""
        if self.given is None:
            assert self.limit is not None
            return deadline(start, self.limit, calendar, count)
        line = self._given_line(start, self.given, calendar)
        return line if self.cap is None else held_to(line, deadline(start, self.cap, calendar).due)

    def _given_line(self, start: datetime, given: Given, calendar: Calendar) -> Deadline:
        if isinstance(given.value, datetime):
            due = given.value if self.before is None else before(given.value, self.before, calendar)
            return agreed(start, due, calendar)
        if given.at is None or given.at == start:
            return deadline(start, given.value, calendar)
        said = deadline(given.at, given.value, calendar)
        return replace(agreed(start, said.due, calendar), provisional=said.provisional)

    @property
    def since(self) -> datetime | None:
        """From when on standstills count; None: from the start."""
        return self.given.at if self.given else None

    def __str__(self) -> str:
        value = self.given.value if self.given else self.limit
        return value.isoformat() if isinstance(value, datetime) else str(value)


def terms(
    bound: BoundPack, clock: ClockSpec, facts: Mapping[str, object], promises: Mapping[str, Given]
) -> Terms | None:
    """What a clock may take under these facts; None where the pack gives it no limit.

    `promises`: what milestones promised, by `milestone.field`.
    """
    limit = clock.limit
    if not isinstance(limit, LimitGiven):
        found = looked_up(bound, limit, facts)
        return Terms(found) if found else None
    given = promises.get(limit.given) if "." in limit.given else _fact(facts.get(limit.given))
    if given is None:
        found = looked_up(bound, limit.otherwise, facts)
        return Terms(found) if found else None
    lead = bound.limit(limit.before) if limit.before else None
    return Terms(given=given, before=lead, cap=looked_up(bound, limit.cap, facts))


def looked_up(
    bound: BoundPack, value: LimitValue | LimitBy | None, facts: Mapping[str, object]
) -> Limit | None:
    """The limit for these facts; None where none is given."""
    while isinstance(value, LimitBy):
        value = _longest_path(value, _key(facts.get(value.by)))
    return None if value is None else bound.limit(value)


def warnings(clock: ClockSpec, line: Deadline) -> Iterator[tuple[str, datetime]]:
    """The warning points of a clock, each with the moment it falls on; none before the start."""
    for point in clock.warn:
        if point.endswith("%"):
            at = fraction(line, int(point[:-1]) / 100)
        else:
            at = before(line.due, Limit.parse(point.removesuffix(" before")), line.calendar)
        yield point, max(at, line.start)


def read_given(value: object) -> Limit | datetime:
    """A moment with an offset, or a limit in words. ValueError for anything else."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError(_WANTED)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return Limit.parse(value)
    if moment.tzinfo is None:
        raise ValueError(_WANTED)
    return moment


_WANTED = 'a time with its offset, such as 2026-02-11T09:00:00+08:00, or a limit such as "3 working days"'


def _fact(value: object) -> Given | None:
    """A fact that is no time (not given, or not yet known) gives nothing."""
    try:
        return Given(read_given(value))
    except ValueError:
        return None


def _key(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _longest_path(limit: LimitBy, key: str) -> LimitValue | LimitBy | None:
    parts = key.split("/")
    for size in range(len(parts), 0, -1):
        value = limit.values.get("/".join(parts[:size]))
        if value is not None:
            return value
    return limit.otherwise
