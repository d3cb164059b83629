"""One run of a clock: from a start to its stop, with what moved it on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.sla.history import Step
from shared.contracts.clocks import ClockState
from shared.policy.sections.clocks import ClockSpec
from shared.policy.terms import Terms
from shared.worktime import Deadline, Extension


@dataclass(frozen=True)
class Granted:
    """An extension that holds, with what was said when it was filed."""

    move: Extension
    data: dict[str, Any]


@dataclass
class Run:
    """A run as it stands. `warnings` are the points with the moment each falls on. Its moments are in UTC;
    what is inside the deadline is in the calendar's zone.

    step        the milestone that set it off
    anchor      where its time began to count: the start of the first run of a series, or of a budget
    count       which of a series it is, from 1
    done        how often the stop came, of `times`
    dues        the due moment as it was from when on; None while the clock stood still
    """

    clock: str
    spec: ClockSpec
    step: Step
    grade: str
    terms: Terms
    started_at: datetime
    anchor: datetime
    count: int = 1
    times: int = 1
    done: int = 0
    deadline: Deadline = field(init=False)
    due: datetime = field(init=False)
    extensions: list[Granted] = field(default_factory=list)
    warnings: dict[str, datetime] = field(default_factory=dict)
    dues: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    paused_since: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    state: ClockState = "running"

    @property
    def key(self) -> str:
        first = f"{self.clock}:{self.step.id}"
        return first if self.count == 1 else f"{first}+{self.count}"

    def due_at(self, moment: datetime) -> datetime | None:
        """The due moment as it was at `moment`; None when the clock stood still."""
        return next((due for since, due in reversed(self.dues) if since <= moment), None)

    def warned(self, now: datetime) -> dict[str, datetime]:
        """The warning points that were reached while the run went on."""
        end = min(now, self.ended_at or now, self.paused_since or now, self.due)
        return {point: at for point, at in self.warnings.items() if at <= end}

    def next_moment(self, now: datetime) -> Iterator[datetime]:
        """Moments still ahead at which something falls due."""
        if self.state == "running" and self.paused_since is None:
            yield self.due
            yield from (at for at in self.warnings.values() if at > now)
