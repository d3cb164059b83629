"""A pack with a company's values in it: parameters resolved, conditions compiled, limits parsed.

This is what the services hold. `bind` checks everything that can be checked before the first complaint:
names that are used but not declared, conditions with wrong types, parameters that are missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import NamedTuple

from shared.policy.conditions import Condition, ConditionErrors, Conditions, FactType, check_values
from shared.policy.facts import PARAM_FACTS, colliding_names, fact_types, off_the_wire, param_types
from shared.policy.levels import EVERY_VALUE, Levels, levels
from shared.policy.milestones import EXTENDED
from shared.policy.pack import Pack
from shared.policy.references import dangling, facts_by_name, limits
from shared.policy.sections.clocks import ClockSpec
from shared.policy.sections.common import ConditionText, Decides, LimitValue, OfParam, Param, WholeValue
from shared.policy.sections.facts import WindowSpec
from shared.policy.sections.ladders import Ladder, Rung
from shared.policy.sections.notices import Notice
from shared.policy.source import Path_, Problem, Source, SourceError
from shared.policy.tiering import measure_types, tier_conditions
from shared.worktime import Calendar, Limit


class Edition(NamedTuple):
    """A pack in one of its versions."""

    pack: str
    version: str

    def __str__(self) -> str:
        return f"{self.pack}@{self.version}"


@dataclass(frozen=True)
class BoundPack:
    """A pack ready to decide. `values` holds the parameters that are facts; money is in minor units."""

    pack: Pack
    source: Source
    params: Mapping[str, str]
    values: Mapping[str, object]
    conversions: Conditions
    categorising: Conditions
    validity_rules: Conditions
    window_conditions: Conditions
    rules: Conditions
    raises: Conditions
    clock_conditions: Conditions
    ladder_conditions: Conditions
    notice_conditions: Conditions
    tier_conditions: Conditions

    @property
    def id(self) -> str:
        return self.pack.pack

    @property
    def version(self) -> str:
        return self.pack.version

    @cached_property
    def edition(self) -> Edition:
        return Edition(self.id, self.version)

    @cached_property
    def calendar(self) -> Calendar:
        """The working calendar of the pack, before the deployment's own."""
        return self.pack.calendar.over(replace(Calendar.default(), zone=self.pack.time_zone))

    @cached_property
    def named_calendars(self) -> Mapping[str, Calendar]:
        """The calendars that clocks of the pack may name."""
        return {name: spec.over(self.calendar) for name, spec in self.pack.calendars.items()}

    @cached_property
    def clock_data(self) -> Mapping[str, frozenset[str]]:
        """The fields of milestones' data that clocks look at: promises and extensions."""
        looked_at: dict[str, frozenset[str]] = {}
        for clock in self.pack.clocks.values():
            if clock.promise is not None:
                milestone, field = clock.promise
                looked_at[milestone] = looked_at.get(milestone, frozenset()) | {field}
            if clock.extension is not None:
                looked_at[EXTENDED] = frozenset({"clock", "to", "by", "reason", "consent", "approved_by"})
        return looked_at

    @cached_property
    def fact_types(self) -> Mapping[str, FactType]:
        """The facts that conditions of this pack may look at."""
        return fact_types(self.pack)

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """The facts on which anything in this pack depends."""
        found = frozenset[str]().union(*(program.looked_at for program in self._programs()))
        return found | frozenset(name for _, name in facts_by_name(self.pack))

    @cached_property
    def looks_at_others_early(self) -> bool:
        """Whether anything that is decided before the grade looks at windows."""
        windows = self.pack.facts.windows.keys()
        early = (self.conversions, self.categorising, self.validity_rules)
        return any(program.asks_all_known or program.looked_at & windows for program in early)

    def levels(self, fact: str) -> Levels:
        """Which values of a whole or money fact make a difference anywhere in this pack."""
        if any(name == fact for _, name in facts_by_name(self.pack)):
            return EVERY_VALUE
        return levels(fact, (tree for program in self._programs() for tree in program.trees), self.values)

    def _programs(self) -> Iterator[Conditions]:
        found = (getattr(self, part.name) for part in fields(self))
        return (program for program in found if isinstance(program, Conditions))

    def heard(self, facts: Mapping[str, object]) -> dict[str, object]:
        """The facts of a grading as conditions take them. FactValueError when one is not of its type."""
        found = off_the_wire(facts, self.fact_types)
        check_values(found, self.fact_types)
        return found

    def limit(self, value: LimitValue) -> Limit:
        """The limit that a text or a parameter stands for."""
        text = self.params[value.param] if isinstance(value, OfParam) else value
        return Limit.parse(text)

    def whole(self, value: WholeValue) -> int:
        """The number that stands there, or that a parameter stands for."""
        return int(self.params[value.param]) if isinstance(value, OfParam) else value

    def grades(self) -> tuple[str, ...]:
        """The grades in order, the lightest first."""
        return tuple(self.pack.grading.grades)


