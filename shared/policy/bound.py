"""A pack with a company's values in it: parameters resolved, conditions compiled, limits parsed.

This is what the services hold. `bind` checks everything that can be checked before the first complaint:
names that are used but not declared, conditions with wrong types, parameters that are missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import time
from decimal import Decimal, InvalidOperation
from functools import cached_property

from shared.policy.conditions import Condition, ConditionErrors, Conditions, FactType, check_values
from shared.policy.facts import PARAM_FACTS, colliding_names, fact_types, off_the_wire, param_types
from shared.policy.levels import EVERY_VALUE, Levels, levels
from shared.policy.pack import Pack
from shared.policy.references import dangling, facts_by_name
from shared.policy.sections.clocks import ClockSpec, LimitBy, LimitGiven
from shared.policy.sections.common import ConditionText, Decides, LimitText, LimitValue, OfParam, Param
from shared.policy.sections.facts import WindowSpec
from shared.policy.sections.ladders import Ladder, Rung
from shared.policy.sections.notices import Notice
from shared.policy.source import Path_, Problem, Source, SourceError
from shared.policy.tiering import measure_types, tier_conditions
from shared.worktime import Calendar, Limit, Reason


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
    def calendar(self) -> Calendar:
        """The working calendar of the pack, before the deployment's own closed and extra days."""
        return calendar_of(self.pack)

    @cached_property
    def fact_types(self) -> Mapping[str, FactType]:
        """The facts that conditions of this pack may look at."""
        return fact_types(self.pack)

    @cached_property
    def looked_at(self) -> frozenset[str]:
        """The facts on which anything in this pack depends."""
        found = frozenset[str]().union(*(program.looked_at for program in self._programs()))
        return found | frozenset(name for _, name in facts_by_name(self.pack))

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

    def clock_limit(self, clock: ClockSpec, facts: Mapping[str, object]) -> Limit | None:
        """The limit of a clock for these facts; None where the pack gives none for them."""
        return self._looked_up(clock.limit, facts)

    def _looked_up(
        self, value: LimitValue | LimitBy | LimitGiven | None, facts: Mapping[str, object]
    ) -> Limit | None:
        if isinstance(value, LimitGiven):
            return self._looked_up(value.otherwise, facts)
        if isinstance(value, LimitBy):
            value = _longest_path(value, str(facts.get(value.by, "")))
        return None if value is None else self.limit(value)

    def grades(self) -> tuple[str, ...]:
        """The grades in order, the lightest first."""
        return tuple(self.pack.grading.grades)


def _longest_path(limit: LimitBy, key: str) -> LimitText | OfParam | None:
    parts = key.split("/")
    for size in range(len(parts), 0, -1):
        value = limit.values.get("/".join(parts[:size]))
        if value is not None:
            return value
    return limit.otherwise


def calendar_of(pack: Pack) -> Calendar:
    """The working calendar that a pack's `calendar` block and time zone describe."""
    spec = pack.calendar
    shifts = tuple((time.fromisoformat(s.from_), time.fromisoformat(s.to)) for s in spec.shifts)
    default = Calendar.default()
    return Calendar(
        zone=pack.time_zone,
        country=spec.country,
        shifts=shifts or default.shifts,
        closed={day: Reason(words.zh, words.en) for day, words in spec.closed.items()},
        extra={day: Reason(words.zh, words.en) for day, words in spec.extra.items()},
    )


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
    if wrong:
        raise SourceError(wrong)
    return _compiled(source, pack, params, values)


def asked_for(name: str, param: Param) -> str:
    what = f"{param.title.in_('en')}; asked for by {param.clause}"
    return f"parameter {name!r} must be given ({param.type}): {what}"


def _values(pack: Pack, params: Mapping[str, str], source: Source) -> tuple[dict[str, object], list[Problem]]:
    values: dict[str, object] = {}
    wrong: list[Problem] = []
    for name, text in params.items():
        kind = pack.params[name].type
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
