"""The policy pack as it is written: one block of the file, one module of `sections`.

Ids are the keys of the blocks. Conditions are CEL over the pack's facts (`shared.policy.facts`).
Limits are written as in `shared.worktime.Limit`. What people read is given in zh and en.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.contracts.words import Words
from shared.policy.milestones import BUILT_IN
from shared.policy.sections.clocks import ClockSpec, MilestoneSpec
from shared.policy.sections.common import Clause, Id, Name, Param, Part, Said
from shared.policy.sections.facts import Facts
from shared.policy.sections.grading import CategoryRule, Conversion, Grading, Validity
from shared.policy.sections.identity import CalendarSpec, Effective
from shared.policy.sections.intake import Intake
from shared.policy.sections.ladders import Ladder, Role
from shared.policy.sections.ledger import LedgerLine
from shared.policy.sections.notices import Notice
from shared.policy.sections.tiers import Tiers

SECTIONS = (
    "params",
    "intake",
    "facts",
    "conversions",
    "categorising",
    "validity",
    "grading",
    "milestones",
    "clocks",
    "ladders",
    "roles",
    "notices",
    "tiers",
    "ledger",
)


class Pack(Part):
    """A policy pack: the executable form of one or more regimes."""

    pack: Id
    regimes: tuple[str, ...] = ()
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Said
    summary: Words = Words()
    effective: Effective = Effective()
    language: Literal["zh", "en"] = "zh"
    time_zone: str = "Asia/Shanghai"
    calendar: CalendarSpec = CalendarSpec()
    calendars: dict[Id, CalendarSpec] = Field(default_factory=dict)
    precedence: Clause | None = None
    extends: Id | None = None
    ledger: dict[Id, LedgerLine] = Field(default_factory=dict)
    params: dict[Name, Param] = Field(default_factory=dict)
    intake: Intake
    facts: Facts = Facts()
    conversions: tuple[Conversion, ...] = ()
    categorising: tuple[CategoryRule, ...] = ()
    validity: Validity | None = None
    grading: Grading
    milestones: dict[Name, MilestoneSpec] = Field(default_factory=dict)
    clocks: dict[Id, ClockSpec] = Field(default_factory=dict)
    ladders: dict[Id, Ladder] = Field(default_factory=dict)
    roles: dict[Id, Role] = Field(default_factory=dict)
    notices: dict[Id, Notice] = Field(default_factory=dict)
    tiers: Tiers | None = None

    @cached_property
    def every_milestone(self) -> Mapping[str, MilestoneSpec]:
        """The pack's own milestones and those that every procedure has."""
        return {**self.milestones, **BUILT_IN, **self.milestones}

    @cached_property
    def closing(self) -> frozenset[str]:
        """The milestones that end a complaint."""
        return frozenset(name for name, milestone in self.every_milestone.items() if milestone.closes)

    @cached_property
    def after_closing(self) -> frozenset[str]:
        """The milestones that a closed complaint still takes."""
        return frozenset(name for name, spec in self.every_milestone.items() if spec.after_closing)

    @cached_property
    def outliving(self) -> frozenset[str]:
        """The clocks that closing does not end, since a stop may come after it."""
        return frozenset(
            name for name, clock in self.clocks.items() if not self.after_closing.isdisjoint(clock.stop)
        )

    def required_params(self) -> tuple[str, ...]:
        return tuple(name for name, param in self.params.items() if param.default is None)

    def sections(self) -> tuple[str, ...]:
        """The sections that this pack makes use of."""
        return tuple(name for name in SECTIONS if name in self.model_fields_set)
