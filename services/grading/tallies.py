"""What a pack counts over complaints that are alike: windows, and the grades that promotions look at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import blake2b

from services.grading.windows import Measure, Per, Reach, period
from shared.deployment import Deployment, Unit
from shared.policy.bound import BoundPack
from shared.policy.levels import EVERY_VALUE, Levels
from shared.policy.sections.common import LimitValue, OfParam
from shared.policy.sections.grading import Promotion
from shared.worktime import Calendar

PROMOTION = "promotion:"
Rules = tuple[str, str, str]
"""What governs a complaint: unit, pack and version."""
_ENCODE = json.JSONEncoder(default=str).encode


@dataclass(frozen=True)
class Tally:
    """One window or promotion, in one version of its pack. `fact` is what is counted once or summed,
    `as_many_as` says how often it counts. `reach`
    is None where the window is without end, or is the calendar period `per`. `seen_by_all`: those that its
    condition leaves out see it, too, and add nothing. `moment` is what they are ordered by, None for receipt;
    `so_far`: each sees those up to itself."""

    id: str
    unit: str
    version: str
    same: tuple[str, ...]
    measure: Measure
    fact: str | None
    reach: Reach | None
    per: Per | None
    levels: Levels = EVERY_VALUE
    seen_by_all: bool = False
    as_many_as: str | None = None
    moment: str | None = None
    so_far: bool = False
    promotion: "Step | None" = None


Versions = Mapping[str, Tally]
"""The same window or promotion in every version of the pack that has it. Those that are counted together may
have been received under different ones: each sees the others by its own."""


@dataclass(frozen=True)
class Step:
    """A promotion with the company's values in it; grades as numbers, 0 the lightest, by their `places`."""

    at_least: int
    of: tuple[int, ...]
    again: bool
    places: Mapping[str, int]


@dataclass(frozen=True)
class Tallies:
    """What the pack of a unit counts, by id. `others` are other versions of the pack."""

    unit: str
    bound: BoundPack
    calendar: Calendar
    others: tuple["Tallies", ...] = ()

    @property
    def rules(self) -> Rules:
        """Whose they are."""
        return self.unit, *self.bound.edition

    @cached_property
    def windows(self) -> Mapping[str, Tally]:
        specs = self.bound.pack.facts.windows
        return {
            name: Tally(
                id=name,
                unit=self.unit,
                version=self.bound.version,
                same=spec.same,
                measure="sum" if spec.sum else "complaints" if spec.count == "complaints" else "distinct",
                fact=spec.sum or (None if spec.count == "complaints" else spec.count),
                reach=self._reach(spec.within),
                per=spec.per,
                levels=self.bound.levels(name),
                seen_by_all=spec.seen_by == "all",
                as_many_as=spec.as_many_as,
                moment=spec.moment,
                so_far=spec.so_far,
            )
            for name, spec in specs.items()
        }

    @cached_property
    def promotions(self) -> Mapping[str, Tally]:
        return {
            PROMOTION + promotion.id: Tally(
                id=PROMOTION + promotion.id,
                unit=self.unit,
                version=self.bound.version,
                same=promotion.same,
                measure="complaints",
                fact=None,
                reach=self._reach(promotion.within),
                per=promotion.per,
                promotion=self._step(promotion),
            )
            for promotion in self.bound.pack.grading.promotions
        }

    @cached_property
    def all(self) -> Mapping[str, Tally]:
        return {**self.windows, **self.promotions}

    @cached_property
    def named(self) -> frozenset[str]:
        """The facts that say which complaints are alike, and what is counted of them."""
        tallies = self.all.values()
        counted = (name for tally in tallies for name in (tally.fact, tally.as_many_as) if name)
        return frozenset(counted).union(*(tally.same for tally in self.all.values()))

    @cached_property
    def versions(self) -> Mapping[str, Versions]:
        """Each of them, as every version of the pack has it."""
        together = (self, *self.others)
        return {id_: {t.bound.version: t.all[id_] for t in together if id_ in t.all} for id_ in self.all}

    def key(self, tally: Tally, facts: Mapping[str, object], at: datetime) -> str | None:
        """The name of the group that a complaint with these facts belongs to; None where it is in none."""
        alike = [facts.get(name) for name in tally.same]
        if any(value in (None, "") for value in alike):
            return None
        when = period(tally.per, at, self.calendar) if tally.per else ""
        return f"{self.unit}|{self.bound.id}|{tally.id}|{digest([*alike, when])}"

    def holds(self, facts: Mapping[str, object]) -> Mapping[str, bool]:
        """Which windows count a complaint with these facts, of those that say which they count."""
        return self.bound.window_conditions.evaluate(facts) if self._conditional else {}

    @cached_property
    def _conditional(self) -> bool:
        return any(spec.when is not None for spec in self.bound.pack.facts.windows.values())

    def counts(self, validity: str | None) -> bool:
        """Whether one that is so valid counts at all."""
        spec = self.bound.pack.validity
        return spec is None or validity is None or spec.values[validity].counts

    def _reach(self, within: LimitValue | None) -> Reach | None:
        return Reach(self.bound.limit(within), self.calendar) if within is not None else None

    def _step(self, promotion: Promotion) -> Step:
        grades = self.bound.grades()
        values = self.bound.values
        at_least, again = promotion.at_least, promotion.again
        return Step(
            at_least=int(self.bound.params[at_least.param]) if isinstance(at_least, OfParam) else at_least,
            of=tuple(sorted(map(grades.index, promotion.of or grades[:-1]))),
            again=again if isinstance(again, bool) else values[again] is True,
            places={grade: place for place, grade in enumerate(grades)},
        )


def tallies(unit: Unit) -> list[Tallies]:
    """For every pack version that governs complaints of the unit."""
    found = [Tallies(unit.id, known.pack, known.calendar) for known in unit.editions]
    return [
        replace(one, others=tuple(o for o in found if o.bound.id == one.bound.id and o is not one))
        for one in found
    ]


class Governing:
    """The tallies of every unit of a deployment, by the calendars that stand there now: of a unit whose
    calendars were edited they are made anew."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._made: dict[str, tuple[Unit, Mapping[Rules, Tallies]]] = {}

    def of(self, rules: Rules) -> Tallies | None:
        """None where nothing is known of that version of the pack here."""
        unit = self._deployment.units.get(rules[0])
        if unit is None:
            return None
        made = self._made.get(unit.id)
        if made is None or made[0] is not unit:
            made = self._made[unit.id] = unit, {found.rules: found for found in tallies(unit)}
        return made[1].get(rules)


def named(key: str) -> str:
    """The tally that a group belongs to."""
    return key.split("|")[-2]


def digest(value: object) -> str:
    """A short name for a value: no customer's name stands in an index, and no key is long."""
    return blake2b(_ENCODE(value).encode(), digest_size=12).hexdigest()
