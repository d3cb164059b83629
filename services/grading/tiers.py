"""The tiers of a customer: from measures to scores, from scores and measures to a tier on each axis."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.customers import TierRuleFired
from shared.policy.bound import BoundPack
from shared.policy.sections.common import OfParam
from shared.policy.sections.tiers import Axis, Tiers, Weight
from shared.policy.tiering import SCORE, tier_fact


@dataclass(frozen=True)
class Standing:
    """Where a customer stands: the tier on each axis that gives one, the scores, and the rules behind it."""

    tiers: Mapping[str, str]
    scores: Mapping[str, float]
    rules: tuple[TierRuleFired, ...]

    def facts(self) -> dict[str, str]:
        """`tier_AXIS`, as complaints have them."""
        return {tier_fact(axis): tier for axis, tier in self.tiers.items()}


def standing(bound: BoundPack, tiers: Tiers, told: Mapping[str, object], made: Mapping[str, int]) -> Standing:
    """`told`: measures from outside, money in minor units. `made`: counted complaints, by measure; a count or
    a rate that was told outright stands."""
    known = {**_counted(tiers, told, made), **told}
    scores = {name: score_of(bound, axis, known) for name, axis in tiers.axes.items() if axis.score}
    given: dict[str, str] = {}
    fired: list[TierRuleFired] = []
    for name, axis in tiers.axes.items():
        facts = {**bound.values, **known, SCORE: scores.get(name, 0.0)}
        holds = bound.tier_conditions.evaluate(facts)
        rule = next((rule for rule in axis.rules if holds[f"{name}/{rule.id}"]), None)
        tier = rule.tier if rule else axis.otherwise
        if tier is not None:
            given[name] = tier
        if rule is not None:
            seen = sorted(bound.tier_conditions.names(f"{name}/{rule.id}") & facts.keys())
            fired.append(
                TierRuleFired(
                    axis=name,
                    id=rule.id,
                    tier=rule.tier,
                    clause=rule.clause,
                    says=rule.says,
                    facts={fact: facts[fact] for fact in seen},
                )
            )
    return Standing(given, scores, tuple(fired))


def score_of(bound: BoundPack, axis: Axis, known: Mapping[str, object]) -> float:
    """The sum of what the known measures add."""
    total = sum(
        _share(bound, weight, value)
        for name, weight in axis.score.items()
        if isinstance(value := known.get(name), int | float)
    )
    return round(total, 6)


def _share(bound: BoundPack, weight: Weight, value: float) -> float:
    """The part of the weight that a value earns."""
    worst, best = _number(bound, weight.worst), _number(bound, weight.best)
    reached = (value - worst) / (best - worst) if best != worst else float(value >= best)
    return _number(bound, weight.weight) * min(max(reached, 0.0), 1.0)


def _number(bound: BoundPack, value: float | OfParam) -> float:
    given = bound.values[value.param] if isinstance(value, OfParam) else value
    assert isinstance(given, int | float)
    return given


def _counted(tiers: Tiers, told: Mapping[str, object], made: Mapping[str, int]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, measure in tiers.measures.items():
        if measure.counts is None:
            continue
        if measure.per is None:
            found[name] = made.get(name, 0)
        elif isinstance(base := told.get(measure.per), int | float) and base > 0:
            found[name] = made.get(name, 0) / base
    return found
