"""Customer tiers as the rest of a pack sees them: their facts, their conditions, what is wrong with them."""

from collections.abc import Iterator

from shared.policy.conditions import FactType
from shared.policy.pack import Pack
from shared.policy.sections.common import OfParam
from shared.policy.sections.tiers import Axis, Tiers
from shared.policy.source import Path_

SCORE = "score"
_TYPES = {
    "money": FactType.MONEY,
    "whole": FactType.WHOLE,
    "number": FactType.NUMBER,
    "text": FactType.TEXT,
    "truth": FactType.TRUTH,
}
_NUMERIC = ("money", "whole", "number")


def tier_facts(pack: Pack) -> dict[str, FactType]:
    """`tier_AXIS`, a fact of every complaint of a customer."""
    return dict.fromkeys((tier_fact(axis) for axis in pack.tiers.axes), FactType.TEXT) if pack.tiers else {}


def tier_fact(axis: str) -> str:
    return f"tier_{axis}"


def measure_types(pack: Pack) -> dict[str, FactType]:
    """What the rules of tiers look at beside parameters: measures, and the score of their axis."""
    measures = pack.tiers.measures if pack.tiers else {}
    return {SCORE: FactType.NUMBER, **{name: _TYPES[m.type] for name, m in measures.items()}}


def tier_conditions(pack: Pack) -> Iterator[tuple[str, str | OfParam, Path_]]:
    """(`AXIS/RULE`, condition, path) of every rule."""
    for name, axis in (pack.tiers.axes if pack.tiers else {}).items():
        for i, rule in enumerate(axis.rules):
            yield f"{name}/{rule.id}", rule.when, ("tiers", "axes", name, "rules", i, "when")


def wrong_tiers(pack: Pack) -> Iterator[tuple[Path_, str]]:
    """Every name that tiers use and nobody declares."""
    if pack.tiers is None:
        return
    for name, measure in pack.tiers.measures.items():
        path: Path_ = ("tiers", "measures", name)
        if name == SCORE or name in pack.params:
            yield path, f"{name!r} has another meaning in the rules of tiers"
        if measure.per is not None and not _divides(pack.tiers, measure.per):
            yield (*path, "per"), f"{measure.per!r}: expected a measure that is a number and not counted"
    for name, axis in pack.tiers.axes.items():
        yield from _wrong_axis(pack, pack.tiers, name, axis)


def _divides(tiers: Tiers, name: str) -> bool:
    measure = tiers.measures.get(name)
    return measure is not None and measure.counts is None and measure.type in _NUMERIC


def _wrong_axis(pack: Pack, tiers: Tiers, name: str, axis: Axis) -> Iterator[tuple[Path_, str]]:
    path: Path_ = ("tiers", "axes", name)
    known = f"known: {', '.join(axis.tiers)}"
    for i, rule in enumerate(axis.rules):
        if rule.tier not in axis.tiers:
            yield (*path, "rules", i, "tier"), f"{rule.tier!r} is no tier of this axis; {known}"
    if axis.otherwise is not None and axis.otherwise not in axis.tiers:
        yield (*path, "otherwise"), f"{axis.otherwise!r} is no tier of this axis; {known}"
    for measure, weight in axis.score.items():
        spec = tiers.measures.get(measure)
        if spec is None or spec.type == "text":
            yield (*path, "score", measure), f"{measure!r}: expected a measure that is a number or a truth"
        for value in (weight.weight, weight.worst, weight.best):
            param = pack.params.get(value.param) if isinstance(value, OfParam) else None
            if isinstance(value, OfParam) and (param is None or param.type not in _NUMERIC):
                yield (*path, "score", measure), f"{value.param!r}: expected a parameter that is a number"
