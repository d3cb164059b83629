"""Who is told, or takes over, step by step."""

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from shared.contracts.words import Words
from shared.policy.sections.common import Clause, ConditionText, Id, LimitValue, Names, Part, Said


class Role(Words):
    """A post of the company. Where nobody holds it, or only the person complained of, `fallback` does."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    fallback: Id | None = None

    @model_validator(mode="after")
    def _named(self) -> "Role":
        if not self.zh and not self.en:
            raise ValueError("expected words in zh, en or both")
        return self


class Rung(Part):
    """One step of a ladder: `role` is told, or takes over, `after` the ladder was set off.

    `unless`: one of these milestones from then up to its moment, and the step is left out (acknowledge or
    climb). `when` looks at the facts that hold at its moment. `takes_over`: from then on the role has the
    complaint in hand, as its page and the API show, until a grade gives it to another owner.
    """

    id: Id
    role: Id
    title: Said
    after: LimitValue | None = None
    unless: Names = ()
    when: ConditionText | None = None
    takes_over: bool = False
    clause: Clause | None = None


class LadderOn(Part):
    """What sets a ladder off: a clock that is breached or warned, or any of the milestones.

    `received`, `occurred` and `graded` (each grading that changes the grade) are milestones here, too.
    """

    clock: Id | None = None
    state: Literal["breached", "warned"] = "breached"
    milestone: Names = ()

    @model_validator(mode="after")
    def _one(self) -> "LadderOn":
        if (self.clock is None) == (not self.milestone):
            raise ValueError("expected either a clock or a milestone")
        return self


class Ladder(Part):
    """Who is told or takes over, step by step. Any milestone in `until` ends the climb.

    `enter`: by grade, the rung at which the climb begins; rungs below it are left out, and the time of
    those above counts from the same moment. `step_by_step`: each time it is set off again (dissatisfied
    once more) the climb takes just the next rung, not below `enter`; the top one again where none is above.
    """

    title: Said
    clause: Clause
    on: LadderOn
    when: ConditionText | None = None
    until: Names = ()
    enter: dict[Id, Id] = Field(default_factory=dict)
    step_by_step: bool = False
    rungs: tuple[Rung, ...] = Field(min_length=1)
