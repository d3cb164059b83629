"""Grades recorded cases by an old and a new pack, and says where they differ."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from deploy.backtesting.recorded import Recorded
from services.grading.decide import Decision, decide
from shared.contracts.complaints import Complaint
from shared.policy.bound import BoundPack
from shared.policy.conditions import EvaluationError, FactValueError
from shared.policy.source import SourceError
from shared.worktime import deadline

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

    def take(self, case: Recorded | tuple[str, str]) -> None:
        """Compare one more case."""
        if isinstance(case, tuple):
            self.unreadable.append(case)
            return
        try:
            old, new = outcome(self.old, case), outcome(self.new, case)
        except (SourceError, FactValueError, EvaluationError) as error:
            self.unreadable.append((case.name, str(error).splitlines()[0]))
            return
        self.cases += 1
        self.grades[old.grade, new.grade] += 1
        if old.made() != new.made() or old.dues != new.dues:
            self.changed.append(Changed(case.name, old, new))

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


def outcome(bound: BoundPack, case: Recorded) -> Outcome:
    """What a pack makes of a case as it stood when it was recorded."""
    complaint = case.under(bound)
    decision = decide(bound, complaint, case.circumstances)
    return Outcome(
        kind=decision.kind,
        category=decision.category,
        validity=decision.validity,
        grade=decision.grade,
        rules=tuple(rule.id for rule in decision.rules),
        dues=_dues(bound, complaint, decision),
    )


def _dues(bound: BoundPack, complaint: Complaint, decision: Decision) -> dict[str, datetime]:
    facts = bound.heard(decision.facts) | {"grade": decision.grade}
    applies = bound.clock_conditions.evaluate(facts)
    starts = {"received": complaint.received_at, "occurred": complaint.occurred_at}
    dues = {}
    for name, spec in bound.pack.clocks.items():
        start = next((starts[milestone] for milestone in spec.start if milestone in starts), None)
        limit = bound.clock_limit(spec, facts) if start and applies.get(name, True) else None
        if start and limit:
            dues[name] = deadline(start, limit, bound.calendar).due
    return dues
