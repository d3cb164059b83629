"""Names in expectations that no pack of the story has: a misspelt one must not hold by its absence."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.scenario.story import Scenario
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.source import Problem, Source, SourceError, read
from shared.policy.validation import validated

COMPLAINANT = "complainant"


def check_names(file: Path, library: Library) -> None:
    """`SourceError` for a story that expects something of a rule, clock, grade or role that is none."""
    source = read(file)
    if wrong := _strangers(validated(Scenario, source), source, library):
        raise SourceError(wrong)


def _strangers(scenario: Scenario, source: Source, library: Library) -> list[Problem]:
    """Every unknown name with its line. A name of any pack that the story is told of will do: what holds of
    variants may be that one of them lacks it."""
    packs = [library.written(name)[1] for name in (scenario.pack, *scenario.also)]
    known = {what: {name for pack in packs for name in names(pack)} for what, names in _NAMES.items()}
    found: list[Problem] = []
    for index, step in enumerate(scenario.steps):
        expected = step.get("expect")
        for key, what, name in _named(expected) if isinstance(expected, Mapping) else ():
            if name not in known[what] and "{n}" not in name:
                there = ", ".join(sorted(known[what])) or "none"
                said = f"{key}: {name!r} is no {what} of this pack; there are {there}"
                found.append(source.problem(("steps", index, "expect"), said))
    return found


def _named(expected: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(key, what it names, the name) of an expectation as it was written."""
    for key, what in _KEYS.items():
        value = expected.get(key)
        named = value.get("role") if isinstance(value, Mapping) else value
        for name in named if isinstance(named, list) else [named]:
            if isinstance(name, str) and name:
                yield key, what, name


_KEYS = {
    "grade": "grade",
    "rules": "rule",
    "not_rules": "rule",
    "clock": "clock",
    "no_clock": "clock",
    "owner": "role",
    "in_charge": "role",
    "roster": "role",
    "escalated_to": "role",
    "not_escalated_to": "role",
    "notified": "role",
    "not_notified": "role",
}


def _rules(pack: Pack) -> Iterator[str]:
    yield from (rule.id for rule in (*pack.conversions, *pack.categorising, *pack.grading.rules))
    yield from (rule.id for rule in pack.grading.raises)
    yield from (rule.id for rule in pack.grading.promotions)
    yield from (rule.id for rule in (pack.validity.rules if pack.validity else ()))


def _roles(pack: Pack) -> Iterable[str]:
    return (*pack.roles, COMPLAINANT)


_NAMES: dict[str, Callable[[Pack], Iterable[str]]] = {
    "grade": lambda pack: pack.grading.grades,
    "rule": _rules,
    "clock": lambda pack: pack.clocks,
    "role": _roles,
}
