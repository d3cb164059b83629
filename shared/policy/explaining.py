"""Why a complaint has its grade, and what would have to differ for another one.

Made from what grading said (rules, cues, facts) and the pack, on demand; nothing of it is stored.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts.gradings import Cue, FiredRule, Table
from shared.contracts.words import Value, Words
from shared.policy.bound import BoundPack
from shared.policy.conditions import FactValueError
from shared.policy.counterfactual import Difference, Search, differences
from shared.policy.promoting import by_others
from shared.policy.titles import Titles

GIVEN_BY: Mapping[Table, str] = {
    "conversions": "kind",
    "categorising": "category",
    "validity": "validity",
    "grading": "grade",
    "raises": "grade",
    "promotions": "grade",
}
"""The fact that rules of each table decide."""


class ShownFact(Value):
    """A fact that a rule looked at: its name, what it is called, its value as people read it."""

    name: str
    title: Words
    value: Words


class ShownRule(Value):
    """A rule that fired: where it stands, what it gave, the clause it carries, what it says, what it looked
    at."""

    id: str
    table: Table
    gives: Words
    grade: str
    clause: str
    says: Words
    facts: tuple[ShownFact, ...]


class ShownCue(Value):
    """The words of the text that made a cue: characters `at` to `end`."""

    cue: str
    title: Words
    phrase: str
    at: int
    end: int


class Explanation(Value):
    """Which rules fired on which facts, and what would differ for each other grade that rules can give.

    `otherwise` is the clause that holds where no rule of grading fired. `differs` is about rules and raises,
    and about how many others a promotion asks for. A grade that somebody gave by hand differs in nothing but
    that it be taken back: then the rules decide alone.
    """

    pack: str
    pack_version: str
    grade: str
    title: Words
    rules: tuple[ShownRule, ...]
    otherwise: str | None = None
    cues: tuple[ShownCue, ...]
    differs: tuple[Difference, ...]


def explain(
    bound: BoundPack,
    grade: str,
    rules: Sequence[FiredRule],
    cues: Sequence[Cue],
    facts: Mapping[str, Any],
    *,
    by_hand: bool = False,
) -> Explanation:
    """Explains what grading said. `facts` are as an event carries them; where they do not fit the pack, which
    had other types then, nothing is said of what would differ."""
    titles = Titles(bound.pack, bound.fact_types)
    promotions = [rule for rule in rules if rule.table == "promotions" and not by_hand]
    differs = _differs(bound, titles, facts, grade, promotions)
    grading = bound.pack.grading
    given = grading.grades.get(grade)
    return Explanation(
        pack=bound.id,
        pack_version=bound.version,
        grade=grade,
        title=given.title if given else Words(),
        rules=tuple(_shown(rule, titles) for rule in rules),
        otherwise=None if any(r.table == "grading" for r in rules) else grading.otherwise_clause,
        cues=tuple(
            ShownCue(
                cue=cue.cue,
                title=titles.fact(cue.cue),
                phrase=cue.phrase,
                at=cue.at,
                end=cue.at + len(cue.phrase),
            )
            for cue in cues
        ),
        differs=tuple(other for other in differs if not (by_hand and other.changes)),
    )


def _differs(
    bound: BoundPack, titles: Titles, facts: Mapping[str, Any], grade: str, promotions: Sequence[FiredRule]
) -> tuple[Difference, ...]:
    """Heaviest first."""
    promoted = [rule.id for rule in promotions]
    try:
        heard = bound.heard(facts)
        found = [*differences(bound, titles, heard, grade, len(promoted))]
    except FactValueError:
        return ()
    own = Search(bound, heard).own if bound.pack.grading.promotions else None
    if own is not None:
        found += by_others(bound, titles, heard, own, promoted)
    grades = bound.grades()
    return tuple(sorted(found, key=lambda other: grades.index(other.grade), reverse=True))


def _shown(rule: FiredRule, titles: Titles) -> ShownRule:
    facts = tuple(
        ShownFact(name=name, title=titles.fact(name), value=titles.value(name, value))
        for name, value in rule.facts.items()
    )
    return ShownRule(
        id=rule.id,
        table=rule.table,
        gives=titles.value(GIVEN_BY[rule.table], rule.gives or rule.grade),
        grade=rule.grade,
        clause=rule.clause,
        says=rule.says,
        facts=facts,
    )
