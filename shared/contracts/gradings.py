"""What grading says: the grade of a complaint, and why."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from shared.contracts.envelope import EventData
from shared.contracts.words import Case, Moment, Value, Words

Table = Literal["conversions", "categorising", "validity", "grading", "raises", "promotions"]


class FiredRule(Value):
    """A rule that fired, the clause it carries, and the facts it looked at with their values.

    `table` is where it stands in the pack, `gives` what it gave: a kind, a category, a validity, a grade.
    `grade` is that of the complaint after the rule; empty where grades come later.
    """

    id: str
    grade: str
    table: Table = "grading"
    gives: str | None = None
    clause: str
    says: Words
    facts: dict[str, Any] = Field(default_factory=dict)


class Cue(Value):
    """The words of the text that made a cue true."""

    cue: str
    phrase: str
    at: int


class Suggestion(Value):
    """An amount that the text speaks of: `value` (money in minor units), its words and where they stand.

    It is a suggestion for the field `suggests`, and a fact only where it is `trusted`.
    """

    fact: str
    value: int
    words: str
    at: int
    suggests: str | None = None
    trusted: bool = False


class Alike(Value):
    """An earlier complaint that may be about the same event: its `event` where it has one, and how alike the
    two texts are, from 0 to 1. A person confirms."""

    id: str
    number: str
    event: str | None = None
    likeness: float


class ByHand(Value):
    """A grade that a person gave against the rules, and why."""

    grade: str
    by: str | None = None
    reason: str = ""
    at: Moment


class ComplaintGraded(EventData):
    """The first and every later grade. `effective_at` is the moment of what caused it (event time).

    `kind` and `category` are as decided. What holds is what was said last; of what was said for one moment,
    too, the last holds.
    """

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
    by_hand: ByHand | None = None
    suggestions: tuple[Suggestion, ...] = ()
    alike: Alike | None = None
    owner_role: str | None = None
    roster: tuple[str, ...] = ()
    occurred_at: Moment
    received_at: Moment
    effective_at: Moment
