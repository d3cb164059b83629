"""The steps of a number on which anything in a pack depends: thresholds that conditions hold it against."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.policy.conditions.money import FEN, fold
from shared.policy.conditions.syntax import Call, Comparison, Name, Node, WholeLiteral, children

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_STEPS: Mapping[str, tuple[int, ...]] = {
    ">=": (0,),
    "<": (0,),
    ">": (1,),
    "<=": (1,),
    "==": (0, 1),
    "!=": (0, 1),
}


class Levels(NamedTuple):
    """Values of a fact that nothing tells apart are on one level. `thresholds` are the first values of the
    levels above the lowest, in order; None where every value counts."""

    thresholds: tuple[int, ...] | None

    def of(self, value: int) -> int:
        """The first value of the level; 0 for the lowest. `value` is not negative."""
        if self.thresholds is None:
            return value
        place = bisect_right(self.thresholds, value)
        return self.thresholds[place - 1] if place else 0


EVERY_VALUE = Levels(None)


def levels(fact: str, trees: Iterable[Node], values: Mapping[str, object]) -> Levels:
    """The levels of a whole or money fact in these conditions; `values` are the parameters'."""
    found: set[int] = set()
    for tree in trees:
        steps = _steps(fact, tree, values)
        if steps is None:
            return EVERY_VALUE
        found |= steps
    return Levels(tuple(sorted(found)))


def _steps(fact: str, node: Node, values: Mapping[str, object]) -> set[int] | None:
    """None where the fact is used other than in a comparison with a known value."""
    if node == Name(fact):
        return None
    if isinstance(node, Comparison) and node.sign in _STEPS:
        for sign, one, other in (
            (node.sign, node.left, node.right),
            (_MIRRORED.get(node.sign, node.sign), node.right, node.left),
        ):
            against = _value(other, values) if one == Name(fact) else None
            if against is not None:
                return {against + step for step in _STEPS[sign]}
    found: set[int] = set()
    for child in children(node):
        below = _steps(fact, child, values)
        if below is None:
            return None
        found |= below
    return found


def _value(node: Node, values: Mapping[str, object]) -> int | None:
    match node:
        case WholeLiteral(value=value):
            return value
        case Call(function=function, arguments=arguments) if function in FEN:
            folded = fold(function, arguments)
            return None if isinstance(folded, str) else _value(folded, values)
        case Name(name=name):
            given = values.get(name)
            return given if isinstance(given, int) and not isinstance(given, bool) else None
    return None
