"""Amounts that look as if 元 and 万元 had been taken for one another.

Money without a unit does not even load. What is left are amounts far beyond what a complaint is about
(wan(300000) is three thousand million yuan), and a few yuan beside ten thousands for the same fact.
"""

from collections.abc import Iterator
from decimal import Decimal

from shared.policy.checks.study import Finding, Stated, Study
from shared.policy.conditions.syntax import Call, Comparison, Node, NumberLiteral, WholeLiteral, walk
from shared.policy.source import Path_

MOST_WAN = 100_000
"""A thousand million yuan."""
FEW_YUAN = 100


def check(study: Study) -> Iterator[Finding]:
    found = [(stated.path, *amount) for stated in study.stated for amount in _amounts(stated)]
    for path, _, unit, number in found:
        if unit == "wan" and number >= MOST_WAN:
            yield Finding(
                path,
                f"wan({number}) is {number * 10_000:,f} yuan; meant yuan({number})?",
                warning=True,
            )
    yield from _lost_wan(found)


def _lost_wan(found: list[tuple[Path_, Node, str, Decimal]]) -> Iterator[Finding]:
    for path, term, unit, number in found:
        in_wan = [n for _, other, u, n in found if other == term and u == "wan"]
        if unit == "yuan" and 0 < number < FEW_YUAN and in_wan:
            yield Finding(
                path,
                f"yuan({number}) beside wan({in_wan[0]}) for the same fact; meant wan({number})?",
                warning=True,
            )


def _amounts(stated: Stated) -> Iterator[tuple[Node, str, Decimal]]:
    """What is compared, the unit and the number of each amount."""
    for node, _ in walk(stated.tree):
        if isinstance(node, Comparison):
            for term, amount in ((node.left, node.right), (node.right, node.left)):
                match amount:
                    case Call(
                        function="yuan" | "wan" as unit,
                        arguments=(WholeLiteral() | NumberLiteral() as literal,),
                    ):
                        yield term, unit, Decimal(literal.value)
