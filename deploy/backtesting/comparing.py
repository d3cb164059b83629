"""Grades recorded cases by an old and a new pack, and says where they differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from deploy.backtesting.recorded import Recorded
from services.grading.among import Standing, among
from services.grading.decide import Decision, judge
from services.grading.reading import read
from services.grading.tallies import Tallies
from shared.contracts.complaints import Complaint
from shared.policy.bound import BoundPack
from shared.policy.calendars import Calendars, calendars_of
from shared.policy.conditions import EvaluationError, FactValueError
from shared.policy.sections.identity import CalendarSpec
from shared.policy.source import SourceError
from shared.policy.terms import terms

MADE = ("kind", "category", "validity", "grade")


@dataclass(frozen=True)
class Outcome:
    """What a pack makes of a case. `dues`: when the clocks that run from its receipt would run out."""

    kind: str
    category: str | None
    validity: str | None
    grade: str
    rules: tuple[str, ...]
    dues: dict[str, datetime]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"dues": {clock: due.isoformat() for clock, due in self.dues.items()}}

    def made(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in MADE}


@dataclass(frozen=True)
class Unreadable:
    """A pack can make nothing of a case, and why."""

    why: str


@dataclass(frozen=True)
class Changed:
    """A case that the two packs see differently."""

    case: str
    old: Outcome
    new: Outcome

    @property
    def dues(self) -> dict[str, tuple[datetime | None, datetime | None]]:
        """The clocks whose due time differs; None where a pack has no such clock for the case."""
        clocks = {**self.old.dues, **self.new.dues}
        both = {name: (self.old.dues.get(name), self.new.dues.get(name)) for name in clocks}
        return {name: (old, new) for name, (old, new) in both.items() if old != new}


@dataclass
class Comparison:
    """All cases compared: those changed, how many went from which grade to which, those nobody could read."""

    old: BoundPack
    new: BoundPack
    cases: int = 0
    changed: list[Changed] = field(default_factory=list)
    grades: Counter[tuple[str, str]] = field(default_factory=Counter)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def take(self, case: str, old: Outcome | Unreadable, new: Outcome | Unreadable) -> None:
        """Compare what the two packs make of one more case."""
        if isinstance(old, Unreadable):
            return self.unreadable.append((case, old.why))
        if isinstance(new, Unreadable):
            return self.unreadable.append((case, new.why))
        self.cases += 1
        self.grades[old.grade, new.grade] += 1
        if old.made() != new.made() or old.dues != new.dues:
            self.changed.append(Changed(case, old, new))
        return None

    def as_json(self) -> dict[str, Any]:
        return {
            "old": {"pack": self.old.id, "version": self.old.version},
            "new": {"pack": self.new.id, "version": self.new.version},
            "cases": self.cases,
            "regraded": sum(count for (old, new), count in self.grades.items() if old != new),
            "grades": [{"old": old, "new": new, "cases": n} for (old, new), n in sorted(self.grades.items())],
            "changed": [
                {"case": each.case, "old": each.old.as_json(), "new": each.new.as_json()}
                for each in self.changed
            ],
            "unreadable": [{"case": case, "why": why} for case, why in self.unreadable],
        }


def outcomes(bound: BoundPack, cases: Sequence[Recorded]) -> Iterator[Outcome | Unreadable]:
    """What a pack makes of each case as it stood when it was recorded, all counted among one another."""
    calendars = calendars_of(bound, CalendarSpec(), {})
    standing = _standing(bound, cases)
    for at in range(len(cases)):
        stands = standing[at]
        if isinstance(stands, Unreadable):
            yield stands
            continue
        try:
            decision = judge(bound, stands.reading, stands.circumstances)
            yield _outcome(bound, calendars, stands.reading.complaint, decision)
        except (FactValueError, EvaluationError) as error:
            yield Unreadable(str(error).splitlines()[0])


def _standing(bound: BoundPack, cases: Sequence[Recorded]) -> dict[int, Standing | Unreadable]:
    found: dict[int, Standing | Unreadable] = {}
    units: dict[str, dict[str, Standing]] = {}
    for at, case in enumerate(cases):
        try:
            reading = read(bound.pack, case.under(bound))
            judge(bound, reading, case.circumstances)
        except (SourceError, FactValueError, EvaluationError) as error:
            found[at] = Unreadable(str(error).splitlines()[0])
            continue
        found[at] = standing = Standing(reading, case.circumstances)
        units.setdefault(reading.complaint.unit, {})[str(at)] = standing
    for unit, members in units.items():
        tallies = Tallies(unit, bound, bound.calendar)
        for name, circumstances in among(tallies, members).items() if tallies.all else ():
            found[int(name)] = Standing(members[name].reading, circumstances)
    return found


def _outcome(bound: BoundPack, calendars: Calendars, complaint: Complaint, decision: Decision) -> Outcome:
    return Outcome(
        kind=decision.kind,
        category=decision.category,
        validity=decision.validity,
        grade=decision.grade,
        rules=tuple(rule.id for rule in decision.rules),
        dues=dict(_dues(bound, calendars, complaint, decision)),
    )


def _dues(
    bound: BoundPack, calendars: Calendars, complaint: Complaint, decision: Decision
) -> Iterator[tuple[str, datetime]]:
    facts = bound.heard(decision.facts) | {"grade": decision.grade}
    applies = bound.clock_conditions.evaluate(facts)
    starts = {"received": complaint.received_at, "occurred": complaint.occurred_at}
    for name, spec in bound.pack.clocks.items():
        start = next((starts[milestone] for milestone in spec.start if milestone in starts), None)
        found = terms(bound, spec, facts, {}) if start and applies.get(name, True) else None
        if start and found:
            yield name, found.line(start, calendars.of(spec.calendar, complaint.branch)).due
