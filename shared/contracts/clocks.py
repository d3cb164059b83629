"""What sla says: clocks that start, move, warn, run out, are met or withdrawn; and who takes over."""

from typing import ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import EventData
from shared.contracts.words import Case, Moment, Value, Words

ClockState = Literal["running", "met", "breached", "met_late", "withdrawn"]


class CountedSpan(Value):
    """A stretch of time that a deadline counted, or skipped, and why. `paused`: the clock stood still."""

    start: Moment
    end: Moment
    counted: bool
    why: Words
    paused: bool = False


class ExtensionReading(Value):
    """A deadline was moved: filed at `at`, until `to` or by the limit `by`, and why."""

    at: Moment
    to: Moment | None = None
    by: str | None = None
    reason: str
    approved_by: str | None = None


class ClockReading(Value):
    """A clock as it stands. `key` names this run of the clock `id` within the complaint.

    `limit` is a limit in words, or the moment that was `given`: promised, or asked for. A `soft` limit holds
    in principle; passing it makes nothing overdue. The stop has come `done` times of `times`. While the
    clock stands still, since `paused_since`, `due` is what it was then.
    """

    id: str
    key: str
    title: Words
    clause: str
    state: ClockState
    limit: str
    started_at: Moment
    due: Moment
    provisional: bool = False
    stopped_at: Moment | None = None
    grade: str | None = None
    given: bool = False
    soft: bool = False
    times: int = 1
    done: int = 0
    paused_since: Moment | None = None
    extensions: tuple[ExtensionReading, ...] = ()
    spans: tuple[CountedSpan, ...] = ()


class _ClockEvent(EventData):
    case: Case
    clock: ClockReading
    at: Moment = Field(description="when it happened, in event time")


class ClockStarted(_ClockEvent):
    """A deadline began to run."""

    TYPE: ClassVar[str] = "redress.clock.started.v1"


class ClockDueChanged(_ClockEvent):
    """A running deadline moved, stands still, or goes on."""

    TYPE: ClassVar[str] = "redress.clock.due_changed.v1"
    previous_due: Moment
    reason: Words


class ClockWarned(_ClockEvent):
    """A warning point before the deadline was passed."""

    TYPE: ClassVar[str] = "redress.clock.warned.v1"
    point: str
    late_by: float = 0.0


class ClockBreached(_ClockEvent):
    """The deadline passed. `late_by`: seconds between the due time and its firing."""

    TYPE: ClassVar[str] = "redress.clock.breached.v1"
    late_by: float = 0.0


class ClockMet(_ClockEvent):
    """What the deadline asked for was done, in time or late (`clock.state`)."""

    TYPE: ClassVar[str] = "redress.clock.met.v1"


class ClockWithdrawn(_ClockEvent):
    """The clock no longer applies, or a breach or warning turned out to be none (`what`)."""

    TYPE: ClassVar[str] = "redress.clock.withdrawn.v1"
    what: Literal["clock", "breach", "warning"]
    points: tuple[str, ...] = Field(
        default=(), description="the warning points meant; all where none is named"
    )
    reason: Words


class ComplaintEscalated(EventData):
    """A rung of a ladder was reached: `role` is told, or takes over."""

    TYPE: ClassVar[str] = "redress.complaint.escalated.v1"
    case: Case
    ladder: str
    rung: str
    role: str
    instead_of: str | None = Field(
        default=None, description="the role of the rung, where nobody holds it but `role`, its fallback, does"
    )
    takes_over: bool = False
    clause: str
    title: Words
    about: str = Field(description="what set the ladder off: `clock.breached`, `clock.warned` or a milestone")
    clock: ClockReading | None = None
    at: Moment
    late_by: float = 0.0