def bind(source: Source, pack: Pack, given: Mapping[str, str] | None = None) -> BoundPack:
    """Put `given` into the pack; `SourceError` with every problem found, each with its line."""
    given = given or {}
    wrong = [
        source.problem(("params",), f"{name!r} is not a parameter of this pack")
        for name in given
        if name not in pack.params
    ]
    params: dict[str, str] = {}
    for name, param in pack.params.items():
        text = given.get(name, param.default)
        if text is None:
            wrong.append(source.problem(("params", name), asked_for(name, param)))
        else:
            params[name] = str(text)
    values, bad = _values(pack, params, source)
    wrong += bad + [source.problem((), f"{n!r} names two facts") for n in sorted(colliding_names(pack))]
    wrong += [source.problem(path, message) for path, message in dangling(pack)]
    wrong += [source.problem(path, message) for path, message in _calendars(pack)]
    wrong += [source.problem(path, message) for path, message in _lengths(pack, params)]
    if wrong:
        raise SourceError(wrong)
    return _compiled(source, pack, params, values)


def asked_for(name: str, param: Param) -> str:
    what = f"{param.title.in_('en')}; asked for by {param.clause}"
    kind = " or ".join(param.choices) or param.type
    return f"parameter {name!r} must be given ({kind}): {what}"


def _calendars(pack: Pack) -> Iterator[tuple[Path_, str]]:
    """Calendars that cannot be: an unknown zone or country, shifts or days that contradict one another."""
    base, path = Calendar.default(), ("time_zone",)
    try:
        base, path = replace(base, zone=pack.time_zone), ("calendar",)
        base = pack.calendar.over(base)
    except ValueError as error:
        yield path, str(error)
    for name, spec in pack.calendars.items():
        try:
            spec.over(base)
        except ValueError as error:
            yield ("calendars", name), str(error)


def _lengths(pack: Pack, params: Mapping[str, str]) -> Iterator[tuple[Path_, str]]:
    """Limits of clocks that are points in time, or come too often, where a length of time is meant."""
    for path, value in limits(pack):
        text = params.get(value.param) if isinstance(value, OfParam) else value
        limit = _parsed(text) if path[0] == "clocks" else None
        if limit is None:
            continue
        if path[-1] == "before" and limit.fixed:
            yield path, f"expected a length of time, found {text!r}"
        if pack.clocks[str(path[1])].every and not limit.recurring:
            yield path, f"expected a limit that can come again and again, an hour or longer, found {text!r}"


def _parsed(text: str | None) -> Limit | None:
    """A wrong one is reported where its parameter is read."""
    try:
        return Limit.parse(text) if text is not None else None
    except ValueError:
        return None


def _values(pack: Pack, params: Mapping[str, str], source: Source) -> tuple[dict[str, object], list[Problem]]:
    values: dict[str, object] = {}
    wrong: list[Problem] = []
    for name, text in params.items():
        kind, choices = pack.params[name].type, pack.params[name].choices
        if choices and text not in choices:
            wrong.append(
                source.problem(("params", name), f"expected one of {', '.join(choices)}, found {text!r}")
            )
        try:
            if kind == "limit":
                Limit.parse(text)
            elif kind in PARAM_FACTS:
                values[name] = _value(kind, text)
        except (ValueError, InvalidOperation) as error:
            detail = f": {error}" if isinstance(error, ValueError) else ""
            wrong.append(source.problem(("params", name), f"expected {kind}, found {text!r}{detail}"))
    return values, wrong


