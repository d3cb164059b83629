"""The JSON Schema that editors use: up to date, and of one mind with the loader about packs that ship."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from shared.policy.library import SHIPPED
from shared.policy.reference import reference
from shared.policy.schema import pack_schema
from shared.policy.source import parse, read
from tests.parts.packs import SMALL

PUBLISHED = SHIPPED / "pack.schema.json"
VALIDATOR = Draft202012Validator(pack_schema())


def wrong(data: object) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(data)]  # type: ignore[arg-type]


def test_the_published_schema_is_that_of_the_models() -> None:
    advice = "run: redress policy schema > shared/policies/pack.schema.json"
    assert json.loads(PUBLISHED.read_text("utf-8")) == pack_schema(), advice


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_packs_that_ship_fit_it(file: Path) -> None:
    assert wrong(read(file).data) == []


def test_a_pack_that_lacks_something_or_has_too_much_does_not() -> None:
    assert wrong(parse(SMALL.replace("version: 1.0.0\n", ""), "small.yaml").data) == ["$"]
    assert wrong(parse(SMALL.replace("start: received", "begin: received"), "small.yaml").data) != []
    assert wrong(parse(SMALL.replace("start: received", "start: Received"), "small.yaml").data) != []


VARIANT = """
pack: variant
version: 2.0.0
title: {en: Variant}
extends: small
clocks: {reply: {warn: 80%, when: null}, major-call: null}
grading: {rules: {hurt: null, claim: {clause: "3a"}}}
ladders: {late: {rungs: [{id: third, before: second, role: boss, title: {en: third}}]}}
"""


def test_a_variant_may_say_less_and_take_out() -> None:
    assert wrong(parse(VARIANT, "variant.yaml").data) == []
    assert wrong(parse(VARIANT.replace("version: 2.0.0\n", ""), "variant.yaml").data) == ["$"]
    assert wrong(parse(VARIANT.replace("before: second", "bevor: second"), "variant.yaml").data) != []


def test_blocks_and_keys_are_explained() -> None:
    parts = pack_schema()["$defs"]
    unexplained = [
        name for name, part in parts.items() if part["type"] == "object" and "description" not in part
    ]
    assert unexplained == []


def test_the_page_of_keys_is_that_of_the_models() -> None:
    advice = "run: redress policy schema --page > docs/pack-reference.md"
    assert (SHIPPED.parents[1] / "docs" / "pack-reference.md").read_text("utf-8") == reference(), advice
