from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.conditions import ConditionSyntaxError, parse, render
from shared.policy.conditions import syntax as s
from tests.unit.policy.conditions.strategies import any_tree

A, B, C, D = (s.Name(name) for name in "abcd")


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("a || b && c", s.AnyOf((A, s.AllOf((B, C))))),
        ("a && b && c", s.AllOf((A, B, C))),
        ("(a && b) && c", s.AllOf((s.AllOf((A, B)), C))),
        ("a - b - c", s.Arithmetic("-", s.Arithmetic("-", A, B), C)),
        ("a + b * c", s.Arithmetic("+", A, s.Arithmetic("*", B, C))),
        ("a - -b", s.Arithmetic("-", A, s.Minus(B))),
        ("!a == b", s.Comparison("==", s.Not(A), B)),
        ("a in b && c", s.AllOf((s.Comparison("in", A, B), C))),
        ("a ? b : c ? d : a", s.Choice(A, B, s.Choice(C, D, A))),
        ("a.exists(v, v == b)", s.Quantifier("exists", A, "v", s.Comparison("==", s.Name("v"), B))),
        ("a.contains(b)", s.MethodCall("contains", A, (B,))),
        ("-a.f()", s.Minus(s.MethodCall("f", A, ()))),
        ("[]", s.ListLiteral(())),
        ("[a, 1, 1.50]", s.ListLiteral((A, s.WholeLiteral(1), s.NumberLiteral(Decimal("1.5"))))),
        ("1e3", s.NumberLiteral(Decimal(1000))),
        ("9223372036854775807", s.WholeLiteral(2**63 - 1)),
        (r"'it\'s'", s.TextLiteral("it's")),
        (r'"\u9000\x41\n\\"', s.TextLiteral("退A\n\\")),
        (r'r"\d+"', s.TextLiteral(r"\d+")),
        ("a\n  &&\tb", s.AllOf((A, B))),
        ("infinite", s.Name("infinite")),
    ],
)
def test_reads(source: str, tree: s.Node) -> None:
    assert parse(source) == tree


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("", "expected a value, found the end", 1),
        ("a &&", "expected a value, found the end", 5),
        ("a b", "expected an operator or the end, found 'b'", 3),
        ("(a > 1", "expected ')' to close the '(' of column 1, found the end", 7),
        ("[a, b", "expected ',' or ']' to close the '['", 6),
        ("[a, ]", "expected a value, found ']'", 5),
        ("a ? b", "expected ':' and what holds otherwise", 6),
        ("a ? b ? c : d : a", "a choice inside a choice goes in brackets", 7),
        ("a = b", "write ==", 3),
        ("a & b", "write &&", 3),
        ("a and b", "write && for 'and'", 3),
        ("not a", "write ! for 'not'", 1),
        ("（a）", "write (", 1),
        ("a ≥ b", "write >=", 3),
        ("a == “x”", 'write "', 6),
        ("a == 'x", "not closed by '", 6),
        ("a == 'x\n'", "not closed by '", 6),
        ("0x1F", "'0x1F' is neither a number nor a name", 1),
        ("1u", "neither a number nor a name", 1),
        ("1.", "the name of a method after '.'", 3),
        ("9223372036854775808", "too large", 1),
        ("1e999", "beyond what a number can hold", 1),
        ("1e999999999999999999999", "beyond what a number can hold", 1),
        ("1e-999999999999999999999", "beyond what a number can hold", 1),
        (r'a == "\d"', r"unknown escape \d", 7),
        (r'a == "\ud800"', "surrogate", 6),
        (r'a == "\U00110000"', "unknown escape", 7),
        ("a == '\ud800'", "surrogate", 6),
        ("a\x00b", "U+0000 has no meaning", 2),
        ("null", "there is no null", 1),
        ("for > 3", "reserved word", 1),
        ("a.b > 3", "a fact has no parts", 3),
        ("a[0]", "expected an operator or the end, found '['", 2),
        ("{a: b}", "'{' has no meaning", 1),
        ("a.exists(count, true)", "a variable of one letter", 10),
        ("a.exists(v)", "expected ',' and a test", 11),
        ("a.map(v, v", "expected ',' or ')' to close", 11),
        ("a + " * 600 + "a", "longer than 2000 characters", 2001),
        ("(" * 51 + "a" + ")" * 51, "nested more than 50 deep", 51),
        ("!" * 60 + "a", "nested more than 50 deep", 50),
        ("a + " * 60 + "a", "nested more than 50 deep", 45),
        ("a ? b : " * 60 + "a", "nested more than 50 deep", 401),
    ],
)
def test_refuses(source: str, message: str, column: int) -> None:
    with pytest.raises(ConditionSyntaxError) as caught:
        parse(source)
    assert message in caught.value.fault.message
    assert caught.value.fault.at + 1 == column


def test_a_long_chain_is_not_deep() -> None:
    tree = parse(" || ".join(["a"] * 300))
    assert isinstance(tree, s.AnyOf)
    assert len(tree.parts) == 300


def test_nodes_know_where_they_stood() -> None:
    tree = parse("  a && !b")
    assert [(type(node).__name__, node.at) for node, _ in s.walk(tree)] == [
        ("AllOf", 4),
        ("Not", 7),
        ("Name", 8),
        ("Name", 2),
    ]


@given(any_tree)
def test_what_is_rendered_reads_back_the_same(tree: s.Node) -> None:
    assert parse(render(tree)) == tree


_SHREDS = st.sampled_from(
    [
        *"ab()[]!-+*/%<>?:.,'\"=&| 19r\\",
        "&&",
        "||",
        "==",
        "in",
        "claim",
        "exists",
        "v,",
        "1.5",
        "yuan(",
        "known",
        "退",
    ]
)


@given(st.text(max_size=60) | st.lists(_SHREDS, max_size=30).map("".join))
def test_any_text_is_read_or_refused(source: str) -> None:
    with suppress(ConditionSyntaxError):
        tree = parse(source)
        assert parse(render(tree)) == tree
