"""What grading says: the grade of a complaint, and why."""

from typing import Any, ClassVar

from pydantic import Field

from shared.contracts.envelope import EventData
from shared.contracts.words import Case, Moment, Value, Words


class FiredRule(Value):
    """A rule that fired, the clause it carries, and the facts it looked at with their values."""

    id: str
    grade: str
    clause: str
    says: Words
    facts: dict[str, Any] = Field(default_factory=dict)


class Cue(Value):
    """The words of the text that made a cue true."""

    cue: str
    phrase: str
    at: int


class ComplaintGraded(EventData):
    """The first and every later grade. `effective_at` is the moment of what caused it (event time)."""

    TYPE: ClassVar[str] = "redress.complaint.graded.v1"
    case: Case
    kind: str
    channel: str
    category: str | None = None
    branch: str | None = None
    grade: str
    grade_title: Words = Words()
    previous: str | None = None
    rules: tuple[FiredRule, ...] = ()
    cues: tuple[Cue, ...] = ()
    facts: dict[str, Any] = Field(default_factory=dict)
    validity: str | None = None
    owner_role: str | None = None
    roster: tuple[str, ...] = ()
    occurred_at: Moment
    received_at: Moment
    effective_at: Moment
