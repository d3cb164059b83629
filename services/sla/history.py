"""What sla has heard of one complaint, in event time: gradings and milestones, in any order of arrival."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from shared.contracts.clocks import ClockState
from shared.contracts.words import Case


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade, in force from `at` on. `facts` are what conditions look at, `grade` among them."""

    at: datetime
    sequence: int
    grade: str
    facts: Mapping[str, Any]
    received_at: datetime
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone: `id` is its own, `name` the pack's word for it."""

    id: str
    name: str
    at: datetime


@dataclass(frozen=True)
class History:
    """Everything heard so far, sorted. Equal moments keep their order of sequence or id."""

    case: Case
    gradings: tuple[Graded, ...]
    steps: tuple[Step, ...]
    closing: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def latest(self) -> Graded:
        return self.gradings[-1]

    @cached_property
    def _since(self) -> list[datetime]:
        return [graded.at for graded in self.gradings]

    def in_force(self, moment: datetime) -> Graded:
        """The grading that holds at `moment`; the first one holds before it was given, too."""
        return self.gradings[max(bisect_right(self._since, moment) - 1, 0)]

    def employee(self, moment: datetime) -> str | None:
        """The employee complained of, as was known at `moment`."""
        named = self.in_force(moment).facts.get("employee")
        return str(named) if named else None

    @cached_property
    def all_steps(self) -> tuple[Step, ...]:
        """Milestones with the three that every complaint has: received, occurred, graded."""
        first, latest = self.gradings[0], self.latest
        own = (
            Step("occurred", "occurred", latest.occurred_at),
            Step("received", "received", latest.received_at),
            Step("graded", "graded", first.at),
        )
        return tuple(sorted((*own, *self.steps), key=lambda s: (s.at, s.id)))

    @cached_property
    def closed_at(self) -> datetime | None:
        return next((step.at for step in self.steps if step.name in self.closing), None)


ENDED: frozenset[ClockState] = frozenset({"met", "met_late", "withdrawn"})
