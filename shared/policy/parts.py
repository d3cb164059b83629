"""The parts of a pack that can carry a clause: which kinds there are, where they stand, who names them.

A carrier is `KIND:ID`. How a place is written: `shared.policy.places`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.policy.places import Place, standing
from shared.policy.source import Path_


@dataclass(frozen=True)
class Kind:
    """One kind of part. `named_in`: places that hold its id, or, with ` = `, a text made of it; a place that
    ends in `@` holds it as a key. A `fact` may stand in conditions too. A `word` does nothing by itself:
    other parts speak of it."""

    at: tuple[str, ...]
    named_in: tuple[str, ...] = ()
    fact: bool = False
    word: bool = False


_CLOCK_LIMITS = (
    "[clocks.*].limit.values.@",
    "[clocks.*].limit.otherwise.values.@",
    "[clocks.*].limit.cap.values.@",
    "[clocks.*].limit.values.*.values.@",
)
_FACT_USES = (
    "[facts.windows.*].same",
    "[facts.windows.*].count",
    "[facts.windows.*].sum",
    "[facts.windows.*].as_many_as",
    "[facts.windows.*].moment",
    "[grading.raises.#].steps",
    "[grading.promotions.#].same",
    "[clocks.*].limit.by",
    "[clocks.*].limit.given",
    "[clocks.*].limit.otherwise.by",
    "[clocks.*].limit.values.*.by",
    "tiers.axes.*.score.@",
    "[tiers.measures.*].per",
)


def _fact(at: str, *named_in: str) -> Kind:
    return Kind((at,), (*_FACT_USES, *named_in), fact=True)


def _part(*at: str) -> Kind:
    return Kind(at)


def _word(at: str | tuple[str, ...], *named_in: str) -> Kind:
    return Kind((at,) if isinstance(at, str) else at, named_in, word=True)


KINDS: Mapping[str, Kind] = {
    "kind": _word("intake.kinds.*", "[intake.fields.*].kinds", "[conversions.#].of", "[conversions.#].to"),
    "channel": _word("intake.channels.*"),
    "field": Kind(("intake.fields.*",), (*_FACT_USES, "intake.required = fields.{}"), fact=True, word=True),
    "required": _word("intake.required.%"),
    "category": _word(
        "intake.categories.**",
        *(
            f"{place}{form}"
            for place in ("[intake.fields.*].categories", "[categorising.#].category", *_CLOCK_LIMITS)
            for form in ("", " = {}/*")
        ),
    ),
    "numbering": _word("intake.numbering"),
    "cue": _fact("facts.cues.*"),
    "amount": _fact("facts.amounts.*"),
    "history": _fact("facts.history.*"),
    "window": _fact("facts.windows.*"),
    "decided": _fact("facts.decided.*"),
    "linking": _part("facts.linking"),
    "conversion": _part("conversions.#"),
    "category_rule": _part("categorising.#"),
    "validity": _word("validity.values.*", "[validity.rules.#].value"),
    "validity_rule": _part("validity.rules.#"),
    "grade": _word(
        "grading.grades.*",
        "[grading.rules.#].grade",
        "[grading.promotions.#].of",
        "[notices.*].of",
        "ladders.*.enter.@",
        *_CLOCK_LIMITS,
    ),
    "rule": _part("grading.rules.#"),
    "raise": _part("grading.raises.#"),
    "promotion": _part("grading.promotions.#"),
    "by_hand": _word("grading.by_hand"),
    "gaps": _word("grading.gaps"),
    "milestone": _word(
        "milestones.*",
        "[clocks.*].start",
        "[clocks.*].stop",
        "clocks.*.until",
        "[clocks.*.pauses.#].on",
        "[clocks.*.pauses.#].off",
        "[clocks.*].limit.given = {}.*",
        "[ladders.*].on.milestone",
        "ladders.*.until",
        "ladders.*.rungs.#.unless",
        "[facts.history.*].milestone",
        "[facts.windows.*].moment",
        "[notices.*].on = milestone.{}",
    ),
    "calendar": _word(("calendar", "calendars.*"), "clocks.*.calendar"),
    "clock": Kind(("clocks.*",), ("[ladders.*].on.clock", "[notices.*].of", "clocks.*.inside")),
    "limit": _part(
        "clocks.*.limit.values.*", "clocks.*.limit.otherwise.values.*", "clocks.*.limit.values.*.values.*"
    ),
    "warning": _part("clocks.*.warn.%"),
    "pause": _part("clocks.*.pauses"),
    "extension": _part("clocks.*.extension"),
    "ladder": Kind(("ladders.*",), ("[notices.*].of", "[clocks.*].start = {}/*")),
    "rung": Kind(("[ladders.*].rungs.#",), ("ladders.*.enter.*", "[clocks.*].start = {whole}")),
    "role": _word(
        "roles.*",
        "[ladders.*.rungs.#].role",
        "[notices.*].to",
        "grading.grades.*.owner",
        "grading.grades.*.roster",
        "grading.by_hand.by",
        "facts.decided.*.by",
        "clocks.*.extension.approved_by",
        "roles.*.fallback",
    ),
    "notice": _part("notices.*"),
    "measure": _fact("tiers.measures.*"),
    "axis": _part("tiers.axes.*"),
    "tier": Kind(("tiers.axes.*.tiers.*",), ("[tiers.axes.*.rules.#].tier", "tiers.axes.*.otherwise")),
    "tier_rule": _part("tiers.axes.*.rules.#"),
}
"""What may stand before the colon of a carrier; one that is there only once (`numbering`) stands alone."""


def carriers(data: Any) -> Iterator[str]:
    """Every part of a pack that can carry a clause. `data`: a pack as JSON has it."""
    yield from (_called(kind, name) for _, kind, name in _standing(data))


def _called(kind: str, name: str) -> str:
    return f"{kind}:{name}" if name else kind


def at_work(data: Any) -> Iterator[tuple[Path_, str]]:
    """Those that do something by themselves, each with the path at which it stands."""
    for path, kind, name in _standing(data):
        if not KINDS[kind].word:
            yield path, _called(kind, name)


def part_at(data: Any, path: Path_) -> tuple[str, str] | None:
    """Kind and id of the part that stands at a path."""
    return next(((kind, name) for where, kind, name in _standing(data) if where == path), None)


def _standing(data: Any) -> Iterator[tuple[Path_, str, str]]:
    for kind, spec in KINDS.items():
        for place in spec.at:
            for path, names in standing(data, Place.of(place)):
                yield path, kind, "/".join(names)
