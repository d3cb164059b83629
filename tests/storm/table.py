"""What was counted against what was handed in: the rows of the table, and everything that differs."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SHOWN = 5


@dataclass
class Table:
    """Rows of (what, wanted, found), and the differences in words. All is well when there are none."""

    rows: list[tuple[str, int, int]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, what: str, wanted: int, found: int) -> None:
        self.rows.append((what, wanted, found))
        if wanted != found:
            self.differences.append(f"{what}: {wanted} wanted, {found} found")

    def counts(self, what: str, wanted: Mapping[str, int], found: Mapping[str, int]) -> None:
        """A row for each name in either."""
        for name in sorted({*wanted, *found}):
            self.count(f"{what} {name}", wanted.get(name, 0), found.get(name, 0))

    def same(self, what: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """One row for all: how many are as they shall be; those that are not, by name."""
        wrong = [name for name in sorted({*wanted, *found}) if wanted.get(name) != found.get(name)]
        self.rows.append((what, len(wanted), len(wanted) - sum(name in wanted for name in wrong)))
        self._wrong(what, (f"{n}: {wanted.get(n)} wanted, {found.get(n)} found" for n in wrong), len(wrong))

    def once(self, what: str, found: Iterable[Hashable]) -> None:
        """Nothing there twice."""
        doubles = {str(name): n for name, n in Counter(found).items() if n > 1}
        self._wrong(f"{what} twice", (f"{name} {n} times" for name, n in doubles.items()), len(doubles))

    def none(self, what: str, found: Iterable[str]) -> None:
        listed = list(found)
        self._wrong(what, listed, len(listed))

    def _wrong(self, what: str, told: Iterable[str], count: int) -> None:
        if count:
            some = [line for _, line in zip(range(SHOWN), told, strict=False)]
            self.differences.append(f"{what} ({count}): " + "; ".join(some))
