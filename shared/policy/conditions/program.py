"""All conditions of a pack as one program: compiled together, evaluated together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, cast

from shared.policy.conditions.checking import check
from shared.policy.conditions.faults import ConditionSyntaxError, Fault
from shared.policy.conditions.library import LibraryError, Program, compiled, listed, run
from shared.policy.conditions.names import (
    KNOWN,
    asked_of_known,
    asks_all_known,
    asks_known,
    facts_in,
    refuse_bad_names,
)
from shared.policy.conditions.parser import parse
from shared.policy.conditions.render import render
from shared.policy.conditions.syntax import Node
from shared.policy.conditions.types import EMPTY, FactType
from shared.policy.conditions.values import taken

REMEMBERED = 512
"""Of how many different sets of facts the verdicts are kept: complaints differ, but mostly in what no
condition looks at."""


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
class _Compiled:
    condition: Condition
    tree: Node
    plain: str
    program: Program
    facts: frozenset[str]
    asks_known: bool

    def needs(self, context: Mapping[str, object]) -> dict[str, object]:
        """The facts to give to the program: each costs the library a conversion."""
        names = (*self.facts, KNOWN) if self.asks_known else self.facts
        return {name: context[name] for name in names}


class Conditions:
    """The conditions of a pack, checked and compiled. Made by `compile`, never changed."""

    def __init__(self, parts: Sequence[_Compiled], types: Mapping[str, FactType]) -> None:
        self._parts = {part.condition.id: part for part in parts}
        self._ids = tuple(self._parts)
        self._types = dict(types)
        self._program = compiled(listed([part.plain for part in parts]))
        # Each text of `known` costs the library a conversion, so it holds only what somebody asks for.
        self._asked = frozenset[str]().union(*(asked_of_known(part.tree) for part in parts))
        self._asks_all_known = any(asks_all_known(part.tree) for part in parts)
        looked_at = frozenset[str]().union(*(part.facts for part in parts))
        self._empty = {name: EMPTY[types[name]] for name in sorted(looked_at)}
        self._lately: dict[tuple[object, ...], Verdicts] = {}

    @classmethod
    def compile(cls, conditions: Sequence[Condition], types: Mapping[str, FactType]) -> Self:
        """Raises ConditionErrors with every problem found, and ValueError when a fact's name is no name."""
        refuse_bad_names(types)
        problems: list[Problem] = _repeated(conditions)
        parts: list[_Compiled] = []
        for condition in conditions:
            part = _compiled(condition, types)
            if isinstance(part, _Compiled):
                parts.append(part)
            else:
                problems += (Problem(condition.place, condition.id, f.message, f.at + 1) for f in part)
        if problems:
            raise ConditionErrors(problems)
        return cls(parts, types)

    def evaluate(self, facts: Mapping[str, object]) -> Verdicts:
        """Which conditions hold for these facts.

        A fact that is absent, or None, is empty: false, 0, "", [], the epoch. Raises FactValueError for a
        fact that is not declared or not of its type. A condition that fails does not stop the others.
        """
        context = self._context(facts)
        if not self._ids:
            return Verdicts()
        asked = tuple(tuple(value) if isinstance(value, list) else value for value in context.values())
        if (known := self._lately.get(asked)) is not None:
            return known
        try:
            values = cast(list[bool], run(self._program, context))
        except LibraryError:
            return self._one_by_one(context)
        if len(self._lately) >= REMEMBERED:
            self._lately.clear()
        verdicts = self._lately[asked] = Verdicts(zip(self._ids, values, strict=True))
        return verdicts

    @property
    def looked_at(self) -> frozenset[str]:
        """Every fact that any of the conditions looks at."""
        return frozenset(self._empty)

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

    def _context(self, facts: Mapping[str, object]) -> dict[str, object]:
        given = taken(facts, self._types)
        context = {name: given.get(name, empty) for name, empty in self._empty.items()}
        context[KNOWN] = sorted(given if self._asks_all_known else given.keys() & self._asked)
        return context

    def _one_by_one(self, context: dict[str, object]) -> Verdicts:
        values: list[tuple[str, bool]] = []
        failures: list[EvaluationError] = []
        for part in self._parts.values():
            try:
                values.append((part.condition.id, cast(bool, run(part.program, part.needs(context)))))
            except LibraryError as wrong:
                failures.append(EvaluationError(part.condition, str(wrong)))
        return Verdicts(values, failures)


def _compiled(condition: Condition, types: Mapping[str, FactType]) -> _Compiled | tuple[Fault, ...]:
    try:
        tree = parse(condition.source)
    except ConditionSyntaxError as wrong:
        return (wrong.fault,)
    checked = check(tree, types)
    if checked.faults:
        return checked.faults
    plain = render(checked.plain)
    try:
        return _Compiled(condition, tree, plain, compiled(plain), facts_in(tree), asks_known(tree))
    except LibraryError as wrong:
        return (Fault(f"the CEL library refuses it: {wrong}", 0),)


def _repeated(conditions: Sequence[Condition]) -> list[Problem]:
    first: dict[str, Condition] = {}
    problems = []
    for condition in conditions:
        if (earlier := first.setdefault(condition.id, condition)) is not condition:
            message = f"this id is taken already, at {earlier.place}"
            problems.append(Problem(condition.place, condition.id, message, 1))
    return problems
