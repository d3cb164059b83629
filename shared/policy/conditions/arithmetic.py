"""What + - * / % give for which types, and what cuts a remainder off."""

from collections.abc import Mapping

from shared.policy.conditions.syntax import (
    Arithmetic,
    ArithmeticSign,
    Choice,
    Minus,
    Node,
)
from shared.policy.conditions.types import NUMERIC, FactType, Type

# Beside these, whole numbers take every sign and numbers every sign but %.
_RESULTS: Mapping[tuple[str, Type, Type], FactType] = {
    ("+", FactType.MONEY, FactType.MONEY): FactType.MONEY,
    ("-", FactType.MONEY, FactType.MONEY): FactType.MONEY,
    ("*", FactType.MONEY, FactType.WHOLE): FactType.MONEY,
    ("*", FactType.WHOLE, FactType.MONEY): FactType.MONEY,
    ("+", FactType.TEXT, FactType.TEXT): FactType.TEXT,
    ("+", FactType.TEXTS, FactType.TEXTS): FactType.TEXTS,
    ("+", FactType.MOMENT, FactType.SPAN): FactType.MOMENT,
    ("+", FactType.SPAN, FactType.MOMENT): FactType.MOMENT,
    ("-", FactType.MOMENT, FactType.SPAN): FactType.MOMENT,
    ("-", FactType.MOMENT, FactType.MOMENT): FactType.SPAN,
    ("+", FactType.SPAN, FactType.SPAN): FactType.SPAN,
    ("-", FactType.SPAN, FactType.SPAN): FactType.SPAN,
}


def result(sign: ArithmeticSign, left: Type, right: Type) -> FactType | None:
    """The type that the operation gives, None when it has no meaning."""
    if left in NUMERIC and right in NUMERIC:
        if left is right is FactType.WHOLE:
            return FactType.WHOLE
        return None if sign == "%" else FactType.NUMBER
    return _RESULTS.get((sign, left, right))


def drops_remainder(node: Node) -> bool:
    """Whether a whole value comes out of a division, where 7 / 2 is 3."""
    match node:
        case Arithmetic(sign="/"):
            return True
        case Arithmetic(left=left, right=right):
            return drops_remainder(left) or drops_remainder(right)
        case Choice(then=left, otherwise=right):
            return drops_remainder(left) or drops_remainder(right)
        case Minus(operand=operand):
            return drops_remainder(operand)
    return False
