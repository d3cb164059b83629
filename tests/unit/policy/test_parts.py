"""Parts that carry clauses: every kind is found, named by the ledger, and can be taken out of a pack."""

from typing import Any

import pytest

from shared.policy.bound import bind
from shared.policy.pack import Pack
from shared.policy.parts import carriers
from shared.policy.removal import without
from shared.policy.source import Source, SourceError, parse
from shared.policy.validation import validated
from tests.parts.packs import SMALL

PACK = validated(Pack, parse(SMALL, "small.yaml"))
DATA: dict[str, Any] = PACK.model_dump(mode="json", by_alias=True)


def cut(carrier: str, whole: Pack = PACK) -> Pack:
    left = without(whole, carrier)
    pack = validated(Pack, Source("small.yaml", left))
    bind(Source("small.yaml", left), pack)
    return pack


def test_parts_of_all_sections_are_found() -> None:
    assert {
        "kind:complaint",
        "channel:media",
        "field:injured",
        "category:repair/lift",
        "numbering",
        "cue:hurt",
        "rule:claim",
        "grade:major",
        "milestone:replied",
        "clock:major-call",
        "limit:reply/major",
        "warning:reply/50%",
        "warning:reply/1-hour-before",
        "ladder:late",
        "rung:late/second",
        "role:desk",
    } <= set(carriers(DATA))


@pytest.mark.parametrize("carrier", sorted(set(carriers(DATA)) - {"kind:complaint", "grade:normal"}))
def test_a_pack_without_a_part_is_a_pack_without_that_part(carrier: str) -> None:
    left = cut(carrier).model_dump(mode="json", by_alias=True)
    still_there = {"numbering", "calendar"}  # the default in place of what the pack says
    assert (carrier in set(carriers(left))) == (carrier in still_there)
    assert set(carriers(left)) <= set(carriers(DATA))


def test_what_cannot_be_without_it_goes_too() -> None:
    without_reply = cut("milestone:replied")
    assert "reply" not in without_reply.clocks
    assert without_reply.clocks["major-call"].stop == ("acknowledged",)
    assert "late" not in without_reply.ladders
    assert set(cut("role:boss").ladders) == {"late"}
    assert [rung.id for rung in cut("role:boss").ladders["late"].rungs] == ["first"]
    assert [rule.id for rule in cut("grade:major").grading.rules] == []
    assert cut("grade:major").clocks["reply"].limit.values.keys() == {"normal"}  # type: ignore[union-attr]


def test_a_fact_that_is_gone_is_empty_in_conditions() -> None:
    assert cut("cue:hurt").grading.rules[0].when == "false || injured > 0"
    assert cut("field:injured").grading.rules[0].when == "hurt || 0 > 0"


LEDGER = """
regimes: ["000.01", "000.02"]
ledger:
  one:
    {section: grading, regime: "000.01", place: "2", says: {zh: 伤, en: hurt}, by: [rule:hurt, cue:hurt]}
  two: {section: clocks, regime: "000.02", place: "4", says: {zh: 答, en: reply}, %s}
"""


def loaded(two: str) -> None:
    source = parse(SMALL + LEDGER % two, "small.yaml")
    bind(source, validated(Pack, source))


def test_a_ledger_whose_carriers_are_there() -> None:
    loaded("by: clock:reply, params: reply_limit")


@pytest.mark.parametrize(
    ("two", "said"),
    [
        ("by: clock:rpely", "there is no 'clock:rpely'; there are clock:major-call, clock:reply"),
        ("by: clok:reply", "'clok' is no kind of part; the kinds are kind, channel,"),
        ("by: raise:again", "there is no 'raise:again'; there are none of that kind"),
        ("params: reply_time", "'reply_time' is no parameter of this pack; known: reply_limit"),
        ("by: clock:reply, planned: clocks", "expected one of by/params, outside, planned"),
        ("outside: {}", "outside: expected why it is not a matter for software"),
    ],
)
def test_a_ledger_that_is_wrong_is_refused_at_its_line(two: str, said: str) -> None:
    with pytest.raises(SourceError) as refused:
        loaded(two)
    (problem,) = refused.value.problems
    assert said in problem.message
    assert problem.line == SMALL.count("\n") + 6


def test_every_regime_of_a_pack_has_a_line_and_every_line_a_regime() -> None:
    text = (SMALL + LEDGER % "by: clock:reply").replace('"000.02"]', '"000.02", "000.03"]')
    with pytest.raises(SourceError, match=r"no line says what 000\.03 asks for"):
        bind(parse(text, "small.yaml"), validated(Pack, parse(text, "small.yaml")))
    text = (SMALL + LEDGER % "by: clock:reply").replace(', regime: "000.02"', "")
    with pytest.raises(SourceError, match=r"expected regime: which of 000\.01, 000\.02 asks for it"):
        bind(parse(text, "small.yaml"), validated(Pack, parse(text, "small.yaml")))
    text = (SMALL + LEDGER % "by: clock:reply").replace(', regime: "000.02"', ', regime: "000.09"')
    with pytest.raises(SourceError, match=r"'000\.09' is no regime of this pack"):
        bind(parse(text, "small.yaml"), validated(Pack, parse(text, "small.yaml")))


def test_whether_a_fact_that_is_gone_is_known_is_no_question() -> None:
    text = SMALL.replace("hurt || injured > 0", "'\"injured\" in known && injured > 0 || hurt'")
    pack = validated(Pack, parse(text, "small.yaml"))
    assert cut("field:injured", pack).grading.rules[0].when == "false && 0 > 0 || hurt"


def test_a_clock_that_starts_at_a_rung_goes_with_it_and_not_with_another() -> None:
    text = SMALL.replace("start: accepted", "start: late/second")
    pack = validated(Pack, parse(text, "small.yaml"))
    assert set(cut("rung:late/second", pack).clocks) == {"reply"}
    assert set(cut("rung:late/first", pack).clocks) == {"reply", "major-call"}
    assert set(cut("ladder:late", pack).clocks) == {"reply"}
