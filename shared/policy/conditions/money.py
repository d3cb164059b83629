"""Amounts of money in a condition: `yuan(300000)` and `wan(30)`, folded into whole fen."""

from decimal import Decimal
from fractions import Fraction

from shared.policy.conditions.literals import MOST_WHOLE
from shared.policy.conditions.syntax import Minus, Node, NumberLiteral, WholeLiteral

# Fen in one unit. 万元 (wan) is ten thousand yuan.
FEN = {"yuan": 100, "wan": 1_000_000}


def fold(function: str, arguments: tuple[Node, ...]) -> Node | str:
    """The amount as a literal in fen, or what is wrong with it. Nothing is ever rounded."""
    negative = len(arguments) == 1 and isinstance(arguments[0], Minus)
    match arguments:
        case (WholeLiteral() | NumberLiteral() as literal,):
            pass
        case (Minus(operand=WholeLiteral() | NumberLiteral() as literal),):
            pass
        case _:
            return f"{function}(…) takes one number, written out, as in {function}(30)"
    fen = Fraction(literal.value) * FEN[function]
    if fen.denominator != 1:
        return f"{function}({literal.value}) is not a whole number of fen"
    if fen > MOST_WHOLE:
        return f"{function}({literal.value}) is more fen than 64 bits hold"
    amount = WholeLiteral(int(fen), at=literal.at)
    return Minus(amount, at=arguments[0].at) if negative else amount


def how_to_write(node: Node) -> str:
    """How the number at `node` would be written as money, or an example where it is no literal."""
    if not isinstance(node, WholeLiteral | NumberLiteral):
        return "write an amount as yuan(300000) or wan(30)"
    wan = (Decimal(node.value) / 10_000).normalize()
    return f"write yuan({node.value}) or wan({wan:f})"
