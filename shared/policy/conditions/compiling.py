"""Puts checked conditions into Python: one function of the facts that gives the value of each.

The code is made of syntax nodes, never of text, and holds nothing but the facts, literals and the few
functions named here; so a condition reaches nothing else, and always ends.

As CEL has it, `a && b` is false when either side is, even when the other fails, and `a || b` likewise.
"""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from shared.policy.conditions import patterns, times
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
    walk,
)

QUOTIENT = "quotient"
REMAINDER = "remainder"
"""How a checked condition calls `/` and `%` between whole numbers, which cut towards zero."""

Program = Callable[..., object]
"""Takes the facts by position."""

_SIGNS: Mapping[str, ast.operator] = {
    "+": ast.Add(),
    "-": ast.Sub(),
    "*": ast.Mult(),
    "/": ast.Div(),
}
_COMPARED: Mapping[str, ast.cmpop] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
    "in": ast.In(),
}
_AT_AN_END = {"startsWith": "startswith", "endsWith": "endswith"}


class ConditionFailure(Exception):  # noqa: N818 (a condition that has no value is no error of ours)
    """A condition has no value for these facts. The text says why, on one line."""


def compiled(conditions: Sequence[Node], facts: Iterable[str]) -> Program:
    """A function of the facts, in this order, that gives a list: the value of each condition."""
    return _Compiler().function(list(facts), conditions)


def run(program: Program, facts: Iterable[object]) -> list[Any]:
    """Raises ConditionFailure when one of the conditions fails, as it does on a division by zero."""
    try:
        return cast(list[Any], program(*facts))
    except ZeroDivisionError:
        raise ConditionFailure("division by zero") from None
    except OverflowError:
        raise ConditionFailure("a result is too large to hold") from None


class _Compiler:
    """Puts nodes into Python; `_reached` is all that the code can reach beside the facts."""

    def __init__(self) -> None:
        self._reached: dict[str, object] = {
            "__builtins__": {},
            "all": all,
            "any": any,
            "float": float,
            "len": len,
            "every": _every,
            "some": _some,
            QUOTIENT: _quotient,
            REMAINDER: _remainder,
        }

    def function(self, facts: Sequence[str], conditions: Sequence[Node]) -> Program:
        given = [ast.arg(_fact(name)) for name in facts]
        arguments = ast.arguments(posonlyargs=given, args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        values = ast.List([self._put(condition) for condition in conditions], ast.Load())
        expression = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, values)))
        made: Program = eval(compile(expression, "<conditions>", "eval"), self._reached)  # noqa: S307
        return made

    def _put(self, node: Node) -> ast.expr:
        match node:
            case TruthLiteral() | WholeLiteral() | TextLiteral():
                return ast.Constant(node.value)
            case NumberLiteral():
                return ast.Constant(float(node.value))
            case Name():
                return _name(_fact(node.name))
            case ListLiteral():
                return ast.List([self._put(item) for item in node.items], ast.Load())
            case Not():
                return ast.UnaryOp(ast.Not(), self._put(node.operand))
            case Minus():
                return ast.UnaryOp(ast.USub(), self._put(node.operand))
            case AllOf():
                return self._joined(node.parts, ast.And(), "every")
            case AnyOf():
                return self._joined(node.parts, ast.Or(), "some")
            case Comparison():
                return ast.Compare(self._put(node.left), [_COMPARED[node.sign]], [self._put(node.right)])
            case Arithmetic():
                return ast.BinOp(self._put(node.left), _SIGNS[node.sign], self._put(node.right))
            case Choice():
                return ast.IfExp(self._put(node.test), self._put(node.then), self._put(node.otherwise))
            case Call():
                return self._call(node)
            case MethodCall():
                return self._method(node)
            case Quantifier():
                return self._quantifier(node)
        raise TypeError(f"{type(node).__name__} is not part of a condition")

    def _joined(self, parts: Sequence[Node], sign: ast.boolop, whatever_fails: str) -> ast.expr:
        values = [self._put(part) for part in parts]
        if not any(_may_fail(part) for part in parts[:-1]):
            return ast.BoolOp(sign, values)
        return _called(whatever_fails, *(_later(value) for value in values))

    def _call(self, node: Call) -> ast.expr:
        match node:
            case Call(function="duration", arguments=(TextLiteral(value=text),)):
                return self._reach(times.duration(text))
            case Call(function="timestamp", arguments=(TextLiteral(value=text),)):
                return self._reach(times.timestamp(text))
        function = {"size": "len", "double": "float"}.get(node.function, node.function)
        return _called(function, *(self._put(argument) for argument in node.arguments))

    def _method(self, node: MethodCall) -> ast.expr:
        [argument] = node.arguments
        subject = self._put(node.subject)
        if node.method == "contains":
            return ast.Compare(self._put(argument), [ast.In()], [subject])
        if node.method == "matches" and isinstance(argument, TextLiteral):
            return ast.Call(self._reach(patterns.pattern(argument.value)), [subject], [])
        method = ast.Attribute(subject, _AT_AN_END[node.method], ast.Load())
        return ast.Call(method, [self._put(argument)], [])

    def _quantifier(self, node: Quantifier) -> ast.expr:
        each = ast.comprehension(
            ast.Name(_fact(node.variable), ast.Store()), self._put(node.subject), ifs=[], is_async=0
        )
        function = {"exists": "any", "all": "all"}[node.name]
        return _called(function, ast.GeneratorExp(self._put(node.test), [each]))

    def _reach(self, value: object) -> ast.expr:
        name = f"literal_{len(self._reached)}"
        self._reached[name] = value
        return _name(name)


def _fact(name: str) -> str:
    """Facts may be called like a function or a word of Python."""
    return f"fact_{name}"


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _called(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(_name(function), list(arguments), [])


def _later(value: ast.expr) -> ast.Lambda:
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Lambda(nothing, value)


def _may_fail(node: Node) -> bool:
    return any(
        isinstance(part, Arithmetic) or (isinstance(part, Call) and part.function in (QUOTIENT, REMAINDER))
        for part, _ in walk(node)
    )


def _every(*parts: Callable[[], bool]) -> bool:
    return not _some(*(lambda part=part: not part() for part in parts))


def _some(*parts: Callable[[], bool]) -> bool:
    """Whether any holds; the first failure where none does."""
    failure: ArithmeticError | None = None
    for part in parts:
        try:
            if part():
                return True
        except ArithmeticError as wrong:
            failure = failure or wrong
    if failure is not None:
        raise failure
    return False


def _quotient(left: int, right: int) -> int:
    whole = abs(left) // abs(right)
    return whole if (left < 0) == (right < 0) else -whole


def _remainder(left: int, right: int) -> int:
    return left - right * _quotient(left, right)
