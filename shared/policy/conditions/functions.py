"""The functions and methods that a condition may call."""

from collections.abc import Sequence

from shared.policy.conditions import times
from shared.policy.conditions.library import CHARACTERS, LibraryError, compiled, run
from shared.policy.conditions.money import FEN
from shared.policy.conditions.names import meant
from shared.policy.conditions.render import render
from shared.policy.conditions.syntax import Call, MethodCall, Node, TextLiteral
from shared.policy.conditions.types import FactType, Type, element_of

FUNCTIONS = ("size", "duration", "timestamp", "double", *FEN)
METHODS = ("startsWith", "endsWith", "contains", "matches")
QUANTIFIERS = ("exists", "all")

# What the library adds to every failure of a function, which helps nobody here.
_ADVICE = ". Check function arguments and their types."
_FROM_TEXT = {
    "duration": (times.fault_in_duration, FactType.SPAN, '"24h"'),
    "timestamp": (times.fault_in_timestamp, FactType.MOMENT, '"2026-01-01T00:00:00+08:00"'),
}


def called(node: Call, kinds: Sequence[Type], plain: Sequence[Node]) -> tuple[FactType, Node] | str:
    """The type of a call (money apart) and its form for the library, or what is wrong with it."""
    if node.function in METHODS or node.function in QUANTIFIERS:
        return f"{node.function} follows a point: write a.{node.function}(…)"
    if node.function not in FUNCTIONS:
        return (
            f"unknown function '{node.function}'{meant(node.function, (*FUNCTIONS, *METHODS, *QUANTIFIERS))}"
        )
    if len(kinds) != 1:
        return f"{node.function}(…) takes one value, not {len(kinds)}"
    if node.function == "size":
        return _size(node, kinds[0], plain[0])
    if node.function == "double":
        return _double(node, kinds[0], plain[0])
    return _from_text(node)


def _size(node: Call, kind: Type, plain: Node) -> tuple[FactType, Node] | str:
    if kind is FactType.TEXT:
        return FactType.WHOLE, Call(CHARACTERS, (plain,), at=node.at)
    if element_of(kind) is not None:
        return FactType.WHOLE, Call("size", (plain,), at=node.at)
    return f"size(…) takes text or texts, but '{render(node.arguments[0])}' is {kind}"


def _double(node: Call, kind: Type, plain: Node) -> tuple[FactType, Node] | str:
    if kind is FactType.WHOLE:
        return FactType.NUMBER, Call("double", (plain,), at=node.at)
    return f"double(…) takes whole, but '{render(node.arguments[0])}' is {kind}"


def _from_text(node: Call) -> tuple[FactType, Node] | str:
    fault_in, kind, example = _FROM_TEXT[node.function]
    argument = node.arguments[0]
    if not isinstance(argument, TextLiteral):
        return f"{node.function}(…) takes a text written out, as in {node.function}({example})"
    return fault_in(argument.value) or (kind, node)


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
    return _fault_in_pattern(node.arguments[0]) if node.method == "matches" else None


def _fault_in_pattern(pattern: Node) -> str | None:
    if not isinstance(pattern, TextLiteral):
        return ".matches(…) takes a pattern written out"
    try:
        run(compiled(render(MethodCall("matches", TextLiteral(""), (pattern,)))), {})
    except LibraryError as wrong:
        reason = str(wrong).removesuffix(_ADVICE).rpartition("not a valid regex: ")[2]
        return f"the pattern is refused: {reason}"
    return None
