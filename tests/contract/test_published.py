"""The published documents are those of the code, and hang together."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.bus import port, topology
from shared.contracts import asyncapi
from shared.contracts.export import PUBLISHED, documents, export, rendered
from shared.contracts.registry import CONTRACTS, SERVICES
from shared.contracts.schemas import schemas

HINT = "run `redress contracts export` and commit what it writes"
DOCUMENT = documents()["asyncapi.json"]


def test_what_is_published_is_what_the_code_says() -> None:
    for name, document in documents().items():
        path = PUBLISHED / name
        assert path.exists(), f"{name} is not published; {HINT}"
        same = path.read_text("utf-8") == rendered(document)
        assert same, f"{name} is not what the code says; {HINT}"


def test_nothing_is_published_that_the_code_no_longer_knows() -> None:
    published = {str(path.relative_to(PUBLISHED)) for path in PUBLISHED.rglob("*.json")}
    assert published == set(documents())


def test_export_writes_every_document(tmp_path: Path) -> None:
    written = export(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in written} == set(documents())
    assert all(json.loads(path.read_text("utf-8")) for path in written)


@pytest.mark.parametrize("name", schemas())
def test_every_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])


def test_every_event_has_a_channel_a_sender_and_its_readers() -> None:
    operations = DOCUMENT["operations"]
    for contract in CONTRACTS:
        assert contract.type in DOCUMENT["channels"][contract.key]["messages"]
        theirs = {name.split(".")[0] for name in operations if name.endswith(f".reads.{contract.type}")}
        assert theirs == set(contract.readers)
        assert theirs <= set(SERVICES)
        senders = [name for name in operations if name.endswith(f".sends.{contract.type}")]
        assert len(senders) == 1


def test_every_reference_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > 3 * len(CONTRACTS)
    for reference in found:
        resolved(reference)


def test_an_operation_names_a_channel_and_messages_of_that_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert "exchange" in resolved(channel)["bindings"]["amqp"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])
        assert operation["action"] in {"send", "receive"}


def test_exchanges_are_those_that_the_bus_declares() -> None:
    declared = {exchange.name: exchange.type for exchange in topology.EXCHANGES}
    bound = [channel["bindings"]["amqp"]["exchange"] for channel in DOCUMENT["channels"].values()]
    assert {exchange["name"]: exchange["type"] for exchange in bound} == declared
    assert (asyncapi.EXCHANGE, asyncapi.SUBMISSIONS) == (port.EVENTS, port.SUBMISSIONS)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def resolved(reference: str) -> Any:
    """What a reference means: a place in the AsyncAPI document, or a file beside it."""
    file, _, pointer = reference.partition("#")
    found = documents()[file.removeprefix("./")] if file else DOCUMENT
    for step in pointer.strip("/").split("/") if pointer else ():
        found = found[step]
    return found
