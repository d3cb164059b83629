"""What a CASE.yaml says of its customer: measures, from which tiers follow, or the tiers themselves."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.grading.tiers import standing
from services.grading.values import typed
from services.intake.fields import FieldError, field_value
from shared.policy.bound import BoundPack
from shared.policy.sections.tiers import Measure, Tiers
from shared.policy.source import Problem, Source, SourceError
from shared.policy.tiering import tier_fact


def tiers_of(
    bound: BoundPack, source: Source, measures: Mapping[str, Any], tiers: Mapping[str, str]
) -> dict[str, str]:
    """The facts `tier_AXIS` that follow; a tier that is given outright counts before one that is weighed.
    `SourceError` names what the pack does not know."""
    spec = bound.pack.tiers
    if spec is None:
        where = "measures" if measures else "tiers"
        raise SourceError([source.problem((where,), f"{bound.id} does not sort customers")])
    wrong = [*_wrong_measures(spec, source, measures), *_wrong_tiers(spec, source, tiers)]
    if wrong:
        raise SourceError(wrong)
    known = {name: typed(spec.measures[name].type, given) for name, given in measures.items()}
    weighed = standing(bound, spec, known, {}).facts() if measures else {}
    return weighed | {tier_fact(axis): tier for axis, tier in tiers.items()}


def _wrong_measures(spec: Tiers, source: Source, given: Mapping[str, Any]) -> Iterator[Problem]:
    can = spec.measures
    for name, value in given.items():
        said = _fault(can[name], value) if name in can else f"no measure; known: {', '.join(can) or 'none'}"
        if said:
            yield source.problem(("measures", name), said)


def _fault(measure: Measure, value: Any) -> str | None:
    try:
        field_value(measure, value)
    except FieldError as error:
        return f"expected {error}"
    return None


def _wrong_tiers(spec: Tiers, source: Source, given: Mapping[str, str]) -> Iterator[Problem]:
    for axis, tier in given.items():
        if axis not in spec.axes:
            yield source.problem(("tiers", axis), f"no axis; known: {', '.join(spec.axes)}")
        elif tier not in spec.axes[axis].tiers:
            yield source.problem(("tiers", axis), f"expected one of: {', '.join(spec.axes[axis].tiers)}")
