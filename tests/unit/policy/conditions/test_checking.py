from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.conditions import ConditionErrors, Conditions
from tests.unit.policy.conditions.facts import TYPES, conditions
from tests.unit.policy.conditions.strategies import right_sources

RIGHT = [
    "true",
    "vip == false",
    "claim >= yuan(300000) && claim < wan(30.5)",
    "claim + fee - yuan(0.01) > wan(-3)",
    "claim * 2 > -fee",
    "claim in [yuan(1), wan(2), fee]",
    "count > 3 && count < 3.5",
    "rate > count",
    "count in [1, 2.5]",
    "rate in [1, 2]",
    "double(count) / total > 0.1",
    "count / total >= 2 && count % 2 == 0",
    "1 / (1 / rate) >= 1.0",
    "(vip ? count : rate) > 1",
    'text == "a" || "a" + text < "b"',
    'text.contains("退款") && text.startsWith("a") && !text.endsWith(text)',
    r'text.matches("^[0-9]{3}\\w+$")',
    "size(text) > 3 && size(cues) > 3 && size([1, 2]) == 2",
    '"退款" in cues && cues != ["a"] && cues != []',
    'cues.exists(v, v == "a") && cues.all(v, cues.exists(w, v.contains(w)))',
    '["claim", "fee"].all(v, v in known)',
    '"claim" in known',
    'received - last > duration("24h") && age <= duration("1h30m")',
    'received + age > last && age + received > last && received - duration("1.5h") > last',
    'received > timestamp("2026-01-01T00:00:00+08:00")',
]


