"""A pack laid open for the checks: its conditions as trees, its tables of rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.policy.bound import BoundPack
from shared.policy.conditions import ConditionSyntaxError, FactType, parse
from shared.policy.conditions.syntax import Node
from shared.policy.pack import Pack
from shared.policy.reasoning import CannotTellError, Case, Reader
from shared.policy.sections.common import Decides, OfParam
from shared.policy.source import Path_


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or doubtful, and what to do about it."""

    path: Path_
    message: str
    warning: bool = False


@dataclass(frozen=True)
class Stated:
    """A condition where it stands. One that a parameter supplies is the company's, and is not here."""

    path: Path_
    tree: Node


@dataclass(frozen=True)
class Row:
    """A rule of a table and what it gives. `cases` is None where nothing can be said of its condition."""

    path: Path_
    id: str
    gives: str
    cases: list[Case] | None


@dataclass(frozen=True)
class Table:
    """Rules of which the first that holds decides. `order`: what they give, the lightest first, where it
    has an order; `gaps`: whether the pack knows of its gaps."""

    path: Path_
    rows: tuple[Row, ...]
    otherwise: str
    order: tuple[str, ...] = ()
    gaps: bool = False


@dataclass(frozen=True)
class Study:
    """A bound pack under study. `given`: the parameters that the company really gave."""

    bound: BoundPack
    given: frozenset[str]

    @property
    def pack(self) -> Pack:
        return self.bound.pack

    @cached_property
    def types(self) -> Mapping[str, FactType]:
        return {**self.bound.fact_types, "grade": FactType.TEXT}

    @cached_property
    def reader(self) -> Reader:
        known = {name for name in self.bound.values if name in self.given}
        return Reader(self.types, {name: self.bound.values[name] for name in known})

    @cached_property
    def stated(self) -> tuple[Stated, ...]:
        """Every condition that the pack itself writes."""
        trees = ((path, tree_of(when)) for path, when in conditions(self.pack))
        return tuple(Stated(path, tree) for path, tree in trees if tree is not None)

    def cases(self, tree: Node | None) -> list[Case] | None:
        """Where a condition holds; None where nothing can be said of it."""
        try:
            return None if tree is None else self.reader.cases(tree)
        except CannotTellError:
            return None

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables whose first rule that holds decides."""
        grading, validity = self.pack.grading, self.pack.validity
        tables = [
            Table(
                ("grading",),
                self._rows(("grading", "rules"), [(rule, rule.grade) for rule in grading.rules]),
                grading.otherwise,
                tuple(grading.grades),
                grading.gaps is not None,
            ),
            Table(
                ("categorising",),
                self._rows(("categorising",), [(rule, rule.category) for rule in self.pack.categorising]),
                "",
            ),
        ]
        if validity is not None:
            given = [(rule, rule.value) for rule in validity.rules]
            tables.append(Table(("validity",), self._rows(("validity", "rules"), given), validity.otherwise))
        return tuple(tables)

    def _rows(self, path: Path_, gives: Sequence[tuple[Decides, str]]) -> tuple[Row, ...]:
        return tuple(
            Row((*path, i, "when"), rule.id, given, self.cases(tree_of(rule.when)))
            for i, (rule, given) in enumerate(gives)
        )


def tree_of(when: object) -> Node | None:
    """A condition that the pack itself writes, as a tree; None for one that a parameter supplies."""
    try:
        return parse(when) if isinstance(when, str) else None
    except ConditionSyntaxError:
        return None


def conditions(pack: Pack) -> Iterator[tuple[Path_, str | OfParam]]:
    """Every condition of a pack over the facts of a complaint, with its place."""
    for path, part in _parts(pack):
        when = getattr(part, "when", None)
        if when is not None:
            yield (*path, "when"), when


def _parts(pack: Pack) -> Iterator[tuple[Path_, object]]:
    lists: dict[Path_, tuple[object, ...]] = {
        ("grading", "rules"): pack.grading.rules,
        ("grading", "raises"): pack.grading.raises,
        ("categorising",): pack.categorising,
        ("conversions",): pack.conversions,
        ("validity", "rules"): pack.validity.rules if pack.validity else (),
        **{("ladders", name, "rungs"): ladder.rungs for name, ladder in pack.ladders.items()},
    }
    for path, parts in lists.items():
        for i, part in enumerate(parts):
            yield (*path, i), part
    for path, block in (
        (("facts", "windows"), pack.facts.windows),
        (("clocks",), pack.clocks),
        (("ladders",), pack.ladders),
        (("notices",), pack.notices),
    ):
        for name, part in block.items():
            yield (*path, name), part
