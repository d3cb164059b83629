"""Deadlines: from when to when, how long, and what may move them."""

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
    """A step of this procedure. One that closes ends the complaint. An independent one is not recorded by
    the employee complained of."""

    title: Said
    closes: bool = False
    independent: bool = False
    clause: Clause | None = None


class LimitBy(Part):
    """A limit looked up by a fact: by grade, zone, category (the longest path that fits), or a truth."""

    by: Name
    values: dict[str, LimitValue]
    otherwise: LimitValue | None = None


class LimitGiven(Part):
    """A deadline that somebody gives for this complaint: a moment, or a limit in words ("3 working days").

    `given` is a fact (the time a customer asked for), or `milestone.field` (what a milestone promised). It
    is never later than `cap`, counted from the start; a milestone that promises more is refused. Until it
    is given, `otherwise` holds; without that the clock does not run.
    """

    given: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    cap: "LimitValue | LimitBy | None" = None
    otherwise: "LimitValue | LimitBy | None" = None


class Pause(Part):
    """The clock stands still from a milestone of `on` to the next one of `off`."""

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


Warnings = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^(\d{1,2}%|.+ before)$")], ...], BeforeValidator(several)
]


class ClockSpec(Part):
    """A deadline from one milestone to another.

    `start` and `stop` name milestones, or `received`, `occurred`, `graded`; a clock may also start at a rung
    that was reached, `LADDER/RUNG` (a written report is due 24 hours after somebody was told). Each start
    that finds the clock not running begins a new run. `when` is a condition over the facts and `grade`.
    A warning is a share of the time that counts (`80%`) or a limit before the due time
    (`1 working day before`).

    `times`: the stop must come that often. `every`: an obligation that comes back, one run after the other,
    each as long as `limit`, until a milestone of `until` (or the close). `accumulates`: a budget; a later
    run has what the earlier ones left. `inside`: never due after that clock. `soft`: a limit that holds in
    principle (原则上). `calendar`: one of the pack's `calendars`.
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
                Limit.parse(point.removesuffix(" before"))
            elif not 1 <= int(point[:-1]) <= 99:
                raise ValueError("expected a share between 1% and 99%")
        return self