@pytest.mark.parametrize("source", RIGHT)
def test_takes(source: str) -> None:
    verdicts = Conditions.compile(conditions(source), TYPES).evaluate({"total": 1, "rate": 1.0})
    assert type(verdicts["c0"]) is bool


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("cliam > yuan(3)", "unknown name 'cliam'; did you mean 'claim'?", 1),
        ("True", "did you mean 'true'?", 1),
        ("zzzzzz", "unknown name 'zzzzzz'", 1),
        ("claim >= 300000", "cannot compare money with whole; write yuan(300000) or wan(30)", 7),
        ("0.5 < claim", "cannot compare number with money; write yuan(0.5) or wan(0.00005)", 5),
        ("claim > count", "write an amount as yuan(300000) or wan(30)", 7),
        ("claim + 5 > fee", "'+' has no meaning between money and whole; write yuan(5)", 7),
        ("claim in [1]", "cannot look for money in a list of whole", 7),
        ("claim / fee > 2", "no fen is ever rounded", 7),
        ("claim * 0.5 > fee", "no fen is ever rounded", 7),
        ("claim * fee > fee", "'*' has no meaning between money and money", 7),
        ("yuan(0.001) < claim", "yuan(0.001) is not a whole number of fen", 1),
        ("wan(0.0000001) < claim", "not a whole number of fen", 1),
        ("yuan(count) < claim", "takes one number, written out", 1),
        ("yuan() < claim", "takes one number, written out", 1),
        ("wan(9223372036854775807) < claim", "more fen than 64 bits hold", 1),
        ("text == 3", "cannot compare text with whole", 6),
        ('cues == "a"', "cannot compare texts with text", 6),
        ("vip > true", "truth has no order", 5),
        ("cues < cues", "texts has no order", 6),
        ("1 < count < 3", "write a < b && b < c", 11),
        (
            '"退款" in text',
            "'in' needs a list on its right, but 'text' is text; write text.contains(\"退款\")",
            6,
        ),
        ("1 in cues", "cannot look for whole in a list of text", 3),
        ('cues.contains("a")', 'write "a" in cues', 6),
        ("text.contains(3)", ".contains(…) needs text, but '3' is whole", 6),
        ('text.contains("a", "b")', "takes one text, not 2", 6),
        ("text.has()", "unknown method 'has'", 6),
        ('text.containz("a")', "did you mean 'contains'?", 6),
        ("text.size() > 3", "write size(text)", 6),
        ('contains(text, "a")', "write a.contains(…)", 1),
        ("sise(text) > 1", "unknown function 'sise'; did you mean 'size'?", 1),
        ("size(count) > 1", "size(…) takes text or texts, but 'count' is whole", 1),
        ("size() > 1", "size(…) takes one value, not 0", 1),
        ("double(rate) > 1", "double(…) takes whole", 1),
        ("count / total > 0.1", "drops the remainder (7 / 2 is 3); write double(a) / b", 7),
        ("double(count / total) > 0.1", "drops the remainder", 14),
        ("rate + count / total > 1", "drops the remainder", 14),
        ("(vip ? count / total : rate) > 1", "drops the remainder", 14),
        ("rate % 2.0 > 1.0", "'%' has no meaning between number and number", 6),
        ("received - last > 24", 'cannot compare span with whole; write a span as duration("24h")', 17),
        ('received > "2026-01-01"', 'write a moment as timestamp("2026-01-01T00:00:00+08:00")', 10),
        ("received + last > last", "'+' has no meaning between moment and moment", 10),
        ("age * 2 > age", "'*' has no meaning between span and whole", 5),
        ('age > duration("3d")', '"3d" is no duration', 7),
        ('age > duration("3d")', "a day is 24h", 7),
        ('age > duration("1h and more")', "is no duration", 7),
        ('age > duration("9999999h")', "longer than 2500000 hours", 7),
        ("age > duration(text)", 'takes a text written out, as in duration("24h")', 7),
        ('received > timestamp("2026-01-01")', "date, time and offset", 12),
        ('received > timestamp("2026-02-30T00:00:00Z")', "is no moment: day", 12),
        ('text.matches("(")', "the pattern is refused: missing )", 6),
        ('text.matches("(?=a)")', "the pattern is refused: invalid perl operator", 6),
        ("text.matches(text)", "takes a pattern written out", 6),
        ('"clam" in known', "no fact is called 'clam'; did you mean 'claim'?", 1),
        ("count", "a condition must be truth, but this is whole", 1),
        ("!count", "what follows ! must be truth, but 'count' is whole", 2),
        ("vip && count", "each side of && must be truth", 8),
        ("count || vip", "each side of || must be truth", 1),
        ("count ? vip : vip", "what stands before ? must be truth", 1),
        ("vip ? vip : count", "a choice must be of one type, not truth or whole", 5),
        ("-vip", "truth has no negative", 1),
        ("-age == age", "span has no negative", 1),
        ('"a" in [1, "a"]', "a list of whole cannot hold text", 12),
        ("[[1]] == []", "a list inside a list is not allowed", 2),
        ("text.exists(v, v == text)", ".exists(…) needs texts, but 'text' is text", 6),
        ("cues.exists(v, v)", "the test of .exists(…) must be truth, but 'v' is text", 16),
        ("cues.exists(v, cues.all(v, v == text))", "'v' is taken already", 21),
        ("cues.exists(v, true) && v == text", "unknown name 'v'", 25),
    ],
)
def test_refuses(source: str, message: str, column: int) -> None:
    with pytest.raises(ConditionErrors) as caught:
        Conditions.compile(conditions(source), TYPES)
    problems = caught.value.problems
    assert message in problems[0].message
    assert [problem.column for problem in problems] == [column]


def test_reports_every_fault_of_a_condition_in_the_order_of_the_text() -> None:
    with pytest.raises(ConditionErrors) as caught:
        Conditions.compile(conditions("count > text && cliam > 3 && claim > 3"), TYPES)
    assert [problem.column for problem in caught.value.problems] == [7, 17, 36]


_SIGNS = "( ) [ ] , ! - + * / % == < in && || ? : size( yuan( wan( double( .contains("  # parted by blanks
_PIECES = (
    *TYPES,
    "known",
    "v",
    "1",
    "2.5",
    '"a"',
    "true",
    'duration("1h")',
    "cues.exists(v, ",
    *_SIGNS.split(),
)
_REASONS = {"division by zero", "a result is too large to hold"}


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map(" ".join))
def test_any_text_compiles_or_is_refused_with_our_error(source: str) -> None:
    with suppress(ConditionErrors):
        verdicts = Conditions.compile(conditions(source), TYPES).evaluate({"cues": ["a"]})
        assert all(type(value) is bool for value in verdicts.values())
        assert {failure.reason for failure in verdicts.failures} <= {
            "division by zero",
            "a result is too large to hold",
        }


@given(right_sources)
def test_what_is_right_is_never_refused(source: str) -> None:
    Conditions.compile(conditions(source), TYPES)