def _value(kind: str, text: str) -> object:
    if kind == "whole":
        return int(text)
    if kind == "number":
        return float(text)
    if kind == "money":
        fen = Decimal(text) * 100
        if fen != int(fen):
            raise ValueError("at most two decimals")
        return int(fen)
    if kind == "truth":
        if text not in ("true", "false"):
            raise ValueError("true or false")
        return text == "true"
    return text


_Part = tuple[str, Path_, ConditionText | None]
"""A condition: its id, where its rule stands in the table, what it says."""


@dataclass(frozen=True)
class _Table:
    """Conditions of a pack that are evaluated together: where they stand, what they may look at."""

    name: str
    path: Path_
    parts: Sequence[_Part]
    types: Mapping[str, FactType]

    def conditions(self, source: Source, params: Mapping[str, str]) -> Iterator[Condition]:
        for id_, path, when in self.parts:
            if when is not None:
                place = source.problem((*self.path, *path, "when"), "")
                text = params[when.param] if isinstance(when, OfParam) else when
                yield Condition(id_, text, f"{place.file}:{place.line}")


def _tables(pack: Pack) -> tuple[_Table, ...]:
    """By the names of `BoundPack`."""
    validity = pack.validity.rules if pack.validity else ()
    facts = fact_types(pack)
    graded = {**facts, "grade": FactType.TEXT}
    uncounted = {name: kind for name, kind in facts.items() if name not in pack.facts.windows}
    return (
        _Table("conversions", ("conversions",), _in_order(pack.conversions), facts),
        _Table("categorising", ("categorising",), _in_order(pack.categorising), facts),
        _Table("validity_rules", ("validity", "rules"), _in_order(validity), facts),
        _Table("window_conditions", ("facts", "windows"), _by_name(pack.facts.windows), uncounted),
        _Table("rules", ("grading", "rules"), _in_order(pack.grading.rules), facts),
        _Table("raises", ("grading", "raises"), _in_order(pack.grading.raises), graded),
        _Table("clock_conditions", ("clocks",), _by_name(pack.clocks), graded),
        _Table("ladder_conditions", ("ladders",), [*_by_name(pack.ladders), *_rungs(pack)], graded),
        _Table("notice_conditions", ("notices",), _by_name(pack.notices), graded),
        _Table("tier_conditions", ("tiers",), _of_tiers(pack), {**param_types(pack), **measure_types(pack)}),
    )


def _in_order(rules: Sequence[Decides]) -> list[_Part]:
    return [(rule.id, (i,), rule.when) for i, rule in enumerate(rules)]


def _by_name(
    parts: Mapping[str, ClockSpec | Ladder | Notice | WindowSpec],
) -> list[_Part]:
    return [(name, (name,), part.when) for name, part in parts.items()]


def _rungs(pack: Pack) -> Iterator[_Part]:
    for name, ladder in pack.ladders.items():
        for i, rung in enumerate(ladder.rungs):
            yield rung_condition(name, rung), (name, "rungs", i), rung.when


def _of_tiers(pack: Pack) -> list[_Part]:
    return [(id_, path[1:-1], when) for id_, when, path in tier_conditions(pack)]


def rung_condition(ladder: str, rung: Rung) -> str:
    """What the condition of a rung is called among the conditions of ladders."""
    return f"{ladder}/{rung.id}"


def _compiled(
    source: Source, pack: Pack, params: Mapping[str, str], values: Mapping[str, object]
) -> BoundPack:
    wrong: list[Problem] = []
    compiled: dict[str, Conditions] = {}
    for table in _tables(pack):
        try:
            conditions = list(table.conditions(source, params))
            compiled[table.name] = Conditions.compile(conditions, table.types)
        except ConditionErrors as errors:
            wrong += [
                _problem(p.place, f"{'.'.join(map(str, table.path))} {p.id}", p.message)
                for p in errors.problems
            ]
    if wrong:
        raise SourceError(wrong)
    return BoundPack(pack, source, params, values, **compiled)


def _problem(place: object, where: str, message: str) -> Problem:
    file, _, line = str(place).rpartition(":")
    return Problem(file, int(line), where, message)
