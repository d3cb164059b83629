"""The parts that a condition is made of, as frozen nodes.

Every node knows `at`, the offset (in characters, from 0) of the text that it was read from: for an operator
the operator's own, otherwise that of its first character. Two nodes are equal when they mean the same,
wherever they stood.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

ComparisonSign = Literal["==", "!=", "<", "<=", ">", ">=", "in"]
ArithmeticSign = Literal["+", "-", "*", "/", "%"]
QuantifierName = Literal["exists", "all"]


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of a condition."""

    at: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class TruthLiteral(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class WholeLiteral(Node):
    """A whole number from 0 to 2**63 - 1."""

    value: int


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    """A number with a point or an exponent, kept as it was written."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class TextLiteral(Node):
    """A quoted text, its escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A fact, or the variable of an enclosing `exists` or `all`."""

    name: str


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`!a`"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Minus(Node):
    """`-a`"""

    operand: Node


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """`a && b && c`: two or more parts, as they were chained; what stood in brackets stays a part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """`a || b || c`, likewise."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`a < b`, `a in b` and the like."""

    sign: ComparisonSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a + b` and the like."""

    sign: ArithmeticSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`test ? then : otherwise`"""

    test: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`size(a)`, `duration("24h")`, `yuan(300)` and the like."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MethodCall(Node):
    """`a.contains(b)` and the like."""

    method: str
    subject: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """`subject.exists(v, test)` or `subject.all(v, test)`."""

    name: QuantifierName
    subject: Node
    variable: str
    test: Node


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly under a node, in the order they are written."""
    match node:
        case ListLiteral(items=parts) | AllOf(parts=parts) | AnyOf(parts=parts) | Call(arguments=parts):
            return parts
        case Not(operand=operand) | Minus(operand=operand):
            return (operand,)
        case Comparison(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case Choice(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case MethodCall(subject=subject, arguments=arguments):
            return (subject, *arguments)
        case Quantifier(subject=subject, test=test):
            return (subject, test)
    return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node of a tree with its depth (the root's is 1). Takes a tree of any depth."""
    waiting = [(node, 1)]
    while waiting:
        found, depth = waiting.pop()
        yield found, depth
        waiting.extend((child, depth + 1) for child in children(found))
