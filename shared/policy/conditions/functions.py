"""The functions and methods that a condition may call."""

from collections.abc import Sequence

from shared.policy.conditions import patterns, times
from shared.policy.conditions.money import FEN
from shared.policy.conditions.names import meant
from shared.policy.conditions.render import render
from shared.policy.conditions.syntax import Call, MethodCall, TextLiteral
from shared.policy.conditions.types import FactType, Type, element_of

FUNCTIONS = ("size", "duration", "timestamp", "double", *FEN)
METHODS = ("startsWith", "endsWith", "contains", "matches")
QUANTIFIERS = ("exists", "all")

_FROM_TEXT = {
    "duration": (times.fault_in_duration, FactType.SPAN, '"24h"'),
    "timestamp": (times.fault_in_timestamp, FactType.MOMENT, '"2026-01-01T00:00:00+08:00"'),
}


def type_of_call(node: Call, kinds: Sequence[Type]) -> FactType | str:
    """The type of a call (money apart), or what is wrong with it."""
    if node.function in METHODS or node.function in QUANTIFIERS:
        return f"{node.function} follows a point: write a.{node.function}(…)"
    if node.function not in FUNCTIONS:
        return (
            f"unknown function '{node.function}'{meant(node.function, (*FUNCTIONS, *METHODS, *QUANTIFIERS))}"
        )
    if len(kinds) != 1:
        return f"{node.function}(…) takes one value, not {len(kinds)}"
    if node.function in _FROM_TEXT:
        return _from_text(node)
    return _size(node, kinds[0]) if node.function == "size" else _double(node, kinds[0])


def _size(node: Call, kind: Type) -> FactType | str:
    if kind is FactType.TEXT or element_of(kind) is not None:
        return FactType.WHOLE
    return f"size(…) takes text or texts, but '{render(node.arguments[0])}' is {kind}"


def _double(node: Call, kind: Type) -> FactType | str:
    if kind is FactType.WHOLE:
        return FactType.NUMBER
    return f"double(…) takes whole, but '{render(node.arguments[0])}' is {kind}"


def _from_text(node: Call) -> FactType | str:
    fault_in, kind, example = _FROM_TEXT[node.function]
    argument = node.arguments[0]
    if not isinstance(argument, TextLiteral):
        return f"{node.function}(…) takes a text written out, as in {node.function}({example})"
    return fault_in(argument.value) or kind


def fault_in_method(node: MethodCall, kinds: Sequence[Type]) -> str | None:
    """What is wrong with a method call, whose subject's and arguments' types are `kinds`; None when right."""
    if node.method not in METHODS:
        if node.method in FUNCTIONS:
            return f"{node.method} stands before its value: write {node.method}({render(node.subject)})"
        return f"unknown method '{node.method}'{meant(node.method, (*METHODS, *QUANTIFIERS))}"
    if len(node.arguments) != 1:
        return f".{node.method}(…) takes one text, not {len(node.arguments)}"
    if kinds[0] is FactType.TEXTS and node.method == "contains":
        return f"contains is for text; write {render(node.arguments[0])} in {render(node.subject)}"
    for part, kind in zip((node.subject, *node.arguments), kinds, strict=True):
        if kind is not FactType.TEXT:
            return f".{node.method}(…) needs text, but '{render(part)}' is {kind}"
    if node.method != "matches":
        return None
    pattern = node.arguments[0]
    if not isinstance(pattern, TextLiteral):
        return ".matches(…) takes a pattern written out"
    return patterns.fault_in_pattern(pattern.value)
