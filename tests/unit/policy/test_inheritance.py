"""Variants: what a pack takes over from the one it extends, and where a mistake in either is said to be."""

from pathlib import Path

import pytest

from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.source import SourceError
from tests.parts.packs import SMALL

VARIANT = """
pack: variant
version: 2.0.0
title: {zh: 变体, en: Variant}
extends: small
"""


def written(folder: Path, **files: str) -> Pack:
    return library(folder, **files).written("variant")[1]


def library(folder: Path, **files: str) -> Library:
    for name, text in {"small": SMALL, **files}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return Library(folder)


def test_what_a_variant_does_not_say_it_takes_over_except_what_it_is(tmp_path: Path) -> None:
    base = SMALL + 'regimes: ["000.01"]\nsummary: {zh: 小, en: small}\nprecedence: the law\n'
    pack = written(tmp_path, small=base, variant=VARIANT)
    assert (pack.pack, pack.version, pack.title.en) == ("variant", "2.0.0", "Variant")
    assert (pack.regimes, pack.summary.en, pack.ledger) == ((), "", {})
    assert pack.precedence == "the law"
    assert pack.clocks == Library(tmp_path).written("small")[1].clocks


def test_blocks_merge_key_by_key_lists_replace_and_null_takes_out(tmp_path: Path) -> None:
    pack = written(
        tmp_path,
        variant=VARIANT
        + """
clocks:
  reply: {limit: {values: {major: 2 working days}}, warn: [80%]}
  major-call: null
""",
    )
    assert list(pack.clocks) == ["reply"]
    assert pack.clocks["reply"].stop == ("replied",)
    assert pack.clocks["reply"].warn == ("80%",)
    assert pack.clocks["reply"].limit.values["major"] == "2 working days"  # type: ignore[union-attr]
    assert set(pack.clocks["reply"].limit.values) == {"normal", "major"}  # type: ignore[union-attr]


RULES = """
grading:
  rules:
    - {id: claim, when: claim_amount >= wan(5)}
    - {id: last, grade: major, when: channel == "media", clause: "9", says: {en: media}}
    - {id: first, before: hurt, grade: major, when: channel == "media", clause: "9", says: {en: media}}
"""


def test_parts_with_ids_merge_in_the_order_of_the_base(tmp_path: Path) -> None:
    rules = written(tmp_path, variant=VARIANT + RULES).grading.rules
    assert [rule.id for rule in rules] == ["first", "hurt", "claim", "last"]
    assert (rules[2].when, rules[2].clause, rules[2].grade) == ("claim_amount >= wan(5)", "3", "major")


def test_a_list_of_parts_may_be_written_by_id_and_lose_some(tmp_path: Path) -> None:
    text = VARIANT + "grading: {rules: {hurt: null, claim: {before: hurt, clause: changed}}}\n"
    with pytest.raises(SourceError, match="there is no 'hurt'; there are"):
        written(tmp_path, variant=text)
    text = VARIANT + "grading: {rules: {hurt: null, claim: {clause: changed}}}\n"
    assert [(r.id, r.clause) for r in written(tmp_path, variant=text).grading.rules] == [("claim", "changed")]


def test_variants_of_variants(tmp_path: Path) -> None:
    middle = VARIANT.replace("variant", "middle") + "roles: {desk: {zh: 前台}}\n"
    pack = written(
        tmp_path, middle=middle, variant=VARIANT.replace("small", "middle") + "roles: {boss: {en: chief}}\n"
    )
    assert (pack.roles["desk"].zh, pack.roles["desk"].en, pack.roles["boss"].en) == ("前台", "desk", "chief")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"variant": VARIANT + "clocks: {reply: {limit: soon}}\n"}, "variant.yaml:6: clocks.reply.limit:"),
        ({"variant": VARIANT + "clocks: {reply: null}\n"}, "small.yaml:52: ladders.late.on: 'reply' is no"),
        ({"variant": VARIANT + "clocks: {repyl: null}\n"}, "variant.yaml:6: clocks.repyl:"),
        ({"variant": VARIANT.replace("small", "smal")}, "variant.yaml:5: extends: there is no such pack"),
        ({"variant": VARIANT.replace("small", "variant")}, "variant.yaml:5: extends: goes round: variant ->"),
        (
            {
                "variant": VARIANT.replace("small", "other"),
                "other": VARIANT.replace("small", "variant").replace("pack: variant", "pack: other"),
            },
            "other.yaml:5: extends: goes round: variant -> other -> variant",
        ),
        (
            {"variant": VARIANT, "small": SMALL.replace("stop: replied", "stop:")},
            "small.yaml:38: clocks.reply",
        ),
        ({"variant": VARIANT + "grading: {rules: {hrut: null}}\n"}, "variant.yaml:6: hrut: takes out what"),
        ({"variant": VARIANT, "small": "- no pack\n"}, "small.yaml:1: expected a block"),
        ({"variant": VARIANT, "small": "pack: [\n"}, "small.yaml:"),
    ],
)
def test_a_mistake_is_said_to_stand_where_it_stands(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(SourceError) as refused:
        library(tmp_path, **files).bound("variant")
    assert any(said in str(problem) for problem in refused.value.problems), refused.value


def test_a_companys_variant_of_a_shipped_pack(tmp_path: Path) -> None:
    text = VARIANT.replace("small", "property-developer").replace("variant", "ours")
    (tmp_path / "ours.yaml").write_text(
        text + "params: {same_closing_for_group: {default: 'true'}}\n", "utf-8"
    )
    assert Library(tmp_path).bound("ours").values["same_closing_for_group"] is True
