"""Counts the lines of ledgers by regime and section."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import get_args

from shared.policy.pack import Pack
from shared.policy.parts import at_work
from shared.policy.sections.ledger import LedgerLine, Section
from shared.policy.source import Source

SECTIONS: tuple[str, ...] = get_args(Section)


@dataclass(frozen=True)
class Demand:
    """A line of a ledger, with the pack and the regime that it belongs to."""

    pack: str
    id: str
    regime: str
    line: LedgerLine

    def proved(self, shown: Set[str]) -> bool:
        """Everything that carries it is among what the scenarios of its pack have shown."""
        return bool(self.line.by) and set(self.line.by) <= shown


@dataclass
class Count:
    """How many lines, and what becomes of them. `proved` of those carried."""

    demanded: int = 0
    carried: int = 0
    proved: int = 0
    parameters: int = 0
    outside: int = 0
    planned: int = 0

    def add(self, demand: Demand, shown: Set[str]) -> None:
        line = demand.line
        self.demanded += 1
        self.carried += bool(line.by)
        self.proved += demand.proved(shown)
        self.parameters += bool(line.params) and not line.by
        self.outside += line.outside is not None
        self.planned += line.planned is not None


@dataclass
class Row:
    """A regime: the packs that carry it out, its lines in all and by section."""

    packs: list[str] = field(default_factory=list)
    total: Count = field(default_factory=Count)
    sections: dict[str, Count] = field(default_factory=dict)


def demands(pack: Pack) -> Iterator[Demand]:
    """The ledger of a pack; a line that names no regime stands in the only one."""
    for name, line in pack.ledger.items():
        yield Demand(pack.pack, name, line.regime or pack.regimes[0], line)


def removable(source: Source, pack: Pack) -> list[str]:
    """The parts whose loss a scenario of the pack must notice: those that carry a line of its ledger, and all
    that do something by themselves and stand in its own file, not in that of a pack that it extends."""
    carrying = (part for demand in demands(pack) for part in demand.line.by)
    there = at_work(pack.model_dump(mode="json", by_alias=True))
    return sorted({*carrying, *(part for path, part in there if source.place(path)[0] == source.file)})


def rows(regimes: Iterable[str], packs: Iterable[Pack], shown: Mapping[str, Set[str]]) -> dict[str, Row]:
    """A row for every regime. `shown`: by pack, the carriers that its scenarios show."""
    table = {regime: Row() for regime in regimes}
    for pack in packs:
        for regime in pack.regimes:
            table.setdefault(regime, Row()).packs.append(pack.pack)
        for demand in demands(pack):
            row = table[demand.regime]
            for count in (row.total, row.sections.setdefault(demand.line.section, Count())):
                count.add(demand, shown.get(pack.pack, frozenset()))
    return table
