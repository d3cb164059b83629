"""The decision: which rules of a pack fire on a complaint, and the grade that the first of them gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.grading.circumstances import NOTHING, Circumstances
from services.grading.cues import find_cues
from services.grading.facts import facts_of
from shared.contracts.complaints import Complaint
from shared.contracts.gradings import Cue, FiredRule
from shared.policy.bound import BoundPack


@dataclass(frozen=True)
class Decision:
    """A grade and why. `facts` are those known, ready for JSON."""

    grade: str
    rules: tuple[FiredRule, ...]
    cues: tuple[Cue, ...]
    facts: dict[str, Any]
    owner_role: str | None
    roster: tuple[str, ...]


def decide(bound: BoundPack, complaint: Complaint, circumstances: Circumstances = NOTHING) -> Decision:
    """Grade a complaint: every rule that fires is named, the first from the top decides."""
    cues = find_cues(bound.pack, complaint.text)
    facts = facts_of(bound, complaint, cues, circumstances)
    holds = bound.rules.evaluate(facts)
    grading = bound.pack.grading
    fired = tuple(
        FiredRule(
            id=rule.id,
            grade=rule.grade,
            clause=rule.clause,
            says=rule.says,
            facts={n: _plain(facts[n]) for n in sorted(bound.rules.names(rule.id)) if n in facts},
        )
        for rule in grading.rules
        if holds[rule.id]
    )
    grade = fired[0].grade if fired else grading.otherwise
    given = grading.grades[grade]
    return Decision(
        grade, fired, tuple(cues), {n: _plain(v) for n, v in facts.items()}, given.owner, given.roster
    )


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
