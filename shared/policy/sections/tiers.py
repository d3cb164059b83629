"""Customer tiers: measures, weights, axes."""

from typing import Literal

from pydantic import Field

from shared.policy.sections.common import Clause, Decides, Id, LimitValue, Name, OfParam, Part, Said


class Measure(Part):
    """Something known of a customer: reported from outside, or counted here over their complaints."""

    title: Said
    type: Literal["money", "whole", "number", "text", "truth", "texts"]
    choices: tuple[str, ...] = ()
    counts: Literal["complaints"] | None = None
    within: LimitValue | None = None
    when: str | OfParam | None = None
    clause: Clause | None = None


class TierRule(Decides):
    """If `when` holds the customer is of `tier` on this axis."""

    tier: Id


class Tier(Part):
    """One tier of an axis. Tiers stand in order, the lowest first."""

    title: Said
    clause: Clause | None = None


class Axis(Part):
    """One way of looking at customers. Its tier is the fact `tier_AXIS`; `score` is the sum of the measures
    times their weights, and a fact of the axis's own rules."""

    title: Said
    tiers: dict[Id, Tier]
    score: dict[Name, int | float | str | OfParam] = Field(default_factory=dict)
    rules: tuple[TierRule, ...] = ()
    otherwise: Id | None = None
    clause: Clause | None = None


class Tiers(Part):
    """How customers are sorted, and how often that is looked at anew."""

    measures: dict[Name, Measure] = Field(default_factory=dict)
    axes: dict[Name, Axis]
    reviewed: LimitValue | None = None
    clause: Clause | None = None
