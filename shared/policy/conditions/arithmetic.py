"""What + - * / % give for which types, and how each is put to the library."""

from collections.abc import Mapping
from decimal import Decimal

from shared.policy.conditions.syntax import (
    Arithmetic,
    ArithmeticSign,
    Call,
    Choice,
    Comparison,
    Minus,
    Node,
    NumberLiteral,
    WholeLiteral,
    walk,
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


def as_number(plain: Node) -> Node:
    """A whole value as a number, since the library mixes the two in comparisons only."""
    if isinstance(plain, WholeLiteral):
        return NumberLiteral(Decimal(plain.value), at=plain.at)
    return Call("double", (plain,), at=plain.at)


def quotient(left: Node, right: Node, at: int) -> Node:
    """A division of numbers that fails on zero, where the library gives infinity and every `>` would hold."""
    division = Arithmetic("/", left, right, at=at)
    if isinstance(right, NumberLiteral) and right.value != 0:
        return division
    failure = Arithmetic("/", WholeLiteral(1, at=at), WholeLiteral(0, at=at), at=at)
    return Choice(Comparison("==", right, WholeLiteral(0, at=at), at=at), failure, division, at=at)


def divides(node: Node) -> bool:
    return any(isinstance(part, Arithmetic) and part.sign == "/" for part, _ in walk(node))
