"""The templates of notices: a small language, rendered in a sandbox, that a pack's author cannot misuse.

A template may print, choose (`if`), walk one list at a time (`for`), and use the filters listed here. It
calls nothing, sets nothing and multiplies nothing, so its cost is bounded by its own length and by
the complaint's. A name that it does not know is an error that says the name.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

LIMITS = MappingProxyType({"email": 20_000, "sms": 500})
"""Characters of a rendered body by channel; what is longer is cut."""
SUBJECT_LIMIT = 200
MAX_TEMPLATE = 20_000
ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.CondExpr,
    nodes.If,
    nodes.For,
    nodes.Tuple,
    nodes.List,
)
FILTERS = ("default", "d", "length", "count", "first", "last", "upper", "lower", "title", "trim", "round")
TESTS = ("defined", "undefined", "none", "in", "eq", "equalto", "ne", "gt", "ge", "lt", "le")


class BadTemplateError(ValueError):
    """A template cannot be used; says why, and on which line of the template."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(f"line {line} of the template: {reason}" if line else reason)


def undeclared(text: str) -> frozenset[str]:
    """The variables that a template looks at."""
    return _compiled(text)[1]


def render(text: str, variables: Mapping[str, object], limit: int) -> str:
    """The text, at most `limit` characters of it. BadTemplateError when a name is unknown."""
    template, names = _compiled(text)
    for name in sorted(names - set(variables)):
        raise BadTemplateError(f"{name!r} is not a variable here; known: {', '.join(sorted(variables))}")
    try:
        return _bounded(template.generate(variables), limit)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadTemplateError(str(error) or type(error).__name__, _line(error)) from error


def _bounded(pieces: Iterator[str], limit: int) -> str:
    found, size = [], 0
    for piece in pieces:
        found.append(piece)
        size += len(piece)
        if size > limit:
            return "".join(found)[: limit - 1] + "…"
    return "".join(found)


@lru_cache(maxsize=4096)
def _compiled(text: str) -> tuple[Template, frozenset[str]]:
    if len(text) > MAX_TEMPLATE:
        raise BadTemplateError(f"longer than {MAX_TEMPLATE} characters")
    try:
        tree = _ENVIRONMENT.parse(text)
        _check(tree, loops=0)
        return _ENVIRONMENT.from_string(tree), frozenset(meta.find_undeclared_variables(tree))
    except TemplateSyntaxError as error:
        raise BadTemplateError(error.message or "not a template", error.lineno) from error


def _check(node: nodes.Node, loops: int) -> None:
    """Refuse what the language does not have, with the line."""
    if not isinstance(node, ALLOWED):
        raise BadTemplateError(f"{type(node).__name__.lower()} may not be used in a notice", node.lineno)
    if isinstance(node, nodes.Name) and node.name == "self":
        raise BadTemplateError("self may not be used in a notice", node.lineno)
    name = getattr(node, "attr", None)
    if isinstance(name, str) and name.startswith("_"):
        raise BadTemplateError(f"{name!r}: names that begin with _ may not be used", node.lineno)
    if isinstance(node, nodes.For):
        loops += 1
        if loops > 1 or node.recursive:
            raise BadTemplateError("a loop inside a loop may not be used", node.lineno)
    for child in node.iter_child_nodes():
        _check(child, loops)


def _line(error: BaseException) -> int | None:
    """The template's line in the traceback, which jinja2 rewrites to name it."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@pass_context
def _moment(context: Context, value: object) -> object:
    """A time as people of the unit write it: `2026-02-25 18:00`, in the unit's zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return value
    unit = context.get("unit")
    zone = unit.get("zone") if isinstance(unit, Mapping) else None
    return value.astimezone(ZoneInfo(str(zone or "UTC"))).strftime("%Y-%m-%d %H:%M")


@pass_context
def _shown(context: Context, value: Any) -> object:
    """How a value is printed: nothing for what is not there, a time in the unit's zone."""
    if value is None:
        return ""
    return _moment(context, value) if isinstance(value, datetime) else value


def _join(value: object, by: str = ", ") -> str:
    """A list in one line."""
    if not isinstance(value, list | tuple):
        raise TypeError("join: expected a list")
    return str(by)[:20].join(str(item) for item in value)


def _environment() -> ImmutableSandboxedEnvironment:
    env = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=_shown, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in FILTERS} | {"moment": _moment, "join": _join}
    env.tests = {name: env.tests[name] for name in TESTS}
    return env


_ENVIRONMENT = _environment()
