"""What would have to differ for another grade: for each grade the fewest terms that would have to change.

A grade is given where a rule that gives it holds and none above it that gives another does. The cases of its
rules are tried, those first that differ from the facts in the fewest terms, and of
those the nearest. Where a rule above would still
decide, the case is cut to what lies outside that rule, and tried again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import count

from shared.contracts.words import Value, Words
from shared.policy.bound import BoundPack
from shared.policy.conditions import KNOWN
from shared.policy.conditions.names import facts_in
from shared.policy.conditions.syntax import Comparison, Name, Node, TextLiteral
from shared.policy.reasoning import CannotTellError, Case, Numbers, Reader, outside
from shared.policy.reasoning.terms import Point
from shared.policy.titles import Titles
from shared.policy.wording import Wording

MOST_TRIES = 300


class Change(Value):
    """One thing that would have to be otherwise: the facts it is about, and the sentence that says it."""

    facts: tuple[str, ...]
    says: Words


class Difference(Value):
    """What would give `grade`: the rule that would decide (none: no rule would fire), and the changes.

    No changes: the rules alone give it already, and something beyond them gave the grade it has.
    """

    grade: str
    title: Words
    rule: str | None
    clause: str | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Row:
    id: str | None
    clause: str | None
    grade: str
    cases: list[Case]


@dataclass(frozen=True)
class Found:
    """A rule that would decide, the terms that would have to change for it, and the facts so changed."""

    rule: str | None
    clause: str | None
    changes: Case
    point: Point


def differences(
    bound: BoundPack, titles: Titles, facts: Mapping[str, object], grade: str, promoted: int = 0
) -> tuple[Difference, ...]:
    """For each grade but `grade`, heaviest first; a grade for which nothing is found is left out.

    Raises are worked out with the rules. The `promoted` steps that others brought hold for the grade that it
    has by itself; of another grade they are others.
    """
    search, wording = Search(bound, facts, promoted), Wording(titles, bound.fact_types)
    told = []
    for other in reversed(bound.grades()):
        found = search.nearest(other) if other != grade else None
        if found is not None:
            changes = tuple(_change(found, term, search.here, wording) for term in found.changes)
            title = bound.pack.grading.grades[other].title
            told.append(
                Difference(grade=other, title=title, rule=found.rule, clause=found.clause, changes=changes)
            )
    return tuple(told)


def _change(found: Found, term: Node, here: Point, wording: Wording) -> Change:
    now = here.facts.get(term.name) if isinstance(term, Name) else here.value(term)
    return Change(facts=tuple(sorted(facts_in(term))), says=wording.says(term, found.changes[term], now))


class Search:
    """The rules of a pack, and the facts `here` from which other grades are looked for."""

    def __init__(self, bound: BoundPack, facts: Mapping[str, object], promoted: int = 0) -> None:
        self._bound = bound
        self._promoted = promoted
        self.here = Point(bound.fact_types, facts)
        reader = Reader(bound.fact_types, bound.values)
        self._rows = [*_rows(bound, reader)]

    def nearest(self, grade: str) -> Found | None:
        """The fewest changes after which the rules give `grade`; None where none is found."""
        order, waiting = count(), list[tuple[int, float, int, int, Case]]()

        def wait(cases: Iterator[Case] | list[Case], at: int) -> None:
            for case in cases:
                try:
                    changes = self._changes(case)
                    heappush(waiting, (len(changes), self._far(changes), at, next(order), case))
                except CannotTellError:
                    continue

        for at, row in enumerate(self._rows):
            if self._lifted(row.grade, self.here) == grade:
                wait(row.cases, at)
        for _ in range(MOST_TRIES):
            if not waiting:
                return None
            _, _, at, _, case = heappop(waiting)
            changes = self._changes(case)
            try:
                point = self._moved(changes)
                above = self._above(point, at)
            except CannotTellError:
                continue
            if above is not None:  # a piece that is the whole case would only lead here again
                wait([piece for piece in outside([case], above) if piece != case], at)
            elif _holds(case, point) and self._gives(point, grade):
                return Found(self._rows[at].id, self._rows[at].clause, changes, point)
        return None

    def _changes(self, case: Case) -> Case:
        """The terms of a case that are otherwise here. Whoever gives a value makes the fact known."""
        changes = {term: domain for term, domain in case.items() if not self.here.lies(term, domain)}
        given = {term.name for term in changes if isinstance(term, Name)}
        return {t: d for t, d in changes.items() if not (d.holds(True) and _asked_known(t) in given)}

    def _far(self, changes: Case) -> float:
        """How far all changes go together; one that is not of a number counts as 1."""
        return sum(
            domain.far(self.here.value(term)) if isinstance(domain, Numbers) else 1.0
            for term, domain in changes.items()
        )

    def _moved(self, changes: Case) -> Point:
        """The facts with these changes. Parameters do not change, and a term set beside the
        facts must not hang together with others."""
        point = self.here
        if any(facts_in(term) <= self._bound.values.keys() for term in changes):
            raise CannotTellError
        for term, domain in changes.items():
            point = point.moved(term, domain)
        beside = [name for term in point.beside for name in facts_in(term)]
        terms = {term for row in self._rows for case in row.cases for term in case} - point.beside.keys()
        elsewhere = {name for term in terms for name in facts_in(term)}
        if len(beside) > len(set(beside)) or elsewhere & set(beside):
            raise CannotTellError
        return point

    def _above(self, point: Point, at: int) -> Case | None:
        """A case of a rule above that gives another grade and holds at `point`."""
        rows = (row for row in self._rows[:at] if row.grade != self._rows[at].grade)
        return next((case for row in rows for case in row.cases if _holds(case, point)), None)

    def _gives(self, point: Point, grade: str) -> bool:
        """Whether the rules themselves agree, where facts alone decide."""
        if point.beside:
            return True
        holds = self._bound.rules.evaluate(point.facts)
        if holds.failures:
            return False
        grading = self._bound.pack.grading
        own = next((rule.grade for rule in grading.rules if holds[rule.id]), grading.otherwise)
        return self._lifted(own, point) == grade

    @cached_property
    def own(self) -> str | None:
        """The grade by rules and raises, before promotions; None where they cannot tell."""
        holds = self._bound.rules.evaluate(self.here.facts)
        if holds.failures:
            return None
        grading = self._bound.pack.grading
        own = next((rule.grade for rule in grading.rules if holds[rule.id]), grading.otherwise)
        return self._raised(own, self.here)

    def _lifted(self, grade: str, point: Point) -> str:
        """What raises and promotions make of a grade that the rules give."""
        raised = self._raised(grade, point)
        return _up(self._bound, raised, self._promoted if self._promoted and raised == self.own else 0)

    def _raised(self, grade: str, point: Point) -> str:
        steps = 0
        table = self._bound.pack.grading.raises
        holds = self._bound.raises.evaluate({**point.facts, "grade": grade}) if table else {}
        for rule in table:
            up = rule.steps if isinstance(rule.steps, int) else point.facts.get(rule.steps, 0)
            steps += up if isinstance(up, int) and up > 0 and holds.get(rule.id) else 0
        return _up(self._bound, grade, steps)


def _up(bound: BoundPack, grade: str, steps: int) -> str:
    grades = bound.grades()
    return grades[min(grades.index(grade) + steps, len(grades) - 1)]


def _rows(bound: BoundPack, reader: Reader) -> Iterator[_Row]:
    grading = bound.pack.grading
    for rule in grading.rules:
        try:
            yield _Row(rule.id, rule.clause, rule.grade, reader.cases(bound.rules.tree(rule.id)))
        except CannotTellError:
            continue
    yield _Row(None, grading.otherwise_clause, grading.otherwise, [{}])


def _holds(case: Case, point: Point) -> bool:
    return all(point.lies(term, domain) for term, domain in case.items())


def _asked_known(term: Node) -> str | None:
    match term:
        case Comparison(sign="in", left=TextLiteral(value=name), right=Name(name=right)) if right == KNOWN:
            return name
    return None
