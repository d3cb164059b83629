"""Customer tiers: what is known of a customer, how it is weighed, and the tier that it gives on each axis."""

from typing import Literal

from pydantic import Field, model_validator

from shared.policy.sections.common import Clause, Decides, Id, LimitValue, Name, OfParam, Part, Said

NumberValue = int | float | OfParam
"""A number, or a parameter that is one. Of a money measure: a parameter of type money, or minor units."""


class Measure(Part):
    """Something known of a customer: told by the company's own systems, or counted here.

    `counts: complaints`: how many complaints the customer has made, `within` that time where it is given;
    withdrawn ones and those whose validity does not count are left out. `per` divides the count by another
    measure, such as orders; the rate is not known while that is nought or not known.
    """

    title: Said
    type: Literal["money", "whole", "number", "text", "truth"]
    choices: tuple[str, ...] = ()
    counts: Literal["complaints"] | None = None
    within: LimitValue | None = None
    per: Name | None = None
    clause: Clause | None = None

    @model_validator(mode="after")
    def _counted(self) -> "Measure":
        if self.counts is None and (self.within is not None or self.per is not None):
            raise ValueError("expected counts, where within or per is given")
        wanted = "number" if self.per is not None else "whole"
        if self.counts is not None and self.type != wanted:
            raise ValueError(f"expected type {wanted}: it is counted" + (" per another" if self.per else ""))
        if self.choices and self.type != "text":
            raise ValueError("expected type text, where choices are given")
        return self


class Weight(Part):
    """What a measure adds to a score: nothing at `worst` and beyond, all of `weight` at `best` and beyond,
    in proportion between them. A truth is 1 or 0. A measure that is not known adds nothing."""

    weight: NumberValue
    worst: NumberValue = 0
    best: NumberValue = 1


class TierRule(Decides):
    """If `when` holds the customer is of `tier` on this axis; the first that holds, from the top, decides.

    Conditions look at measures, parameters and the axis's `score`.
    """

    tier: Id


class Tier(Part):
    """One tier of an axis. Tiers stand in order, the lowest first."""

    title: Said
    clause: Clause | None = None


class Axis(Part):
    """One way of looking at customers. The tier is a fact of their complaints, `tier_AXIS`: the one that the
    customer had when the complaint was received. Where no rule holds it is `otherwise`, or none."""

    title: Said
    tiers: dict[Id, Tier] = Field(min_length=1)
    score: dict[Name, Weight] = Field(default_factory=dict)
    rules: tuple[TierRule, ...] = ()
    otherwise: Id | None = None
    clause: Clause | None = None


class Tiers(Part):
    """How customers are sorted. A tier is looked at anew whenever something is heard of the customer, and at
    the latest `reviewed` after it was looked at last."""

    measures: dict[Name, Measure] = Field(default_factory=dict)
    axes: dict[Name, Axis] = Field(min_length=1)
    reviewed: LimitValue | None = None
    clause: Clause | None = None

    @model_validator(mode="after")
    def _looked_at(self) -> "Tiers":
        for name, measure in self.measures.items():
            if measure.within is not None and self.reviewed is None:
                raise ValueError(f"expected reviewed: {name} changes by itself as time goes by")
        return self
