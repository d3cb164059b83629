"""A pack without one of its parts: what is asked when a scenario is to show that it would notice."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from shared.policy.conditions import KNOWN, ConditionSyntaxError, FactType
from shared.policy.conditions.tokens import TokenKind, tokens_of
from shared.policy.facts import fact_types
from shared.policy.pack import Pack
from shared.policy.parts import KINDS, part_at
from shared.policy.places import Place, standing
from shared.policy.source import Path_
from shared.policy.tiering import measure_types

EMPTY: Mapping[FactType, str] = {
    FactType.TRUTH: "false",
    FactType.WHOLE: "0",
    FactType.NUMBER: "0.0",
    FactType.MONEY: "yuan(0)",
    FactType.TEXT: '""',
    FactType.TEXTS: "[]",
    FactType.MOMENT: 'timestamp("1970-01-01T00:00:00Z")',
    FactType.SPAN: 'duration("0s")',
}
"""What stands in a condition for a fact that is no longer there: what it is when nobody gave it."""


def without(pack: Pack, carrier: str) -> dict[str, Any]:
    """The pack's data without a part and what cannot be without it.

    The ledger goes too, and the regimes: they would name what is no longer there.
    """
    left = pack.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"ledger", "regimes"})
    kind, _, name = carrier.partition(":")
    _cut(left, kind, name, {**fact_types(pack), **measure_types(pack)})
    return left


def _cut(data: Any, kind: str, name: str, types: Mapping[str, FactType]) -> None:
    """Take a part out, then every use of its name."""
    spec = KINDS[kind]
    for place in map(Place.of, spec.at):
        fits = ((path, names) for path, names in standing(data, place) if "/".join(names) == name)
        if found := next(fits, None):
            path, names = found
            _drop(data, place, path, types)
            for use in map(Place.of, spec.named_in) if names else ():
                while used := next(_uses(data, use, names), None):
                    _drop(data, use, used, types)
    if spec.fact:
        _blank(data, name, EMPTY[types.get(name, FactType.TRUTH)])


def _uses(data: Any, place: Place, name: tuple[str, ...]) -> Iterator[Path_]:
    """Where a part is named. Its own name stands last; one that goes without those before it is meant only
    within the parts that they name."""
    wanted = place.form.format(name[-1], whole="/".join(name))
    within = () if "{whole}" in place.form else name[:-1]
    for path, names in standing(data, place):
        if names[: len(within)] != within:
            continue
        if place.segments[-1] == "@":
            held: list[tuple[Path_, object]] = [(path, path[-1])]
        else:
            value = _at(data, path)
            entries = enumerate(value) if isinstance(value, list) else ()
            held = [((*path, i), entry) for i, entry in entries] or [(path, value)]
        yield from (where for where, text in held if fnmatchcase(str(text), wanted))


def _drop(data: Any, place: Place, path: Path_, types: Mapping[str, FactType]) -> None:
    """Delete what stands at `path`; where nothing is left of it, its owner goes the way of a part."""
    holder = _at(data, path[:-1])
    del holder[path[-1]]
    one_of_many = isinstance(holder, list) or place.segments[-1] in "*@"
    if not place.owner or (one_of_many and holder):
        return
    owner = path[: place.owner]
    if part := part_at(data, owner):
        _cut(data, *part, types)
    else:
        del _at(data, owner[:-1])[owner[-1]]


def _at(data: Any, path: Path_) -> Any:
    for key in path:
        data = data[key]
    return data


def _blank(data: Any, fact: str, empty: str) -> None:
    """In every condition, the fact's empty value stands for its name."""
    if isinstance(data, list):
        for inner in data:
            _blank(inner, fact, empty)
    elif isinstance(data, dict):
        for key, inner in data.items():
            if isinstance(inner, str) and (
                key == "when" or (key == "default" and data.get("type") == "condition")
            ):
                data[key] = _with(inner, fact, empty)
            else:
                _blank(inner, fact, empty)


def _with(condition: str, fact: str, empty: str) -> str:
    condition = re.sub(rf"""(["']){fact}\1\s+in\s+{KNOWN}\b""", "false", condition)
    try:
        tokens = tokens_of(condition)
    except ConditionSyntaxError:
        return condition
    for token in reversed(tokens):
        if token.kind is TokenKind.NAME and token.text == fact:
            condition = f"{condition[: token.at]}{empty}{condition[token.at + len(fact) :]}"
    return condition
