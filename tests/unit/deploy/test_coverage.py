"""What ledgers promise, counted by regime; the page of the documentation is what the ledgers say."""

from pathlib import Path

from deploy.coverage.counting import Count, demands, removable, rows
from deploy.coverage.tables import page, sheet
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.regimes import regimes
from shared.policy.source import parse
from shared.policy.validation import validated
from tests.parts.packs import SMALL

LIBRARY = Library()
PAGE = Path(__file__).parents[3] / "docs" / "regimes.md"
LEDGER = """
regimes: ["000.01"]
ledger:
  hurt: {section: grading, place: "2", says: {zh: 伤, en: hurt}, by: [rule:hurt, cue:hurt]}
  claim: {section: grading, place: "3", says: {zh: 钱, en: claim}, by: rule:claim}
  reply: {section: clocks, place: "4", says: {zh: 答, en: reply}, params: reply_limit}
  polite: {section: people, place: "9", says: {zh: 礼, en: polite}, outside: {zh: 态度, en: manners}}
  month: {section: statistics, place: "10", says: {zh: 月报, en: monthly}, planned: statistics}
"""
PACK = validated(Pack, parse(SMALL + LEDGER, "small.yaml"))


def test_every_line_has_one_end_and_is_proved_when_all_that_carries_it_is_shown() -> None:
    table = rows(["000.01", "000.02"], [PACK], {"small": {"rule:hurt", "rule:claim"}})
    assert table["000.01"].packs == ["small"]
    assert table["000.01"].total == Count(5, 2, 1, 1, 1, 1)
    assert table["000.01"].sections["grading"] == Count(2, 2, 1, 0, 0, 0)
    assert table["000.02"].packs == []
    assert table["000.02"].total == Count()


def test_whatever_does_something_may_be_taken_out_and_words_only_where_a_line_names_them() -> None:
    parts = taken_out(SMALL)
    assert {"cue:hurt", "rule:claim", "clock:reply", "warning:reply/50%", "rung:late/second"} <= parts
    assert not {part for part in parts if part.startswith(("role:", "grade:", "category:", "milestone:"))}
    line = "{section: grading, place: a, says: {en: a}, by: [role:boss]}"
    named = f"{SMALL}regimes: ['000.01']\nledger: {{one: {line}}}\n"
    assert taken_out(named) == parts | {"role:boss"}


def test_what_a_variant_takes_over_is_its_base_s_to_prove(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    own = "facts: {cues: {rude: {title: {en: rude}, phrases: [rude]}}}\n"
    variant = f"pack: twin\nextends: small\nversion: 1.0.0\ntitle: {{en: Twin}}\n{own}"
    (tmp_path / "twin.yaml").write_text(variant, "utf-8")
    assert removable(*Library(tmp_path).written("twin")) == ["cue:rude"]


def taken_out(text: str) -> set[str]:
    source = parse(text, "small.yaml")
    return set(removable(source, validated(Pack, source)))


def test_a_line_stands_in_the_regime_that_it_names() -> None:
    text = (SMALL + LEDGER).replace('["000.01"]', '["000.01", "000.02"]')
    text = text.replace("{section:", '{regime: "000.02", section:')
    assert {demand.regime for demand in demands(validated(Pack, parse(text, "small.yaml")))} == {"000.02"}


def test_the_terminal_shows_what_is_proved_only_after_playing() -> None:
    table = rows(["000.01"], [PACK], {})
    played, unplayed = list(sheet(table, regimes(), True)), list(sheet(table, regimes(), False))
    assert "proved" in played[0]
    assert "proved" not in unplayed[0]
    assert unplayed[1].split()[:6] == ["000.01", "5", "2", "1", "1", "1"]
    assert unplayed[-1].split() == ["000.01", "2/2", "0/1", "0/1", "0/1"]


def test_there_are_92_regimes_in_two_languages() -> None:
    assert len(regimes()) == 92
    assert all(words.zh and words.en for words in regimes().values())
    assert len({words.zh for words in regimes().values()}) == 92


def test_packs_carry_out_regimes_that_there_are() -> None:
    unknown = {pack.pack: set(pack.regimes) - set(regimes()) for pack in LIBRARY}
    assert {pack: lost for pack, lost in unknown.items() if lost} == {}


def test_every_pack_that_carries_out_a_regime_says_what_it_asks_for() -> None:
    assert [pack.pack for pack in LIBRARY if pack.regimes and not pack.ledger] == []


def test_the_page_of_regimes_is_what_the_ledgers_say() -> None:
    written = page(rows(regimes(), LIBRARY, {}), regimes())
    assert PAGE.read_text("utf-8") == written, "run: redress policy coverage --write docs/regimes.md"
