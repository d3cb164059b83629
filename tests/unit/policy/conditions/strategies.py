"""Hypothesis strategies: any tree that can be written, and trees that are a condition over TYPES."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from shared.policy.conditions import syntax as s
from shared.policy.conditions.parser import RESERVED

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
identifiers = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,6}", fullmatch=True).filter(lambda n: n not in RESERVED)
wholes = st.integers(0, 2**63 - 1)
decimals = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(0, 10**15), st.integers(-20, 20)
)
_LITERALS = (
    st.builds(s.TruthLiteral, st.booleans())
    | st.builds(s.WholeLiteral, wholes)
    | st.builds(s.NumberLiteral, decimals)
    | st.builds(s.TextLiteral, texts)
    | st.builds(s.Name, identifiers)
)


def _larger(part: st.SearchStrategy[s.Node]) -> st.SearchStrategy[s.Node]:
    several = st.lists(part, min_size=2, max_size=3).map(tuple)
    few = st.lists(part, max_size=3).map(tuple)
    method = identifiers.filter(lambda name: name not in ("exists", "all"))
    return st.one_of(
        st.builds(s.Not, part),
        st.builds(s.Minus, part),
        st.builds(s.AllOf, several),
        st.builds(s.AnyOf, several),
        st.builds(s.ListLiteral, few),
        st.builds(s.Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"]), part, part),
        st.builds(s.Arithmetic, st.sampled_from("+-*/%"), part, part),
        st.builds(s.Choice, part, part, part),
        st.builds(s.Call, identifiers, few),
        st.builds(s.MethodCall, method, part, few),
        st.builds(s.Quantifier, st.sampled_from(["exists", "all"]), part, st.sampled_from("vwx"), part),
    )


any_tree = st.recursive(_LITERALS, _larger, max_leaves=12)

_COMPARED: dict[str, list[str]] = {
    "whole": ["count", "total", "0", "3", "count + total", "count * total", "count / total", "size(cues)"],
    "number": [
        "rate",
        "0.5",
        "rate + count",
        "rate / 2",
        "1 / rate",
        "double(count) / total",
        "size(text) * 0.5",
    ],
    "money": ["claim", "fee", "claim - fee", "claim * 2", "yuan(0.05)", "wan(30)", "-yuan(1)"],
    "text": ["text", '"退款"', 'text + "a"', '"a\\n"'],
    "moment": ["received", "last", "last + age", 'timestamp("2026-01-01T00:00:00+08:00")'],
    "span": ["age", "received - last", 'duration("24h")', 'age + duration("1h30m")'],
}
_SIMPLE = [
    "vip",
    '"退款" in cues',
    '"claim" in known',
    "size(known) > 3",
    'text.contains("a")',
    'text.startsWith("退")',
    'text.matches("^[a-c]+$")',
    'cues.exists(v, v == text || v.endsWith("a"))',
    "cues.all(v, size(v) > count)",
    'cues == ["a"]',
    "count in [0, 1.5, 3]",
    "claim in [yuan(0), fee]",
    "(vip ? count : rate) > 1",
    "!(vip && count > 3)",
]


def _comparison(kind: str) -> st.SearchStrategy[str]:
    sides = st.sampled_from(_COMPARED[kind])
    sign = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    return st.tuples(sides, sign, sides).map(" ".join)


def _joined(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    forms: list[Callable[[str, str], str]] = [
        lambda a, b: f"({a}) && ({b})",
        lambda a, b: f"({a}) || ({b})",
        lambda a, b: f"({a}) ? ({b}) : !({a})",
        lambda a, b: f"({a}) == ({b})",
    ]
    return st.builds(lambda form, a, b: form(a, b), st.sampled_from(forms), part, part)


right_sources = st.recursive(
    st.one_of(st.sampled_from(_SIMPLE), *(_comparison(kind) for kind in _COMPARED)), _joined, max_leaves=4
)

_moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
fact_values = st.fixed_dictionaries(
    {},
    optional={
        "claim": st.integers(-(10**12), 10**12),
        "fee": st.integers(0, 5000),
        "count": st.sampled_from([0, 1, 3, 2**62]),
        "total": st.sampled_from([0, 2, 5, 2**62]),
        "rate": st.sampled_from([0.0, 0.5, 1.5, -2.0]),
        "text": st.sampled_from(["", "a", "退款", "abc", "x退"]),
        "cues": st.lists(st.sampled_from(["a", "退款", "bca"]), max_size=3),
        "received": _moments,
        "last": _moments,
        "age": st.timedeltas(timedelta(days=-500), timedelta(days=500)),
        "vip": st.booleans(),
    },
)
