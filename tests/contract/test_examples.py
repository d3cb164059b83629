"""Every released example is valid, is read by today's models, and comes back whole."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.contracts.envelope import Envelope, encoded
from shared.contracts.export import EXAMPLES, PUBLISHED
from shared.contracts.registry import BY_TYPE, CONTRACTS

FILES = sorted(EXAMPLES.glob("*/*.json"))
each = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")


def test_every_event_type_has_a_full_and_a_minimal_example() -> None:
    for contract in CONTRACTS:
        names = {path.name for path in (EXAMPLES / contract.type).glob("*.json")}
        assert {"full.json", "minimal.json"} <= names, contract.type
    assert {path.parent.name for path in FILES} == set(BY_TYPE)


@each
def test_is_valid_by_the_published_schemas(path: Path) -> None:
    example = json.loads(path.read_text("utf-8"))
    Draft202012Validator(published("envelope")).validate(example)
    Draft202012Validator(published(path.parent.name)).validate(example["data"])


@each
def test_is_read_and_comes_back_without_loss(path: Path) -> None:
    text = path.read_text("utf-8")
    envelope = Envelope.model_validate_json(text)
    assert envelope.type == path.parent.name
    data = BY_TYPE[envelope.type].model.of(envelope)
    back = {
        **envelope.model_dump(mode="json", exclude_unset=True),
        "data": data.model_dump(mode="json", exclude_unset=True),
    }
    assert in_utc(back) == in_utc(json.loads(text))


@each
def test_is_read_when_a_newer_sender_adds_to_it(path: Path) -> None:
    example = json.loads(path.read_text("utf-8"))
    if example["type"] == "redress.complaint.submitted.v1":
        added = {**example, "newer": 1}
    else:
        added = {**example, "newer": 1, "data": {**example["data"], "newer": {"much": ["更多"]}}}
    old = Envelope.model_validate(example)
    new = Envelope.model_validate(added)
    model = BY_TYPE[old.type].model
    assert model.of(new) == model.of(old)


@each
def test_what_a_sender_writes_is_what_a_reader_would_write(path: Path) -> None:
    envelope = Envelope.model_validate_json(path.read_text("utf-8"))
    data = BY_TYPE[envelope.type].model.of(envelope)
    beside = envelope.model_dump(exclude={"data"}, exclude_none=True)
    read = envelope.model_copy(update={"data": data.model_dump(mode="json", exclude_none=True)})
    assert json.loads(encoded(beside, data)) == json.loads(read.encoded())


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.type)
def test_the_full_example_leaves_nothing_out(contract: Any) -> None:
    envelope = Envelope.model_validate_json((EXAMPLES / contract.type / "full.json").read_text("utf-8"))
    assert envelope.model_fields_set == set(Envelope.model_fields)
    assert contract.model.of(envelope).model_fields_set == set(contract.model.model_fields)


def published(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((PUBLISHED / "schemas" / f"{name}.json").read_text("utf-8"))
    return schema


def in_utc(value: Any) -> Any:
    """The same, with every time in UTC: an offset may differ, the moment may not."""
    if isinstance(value, dict):
        return {name: in_utc(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [in_utc(inner) for inner in value]
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if len(value) > 18 else value
    except (TypeError, ValueError):
        return value
