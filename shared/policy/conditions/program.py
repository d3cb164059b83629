"""All conditions of a pack as one program: compiled together, evaluated together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from shared.policy.conditions.checking import check
from shared.policy.conditions.compiling import ConditionFailure, Program, compiled, run
from shared.policy.conditions.faults import ConditionSyntaxError, Fault
from shared.policy.conditions.names import (
    KNOWN,
    asked_of_known,
    asks_all_known,
    facts_in,
    refuse_bad_names,
)
from shared.policy.conditions.parser import parse
from shared.policy.conditions.syntax import Node
from shared.policy.conditions.types import FactType
from shared.policy.conditions.values import taken


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it stands in a pack. `place` is what people are told, such as `bank.yaml:41`."""

    id: str
    source: str
    place: object


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one condition. `column` counts the condition's own text, from 1."""

    place: object
    id: str
    message: str
    column: int

    def __str__(self) -> str:
        return f"{self.place}: {self.id}: {self.message} (column {self.column})"


class ConditionErrors(ValueError):  # noqa: N818 (one exception, many problems)
    """All that is wrong with the conditions of a pack, in their order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class EvaluationError(RuntimeError):
    """One condition has no value for these facts, as when it divides by zero."""

    def __init__(self, condition: Condition, reason: str) -> None:
        super().__init__(f"{condition.place}: {condition.id}: {reason}")
        self.id = condition.id
        self.place = condition.place
        self.reason = reason


class Verdicts(dict[str, bool]):
    """Which conditions hold, by id. One that failed is not among them: asking for it raises its error.

    `failures` are all that failed, in the order of the conditions.
    """

    def __init__(
        self, values: Iterable[tuple[str, bool]] = (), failures: Sequence[EvaluationError] = ()
    ) -> None:
        super().__init__(values)
        self.failures = tuple(failures)

    def __missing__(self, condition: str) -> bool:
        for failure in self.failures:
            if failure.id == condition:
                raise failure
        raise KeyError(condition)


@dataclass(frozen=True, slots=True)
class _Checked:
    condition: Condition
    tree: Node
    plain: Node
    facts: frozenset[str]


class Conditions:
    """The conditions of a pack, checked and compiled. Made by `compile`, never changed."""

    def __init__(self, parts: Sequence[_Checked], types: Mapping[str, FactType]) -> None:
        self._parts = {part.condition.id: part for part in parts}
        self._ids = tuple(self._parts)
        self._asked = sorted(frozenset[str]().union(*(asked_of_known(part.tree) for part in parts)))
        self._asks_all_known = any(asks_all_known(part.tree) for part in parts)
        self._looked_at = frozenset[str]().union(*(part.facts for part in parts))
        self._facts = {name: types[name] for name in sorted(self._looked_at)}
        self._program = self._compiled([part.plain for part in parts])

    @classmethod
    def compile(cls, conditions: Sequence[Condition], types: Mapping[str, FactType]) -> Self:
        """Raises ConditionErrors with every problem found, and ValueError when a fact's name is no name."""
        refuse_bad_names(types)
        problems: list[Problem] = _repeated(conditions)
        parts: list[_Checked] = []
        for condition in conditions:
            part = _checked(condition, types)
            if isinstance(part, _Checked):
                parts.append(part)
            else:
                problems += (Problem(condition.place, condition.id, f.message, f.at + 1) for f in part)
        if problems:
            raise ConditionErrors(problems)
        return cls(parts, types)

    def evaluate(self, facts: Mapping[str, object]) -> Verdicts:
        """Which conditions hold for these facts.

        A fact that is absent, or None, is empty: false, 0, "", [], the epoch. Raises FactValueError for a
        fact that is looked at and not of its type. A condition that fails does not stop the others.
        """
        if not self._ids:
            return Verdicts()
        given = [*taken(facts, self._facts), self._known(facts)]
        try:
            return Verdicts(zip(self._ids, run(self._program, given), strict=True))
        except ConditionFailure:
            return self._one_by_one(given)

    @property
    def looked_at(self) -> frozenset[str]:
        """Every fact that any of the conditions looks at."""
        return self._looked_at

    @property
    def asks_all_known(self) -> bool:
        """Whether any of them asks more of `known` than for names that are written out."""
        return self._asks_all_known

    @property
    def trees(self) -> Iterator[Node]:
        """All conditions as they were written."""
        return (part.tree for part in self._parts.values())

    def names(self, condition: str) -> frozenset[str]:
        """The facts that a condition looks at, also those it only asks `"name" in known` of."""
        return self._parts[condition].facts

    def tree(self, condition: str) -> Node:
        """The condition as it was written, for whoever explains or analyses it."""
        return self._parts[condition].tree

    def _compiled(self, conditions: Sequence[Node]) -> Program:
        return compiled(conditions, (*self._facts, KNOWN))

    def _known(self, facts: Mapping[str, object]) -> list[str]:
        names = sorted(facts) if self._asks_all_known else self._asked
        return [name for name in names if facts.get(name) is not None]

    @cached_property
    def _alone(self) -> Mapping[str, Program]:
        return {id_: self._compiled([part.plain]) for id_, part in self._parts.items()}

    def _one_by_one(self, given: Sequence[object]) -> Verdicts:
        values: list[tuple[str, bool]] = []
        failures: list[EvaluationError] = []
        for id_, program in self._alone.items():
            try:
                values += [(id_, value) for value in run(program, given)]
            except ConditionFailure as wrong:
                failures.append(EvaluationError(self._parts[id_].condition, str(wrong)))
        return Verdicts(values, failures)


def _checked(condition: Condition, types: Mapping[str, FactType]) -> _Checked | tuple[Fault, ...]:
    try:
        tree = parse(condition.source)
    except ConditionSyntaxError as wrong:
        return (wrong.fault,)
    found = check(tree, types)
    return found.faults or _Checked(condition, tree, found.plain, facts_in(tree))


def _repeated(conditions: Sequence[Condition]) -> list[Problem]:
    first: dict[str, Condition] = {}
    problems = []
    for condition in conditions:
        if (earlier := first.setdefault(condition.id, condition)) is not condition:
            message = f"this id is taken already, at {earlier.place}"
            problems.append(Problem(condition.place, condition.id, message, 1))
    return problems
