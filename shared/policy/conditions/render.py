"""Writes a tree back as CEL. What is written reads back as the same tree."""

from decimal import Decimal

from shared.policy.conditions.syntax import (
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    ListLiteral,
    MethodCall,
    Minus,
    Name,
    Node,
    Not,
    NumberLiteral,
    Quantifier,
    TextLiteral,
    TruthLiteral,
    WholeLiteral,
)

# How tightly each kind of node holds its parts; a looser part goes in brackets.
_CHOICE, _ANY, _ALL, _COMPARISON, _SUM, _PRODUCT, _UNARY, _ATOM = range(1, 9)


def render(node: Node) -> str:
    """The tree as CEL, with only the brackets that it needs."""
    return _operation(node)[0]


def _within(node: Node, least: int) -> str:
    text, hold = _operation(node)
    return text if hold >= least else f"({text})"


def _operation(node: Node) -> tuple[str, int]:
    match node:
        case Choice(test=test, then=then, otherwise=otherwise):
            return f"{_within(test, _ANY)} ? {_within(then, _ANY)} : {_within(otherwise, _CHOICE)}", _CHOICE
        case AnyOf(parts=parts):
            return " || ".join(_within(part, _ALL) for part in parts), _ANY
        case AllOf(parts=parts):
            return " && ".join(_within(part, _COMPARISON) for part in parts), _ALL
        case Comparison(sign=sign, left=left, right=right):
            return f"{_within(left, _COMPARISON)} {sign} {_within(right, _SUM)}", _COMPARISON
        case Arithmetic(sign=sign, left=left, right=right):
            hold = _SUM if sign in "+-" else _PRODUCT
            return f"{_within(left, hold)} {sign} {_within(right, hold + 1)}", hold
        case Not(operand=operand):
            return f"!{_within(operand, _ATOM)}", _UNARY
        case Minus(operand=operand):
            return f"-{_within(operand, _ATOM)}", _UNARY
    return _atom(node), _ATOM


def _atom(node: Node) -> str:
    match node:
        case Name(name=name):
            return name
        case TruthLiteral(value=value):
            return "true" if value else "false"
        case WholeLiteral(value=value):
            return str(value)
        case NumberLiteral(value=value):
            return _number(value)
        case TextLiteral(value=value):
            return _text(value)
        case ListLiteral(items=items):
            return f"[{_listed(items)}]"
        case Call(function=function, arguments=arguments):
            return f"{function}({_listed(arguments)})"
        case MethodCall(method=method, subject=subject, arguments=arguments):
            return f"{_within(subject, _ATOM)}.{method}({_listed(arguments)})"
        case Quantifier(name=name, subject=subject, variable=variable, test=test):
            return f"{_within(subject, _ATOM)}.{name}({variable}, {render(test)})"
    raise TypeError(f"{type(node).__name__} is not part of a condition")


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(render(node) for node in nodes)


def _number(value: Decimal) -> str:
    text = str(value)
    return f"{text}.0" if text.isdigit() else text


def _text(value: str) -> str:
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if " " <= sign != "\x7f" else f"\\u{ord(sign):04x}" for sign in plain) + '"'
