"""The decision on a complaint: its kind, category and validity, and its grade, each with the rules that
gave it. What is decided earlier is a fact for what is decided later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from services.grading.circumstances import NOTHING, Circumstances
from services.grading.facts import facts_of
from services.grading.reading import Reading, read
from shared.contracts.complaints import Complaint, Milestone
from shared.contracts.gradings import Alike, ByHand, Cue, FiredRule, Suggestion, Table
from shared.policy.bound import BoundPack
from shared.policy.conditions import Conditions
from shared.policy.milestones import GRADED_BY_HAND
from shared.policy.sections.common import Decides

Facts = dict[str, object]
R = TypeVar("R", bound=Decides)


class Decision(NamedTuple):
    """What was decided and why. `facts` are those known, ready for JSON. `own_grade` is the grade before
    promotions, by the rules or by hand, which counts when others are promoted."""

    complaint: Complaint
    kind: str
    category: str | None
    validity: str | None
    grade: str
    own_grade: str
    by_hand: ByHand | None
    rules: tuple[FiredRule, ...]
    cues: tuple[Cue, ...]
    suggestions: tuple[Suggestion, ...]
    alike: Alike | None
    facts: dict[str, Any]
    owner_role: str | None
    roster: tuple[str, ...]


def decide(bound: BoundPack, complaint: Complaint, circumstances: Circumstances = NOTHING) -> Decision:
    """Decide a complaint as it was handed in."""
    return judge(bound, read(bound.pack, complaint), circumstances)


@dataclass(frozen=True, slots=True)
class Ungraded:
    """A complaint whose kind, category and validity are decided, by these rules; all facts are known. The
    first `given` of them were so before anything was decided."""

    facts: Facts
    rules: tuple[FiredRule, ...]
    given: int = 0

    @property
    def validity(self) -> str | None:
        return _text(self.facts, "validity")


def ungraded(bound: BoundPack, reading: Reading, circumstances: Circumstances) -> Ungraded:
    """Decide all but the grade."""
    facts = facts_of(bound, reading, circumstances)
    given = len(facts)
    fired = [*_converted(bound, facts), *_categorised(bound, facts), *_found_valid(bound, facts)]
    return Ungraded(facts, tuple(fired), given)


def among_others(
    bound: BoundPack, alone: Ungraded, reading: Reading, circumstances: Circumstances
) -> Ungraded:
    """The same with a look at others. `alone` is what it is without; where no rule before the grade looks at
    them, only the counts are new."""
    if bound.looks_at_others_early:
        return ungraded(bound, reading, circumstances)
    counts = {name: value for name, value in circumstances.counts.items() if name in bound.looked_at}
    facts = list(alone.facts.items())
    return Ungraded({**dict(facts[: alone.given]), **counts, **dict(facts[alone.given :])}, alone.rules)


def judge(
    bound: BoundPack, reading: Reading, circumstances: Circumstances, alone: Ungraded | None = None
) -> Decision:
    """Decide a complaint that was read before. `alone` is what it is without a look at others, if known."""
    if alone is None:
        before = ungraded(bound, reading, circumstances)
    else:
        before = among_others(bound, alone, reading, circumstances)
    facts, fired = before.facts, before.rules
    graded = _graded(bound, facts)
    own = graded[0].grade if graded else bound.pack.grading.otherwise
    raised = _raised(bound, facts, own)
    own = raised[-1].grade if raised else own
    by_hand = _by_hand(bound, circumstances.milestones)
    if by_hand is not None:
        own = by_hand.grade
    promoted = _promoted(bound, circumstances.promoted, own, facts)
    grade = promoted[-1].grade if promoted and by_hand is None else own
    given = bound.pack.grading.grades[grade]
    return Decision(
        complaint=reading.complaint,
        kind=str(facts["kind"]),
        category=_text(facts, "category"),
        validity=_text(facts, "validity"),
        grade=grade,
        own_grade=own,
        by_hand=by_hand,
        rules=(*fired, *graded, *raised, *promoted),
        cues=reading.cues,
        suggestions=reading.suggestions,
        alike=circumstances.alike if reading.complaint.event is None else None,
        facts=plain_facts(facts),
        owner_role=given.owner,
        roster=given.roster,
    )


def _converted(bound: BoundPack, facts: Facts) -> list[FiredRule]:
    """The conversions that took the case from kind to kind, from the top."""
    table = bound.pack.conversions
    if not table:
        return []
    holds = bound.conversions.evaluate(facts)
    fired = []
    for rule in table:
        if facts["kind"] in rule.of and holds[rule.id]:
            fired.append(_fired(bound.conversions, rule, "conversions", rule.to, facts))
            facts["kind"] = rule.to
    return fired


def _categorised(bound: BoundPack, facts: Facts) -> list[FiredRule]:
    """A category that was given stays."""
    table = bound.pack.categorising
    if not table or "category" in facts:
        return []
    rule = _first(bound.categorising, table, facts)
    if rule is None:
        return []
    fired = _fired(bound.categorising, rule, "categorising", rule.category, facts)
    facts["category"] = rule.category
    return [fired]


def _found_valid(bound: BoundPack, facts: Facts) -> list[FiredRule]:
    validity = bound.pack.validity
    if validity is None:
        return []
    rule = _first(bound.validity_rules, validity.rules, facts)
    if rule is None:
        facts["validity"] = validity.otherwise
        return []
    fired = _fired(bound.validity_rules, rule, "validity", rule.value, facts)
    facts["validity"] = rule.value
    return [fired]


def _first(conditions: Conditions, rules: Sequence[R], facts: Facts) -> R | None:
    holds = conditions.evaluate(facts)
    return next((rule for rule in rules if holds[rule.id]), None)


def _graded(bound: BoundPack, facts: Facts) -> list[FiredRule]:
    """Every rule that fires is named, the first from the top decides."""
    holds = bound.rules.evaluate(facts)
    rules = (rule for rule in bound.pack.grading.rules if holds[rule.id])
    return [_fired(bound.rules, rule, "grading", rule.grade, facts, rule.grade) for rule in rules]


def _raised(bound: BoundPack, facts: Facts, grade: str) -> list[FiredRule]:
    """Each raise that holds takes the grade up by its steps, to the heaviest at most."""
    table = bound.pack.grading.raises
    if not table:
        return []
    seen = {**facts, "grade": grade}
    holds = bound.raises.evaluate(seen)
    fired = []
    for rule in table:
        steps = rule.steps if isinstance(rule.steps, int) else facts.get(rule.steps, 0)
        if holds[rule.id] and isinstance(steps, int) and steps > 0:
            grade = _up(bound, grade, steps)
            fired.append(_fired(bound.raises, rule, "raises", grade, seen, grade))
    return fired


def _promoted(bound: BoundPack, promoted: Sequence[str], grade: str, facts: Facts) -> list[FiredRule]:
    """Each looks at what is alike, and at the grade of which there were so many."""
    by_id = {promotion.id: promotion for promotion in bound.pack.grading.promotions}
    fired = []
    for id_ in promoted:
        rule = by_id[id_]
        looked_at = {name: facts[name] for name in rule.same if name in facts} | {"grade": grade}
        grade = _up(bound, grade, 1)
        fired.append(
            FiredRule(
                id=id_,
                grade=grade,
                table="promotions",
                gives=grade,
                clause=rule.clause,
                says=rule.says,
                facts=plain_facts(looked_at),
            )
        )
    return fired


def _up(bound: BoundPack, grade: str, steps: int) -> str:
    grades = bound.grades()
    return grades[min(grades.index(grade) + steps, len(grades) - 1)]


def _by_hand(bound: BoundPack, milestones: Sequence[Milestone]) -> ByHand | None:
    """The latest grade that a person gave, unless it was taken back or is none of this pack's."""
    given = [m for m in milestones if m.name == GRADED_BY_HAND] if bound.pack.grading.by_hand else []
    grade = given[-1].data.get("grade") if given else None
    if not isinstance(grade, str) or grade not in bound.pack.grading.grades:
        return None
    latest = given[-1]
    return ByHand(grade=grade, by=latest.by, reason=str(latest.data.get("reason", "")), at=latest.occurred_at)


def _fired(
    conditions: Conditions, rule: Decides, table: Table, gives: str, facts: Facts, grade: str = ""
) -> FiredRule:
    looked_at = sorted(conditions.names(rule.id))
    return FiredRule(
        id=rule.id,
        grade=grade,
        table=table,
        gives=gives,
        clause=rule.clause,
        says=rule.says,
        facts=plain_facts({name: facts[name] for name in looked_at if name in facts}),
    )


def _text(facts: Facts, name: str) -> str | None:
    value = facts.get(name)
    return value if isinstance(value, str) else None


def plain_facts(facts: Mapping[str, object]) -> dict[str, Any]:
    """Ready for JSON."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()
    }
