"""What is wrong with what a pack counts over other complaints: its windows and its promotions."""

from collections.abc import Iterator

from shared.policy.conditions import FactType
from shared.policy.facts import fact_types
from shared.policy.milestones import DECIDED
from shared.policy.pack import Pack
from shared.policy.sections.common import OfParam
from shared.policy.sections.grading import Promotion
from shared.policy.source import Path_

Wrong = tuple[Path_, str]
SUMMED = (FactType.WHOLE, FactType.MONEY)


def miscounted(pack: Pack) -> Iterator[Wrong]:
    """As (path in the file, what to do)."""
    types = fact_types(pack)
    for name, window in pack.facts.windows.items():
        path: Path_ = ("facts", "windows", name)
        yield from _alike(pack, window.same, (*path, "same"))
        if window.count not in (None, "complaints"):
            yield from _alike(pack, (str(window.count),), (*path, "count"))
        if window.sum is not None and types.get(window.sum, FactType.MONEY) not in SUMMED:
            yield (*path, "sum"), f"{window.sum!r} is {types[window.sum]}; expected a money or whole fact"
        if window.sum in pack.facts.windows:
            yield (*path, "sum"), f"{window.sum!r} is itself counted over other complaints"
        if types.get(str(window.as_many_as), FactType.WHOLE) is not FactType.WHOLE:
            found = types[str(window.as_many_as)]
            yield (*path, "as_many_as"), f"{window.as_many_as!r} is {found}; expected a whole fact"
        if window.as_many_as in pack.facts.windows:
            yield (*path, "as_many_as"), f"{window.as_many_as!r} is itself counted over other complaints"
        known = {*pack.facts.decided, *pack.every_milestone} - {DECIDED}
        if window.moment is not None and window.moment not in known:
            there = ", ".join(sorted(known))
            yield (
                (*path, "moment"),
                f"{window.moment!r} is no milestone or decided fact of this pack: {there}",
            )
        if isinstance(window.when, OfParam) and not _is(pack, window.when.param, "condition"):
            yield (*path, "when"), f"{window.when.param!r} is no parameter of type condition of this pack"
    for i, promotion in enumerate(pack.grading.promotions):
        yield from _promotion(pack, promotion, ("grading", "promotions", i))


def _promotion(pack: Pack, promotion: Promotion, path: Path_) -> Iterator[Wrong]:
    yield from _alike(pack, promotion.same, (*path, "same"))
    grades = list(pack.grading.grades)
    for grade in promotion.of:
        if grade not in grades[:-1]:
            known = ", ".join(grades[:-1]) or "none"
            yield (*path, "of"), f"{grade!r} is no grade that another stands above; there are: {known}"
    at_least, again, within = promotion.at_least, promotion.again, promotion.within
    if isinstance(at_least, OfParam) and not _is(pack, at_least.param, "whole"):
        yield (*path, "at_least"), f"{at_least.param!r} is no parameter of type whole of this pack"
    if isinstance(within, OfParam) and not _is(pack, within.param, "limit"):
        yield (*path, "within"), f"{within.param!r} is no parameter of type limit of this pack"
    if isinstance(again, str) and not _is(pack, again, "truth"):
        yield (*path, "again"), f"{again!r} is no parameter of type truth of this pack; or say true or false"


def _alike(pack: Pack, names: tuple[str, ...], path: Path_) -> Iterator[Wrong]:
    """Facts that complaints are compared by: the complaint's own, of one value."""
    types = fact_types(pack)
    for name in names:
        if name in pack.facts.windows:
            yield path, f"{name!r} is itself counted over other complaints"
        elif name == "grade":
            yield path, "the grade depends on what is counted; it cannot be counted by"
        elif types.get(name) is FactType.TEXTS:
            yield path, f"{name!r} is a list of texts; expected a fact of one value"


def _is(pack: Pack, name: str, kind: str) -> bool:
    return name in pack.params and pack.params[name].type == kind
