"""Deadlines: from when to when, how long, and what may move them."""

from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from shared.policy.sections.common import (
    Clause,
    ConditionText,
    Id,
    LimitValue,
    Name,
    Names,
    Part,
    Said,
    Starts,
    WholeValue,
    several,
)
from shared.worktime import Limit


class MilestoneSpec(Part):
    """A step of this procedure. One that closes ends the complaint, which then takes none but those
    that may come after closing; it ends every clock, too, but those that stop at such a step: what they ask
    for is still owed. An independent one is not recorded by the employee complained of."""

    title: Said
    closes: bool = False
    after_closing: bool = False
    independent: bool = False
    clause: Clause | None = None

    @model_validator(mode="after")
    def _once(self) -> "MilestoneSpec":
        if self.closes and self.after_closing:
            raise ValueError("expected a step that closes, or one that may come after closing, not both")
        return self


class LimitBy(Part):
    """A limit looked up by a fact: by grade, zone, category (the longest path that fits), or a truth. A value
    may itself be looked up by another fact."""

    by: Name
    values: dict[str, "LimitValue | LimitBy"]
    otherwise: "LimitValue | LimitBy | None" = None


class LimitGiven(Part):
    """A deadline that somebody gives for this complaint: a moment, or a limit in words ("3 working days").

    `given` is a fact (the time a customer asked for), or `milestone.field` (what a milestone promised). A
    limit in words counts from that milestone; one that is a fact, from the start. `before`: due so long
    before the moment (a month before the contract ends). It is never later than `cap`, counted from the
    start; a milestone that promises more is refused. Until it is given, `otherwise` holds; without that the
    clock does not run.
    """

    given: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    before: LimitValue | None = None
    cap: "LimitValue | LimitBy | None" = None
    otherwise: "LimitValue | LimitBy | None" = None


class Pause(Part):
    """The clock stands still from a milestone of `on` to the next one of `off`: no time is lost or gained."""

    on: Names
    off: Names
    clause: Clause


class Extension(Part):
    """A deadline may be moved by the milestone `extended` (data: clock, and `to` or `by`, reason; consent
    and approved_by where they are asked for), filed before it has passed."""

    cap: "LimitValue | None" = Field(default=None, description="the whole limit, never longer than this")
    at_most: WholeValue | None = Field(default=None, description="how many times")
    consent: bool = Field(default=False, description="the complainant must have agreed")
    approved_by: tuple[Id, ...] = Field(default=(), description="roles of which one must have approved")
    clause: Clause


WarningPoint = Annotated[str, StringConstraints(pattern=r"^(\d{1,2}%|.+ before)$")]
Warnings = Annotated[
    tuple[WarningPoint, ...],
    BeforeValidator(several, json_schema_input_type=WarningPoint | tuple[WarningPoint, ...]),
]


class ClockSpec(Part):
    """A deadline from one milestone to another.

    `start` and `stop` name milestones, or `received`, `occurred`, `graded` (each grading that changes the
    grade); a clock may also start at a rung that was reached, `LADDER/RUNG` (a written report is due 24 hours
    after somebody was told). Each start that finds the clock not running begins a new run. `when` is a
    condition over the facts and `grade`; a clock that it makes apply later counts from its start all the
    same, but one that starts at `graded` counts from the grading to which it applies. A warning is a share
    of the time that counts (`80%`) or a limit before the due time (`1 working day before`).

    `times`: the stop must come that often. `every`: an obligation that comes back: the next run begins at
    the stop or, where none came, when the last one was due. Of a point in time (the same day, the end of the
    month) each is asked for once: done before the point, the next is due at the point after it; done late,
    it is done for the time that has begun as well. `until`: milestones that end it without its stop, as
    closing does where none of its stops may come after that. `accumulates`: a budget; a later run has what
    the earlier ones left. `inside`: never due after that clock. `soft`: a limit that holds in principle
    (原则上); passing it makes nothing overdue. `calendar`: one of the pack's `calendars`.
    """

    title: Said
    clause: Clause
    start: Starts
    stop: Names
    limit: LimitValue | LimitBy | LimitGiven
    when: ConditionText | None = None
    warn: Warnings = ()
    times: WholeValue = 1
    every: bool = False
    until: Names = ()
    accumulates: bool = False
    inside: Id | None = None
    soft: bool = False
    calendar: Id | None = None
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None

    @model_validator(mode="after")
    def _warnings(self) -> "ClockSpec":
        for point in self.warn:
            if point.endswith(" before"):
                if Limit.parse(point.removesuffix(" before")).fixed:
                    raise ValueError(f"{point!r}: expected a length of time before the due moment")
            elif not 1 <= int(point[:-1]) <= 99:
                raise ValueError("expected a share between 1% and 99%")
        return self

    @model_validator(mode="after")
    def _repeats(self) -> "ClockSpec":
        if self.every and (self.times != 1 or self.accumulates or self.inside or self.extension):
            raise ValueError("every: expected without times, accumulates, inside and extension")
        if self.every and isinstance(self.limit, LimitGiven):
            raise ValueError("every: expected with a limit of the pack, not with one that somebody gives")
        if self.every and set(self.start) & set(self.stop):
            raise ValueError("every: the next run begins at the stop by itself; take it out of start")
        return self

    @cached_property
    def promise(self) -> tuple[str, str] | None:
        """The milestone and the field of its data that promise this clock's deadline, if any does."""
        if isinstance(self.limit, LimitGiven) and "." in self.limit.given:
            milestone, _, field = self.limit.given.partition(".")
            return milestone, field
        return None
