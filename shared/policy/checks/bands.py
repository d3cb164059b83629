"""Bands of one number that overlap, or leave values between them to nobody.

Compared are rules that ask the same of everything else. A rule nested in another, such as `>= 30` above
`>= 5`, is the usual form and no overlap. A gap is what lies between two bands of different outcome and is
left to an `otherwise` that is not of a grade between theirs, or is a single value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from shared.policy.checks.study import Finding, Row, Study, Table
from shared.policy.conditions import FactType, render
from shared.policy.conditions.syntax import Node
from shared.policy.reasoning import Case, Numbers, covers
from shared.policy.reasoning.domains import Cut


@dataclass(frozen=True)
class _Band:
    row: Row
    numbers: Numbers


def check(study: Study) -> Iterator[Finding]:
    for table in study.tables:
        if table.order:
            for term, apart, bands in _groups(table):
                money = study.types.get(render(term)) is FactType.MONEY
                yield from _overlaps(term, bands, money)
                if not table.gaps:
                    yield from _gaps(table, term, apart, bands, money)


def _groups(table: Table) -> Iterator[tuple[Node, Case, list[_Band]]]:
    """The bands of each term, those together that ask the same of all other terms."""
    groups: dict[tuple[Node, frozenset[object]], tuple[Case, list[_Band]]] = {}
    for row in table.rows:
        for case in row.cases or ():
            for term, domain in case.items():
                if isinstance(domain, Numbers):
                    apart: Case = {other: asked for other, asked in case.items() if other != term}
                    _, bands = groups.setdefault((term, frozenset(apart.items())), (apart, []))
                    bands.append(_Band(row, domain))
    for (term, _), (apart, bands) in groups.items():
        if len(bands) > 1:
            yield term, apart, bands


def _overlaps(term: Node, bands: list[_Band], money: bool) -> Iterator[Finding]:
    for upper, lower in combinations(bands, 2):
        shared = upper.numbers.meet(lower.numbers)
        nested = shared in (upper.numbers, lower.numbers)
        if upper.row.gives != lower.row.gives and len(shared.spans) == 1 and not nested:
            values = _shown(shared.spans[0], money, shared.whole)
            yield Finding(
                lower.row.path,
                f"overlaps with {upper.row.id!r} where {render(term)} is {values}; the upper rule decides "
                "there: say so by narrowing one of the two",
                warning=True,
            )


def _gaps(table: Table, term: Node, apart: Case, bands: list[_Band], money: bool) -> Iterator[Finding]:
    taken = bands[0].numbers
    for numbers in _taken(table, term, apart):
        taken = taken.join(numbers)
    for low, high in taken.rest().spans:
        below = next((band for band in bands if any(end == low for _, end in band.numbers.spans)), None)
        above = next((band for band in bands if any(start == high for start, _ in band.numbers.spans)), None)
        if below and above and _is_gap(table, below, above, (low, high)):
            last = max(below, above, key=lambda band: table.rows.index(band.row))
            yield Finding(
                last.row.path,
                f"between {below.row.id!r} and {above.row.id!r} no rule takes {render(term)} of "
                f"{_shown((low, high), money, taken.whole)}, which falls to {table.otherwise!r}: close the "
                "gap, or name in grading.gaps the clause that leaves it",
            )


def _taken(table: Table, term: Node, apart: Case) -> Iterator[Numbers]:
    """The numbers that rules take wherever the other terms are as `apart` says."""
    for row in table.rows:
        for case in row.cases or ():
            rest = {other: asked for other, asked in case.items() if other != term}
            domain = case.get(term)
            if covers(rest, apart):
                yield domain if isinstance(domain, Numbers) else Numbers.every()


def _is_gap(table: Table, below: _Band, above: _Band, span: tuple[Cut, Cut]) -> bool:
    if below.row.gives == above.row.gives:
        return False
    low, high, left = (table.order.index(g) for g in (below.row.gives, above.row.gives, table.otherwise))
    between = min(low, high) < left < max(low, high)
    return not between or span == ((span[0][0], 0), (span[0][0], 1))


def _shown(span: tuple[Cut, Cut], money: bool, whole: bool) -> str:
    (low, above), (high, after) = span
    if whole and isinstance(high, Fraction):
        high, after = high - 1, 1
    if low == high:
        return _number(low, money)
    bounds = []
    if isinstance(low, Fraction):
        bounds.append(f"more than {_number(low, money)}" if above else f"{_number(low, money)} or more")
    if isinstance(high, Fraction):
        bounds.append(f"{'up to' if after else 'less than'} {_number(high, money)}")
    return " and ".join(bounds)


def _number(value: Fraction | float, money: bool) -> str:
    return f"{float(value) / 100:,.2f} yuan" if money else f"{float(value):,g}"
