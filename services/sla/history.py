"""What sla has heard of one complaint, in event time: gradings and milestones, in any order of arrival."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
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
    """A milestone: `id` is its own, `name` the pack's word for it; `data` as far as clocks look at it."""

    id: str
    name: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


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
        """Milestones with those that every complaint has: occurred, received, graded. Of one moment these
        come first, and milestones as they were recorded."""
        latest = self.latest
        own = (
            Step("occurred", "occurred", latest.occurred_at),
            Step("received", "received", latest.received_at),
            *self._grade_changes(),
        )
        return tuple(sorted((*own, *self.steps), key=lambda s: s.at))

    def _grade_changes(self) -> Iterator[Step]:
        grade = None
        for graded in self.gradings:
            if graded.grade != grade:
                id_ = "graded" if grade is None else f"graded@{graded.sequence}"
                yield Step(id_, "graded", graded.at)
            grade = graded.grade

    @cached_property
    def closed_at(self) -> datetime | None:
        return next((step.at for step in self.steps if step.name in self.closing), None)


ENDED: frozenset[ClockState] = frozenset({"met", "met_late", "withdrawn"})
