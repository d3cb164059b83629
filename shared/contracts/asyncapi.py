"""The AsyncAPI 3 document: every channel with its exchange and routing key, and who sends and reads there."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from shared.contracts.envelope import CONTENT_TYPE
from shared.contracts.registry import CONTRACTS, Contract
from shared.contracts.schemas import ENVELOPE, Document
from shared.contracts.submission import ComplaintSubmitted

EXCHANGE = "redress"
SUBMISSIONS = "redress.submissions"
BINDING_VERSION = "0.3.0"
_ABOUT = (
    "What the services of Redress say to one another. Messages are CloudEvents 1.0 in structured mode. The "
    "routing key is the event's type without prefix and version. Within a major version only additions are "
    "made; readers ignore what they do not know. Delivery is at least once and in no promised order: "
    "`sequence` counts per complaint and source."
)


def asyncapi() -> Document:
    """The whole document. Schemas are referred to as files beside it, in `schemas/`."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Redress",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {key: _channel(key, list(group)) for key, group in _by_key()},
        "operations": {
            name: operation for contract in CONTRACTS for name, operation in _operations(contract)
        },
        "components": {"messages": {contract.type: _message(contract) for contract in CONTRACTS}},
    }


def _by_key() -> Iterator[tuple[str, Iterator[Contract]]]:
    """Two major versions of one event share a channel."""
    return groupby(sorted(CONTRACTS, key=lambda c: c.key), key=lambda c: c.key)


def _channel(key: str, contracts: list[Contract]) -> Document:
    submitted = contracts[0].model is ComplaintSubmitted
    about = "The exchange is a fanout: any routing key will do." if submitted else _said(contracts)
    exchange: dict[str, Any] = {
        "name": SUBMISSIONS if submitted else EXCHANGE,
        "type": "fanout" if submitted else "topic",
        "durable": True,
        "autoDelete": False,
        "vhost": "/",
    }
    return {
        "address": key,
        "description": about,
        "messages": {c.type: _ref(f"#/components/messages/{c.type}") for c in contracts},
        "bindings": {
            "amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": BINDING_VERSION},
        },
    }


def _message(contract: Contract) -> Document:
    return {
        "name": contract.type,
        "title": contract.model.__name__,
        "summary": _said([contract]),
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                _ref(f"./schemas/{ENVELOPE}.json"),
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": contract.type},
                        "data": _ref(f"./schemas/{contract.type}.json"),
                    },
                },
            ]
        },
    }


def _operations(contract: Contract) -> Iterator[tuple[str, Document]]:
    owner = contract.owner.replace(" ", "-")
    yield f"{owner}.sends.{contract.type}", _operation(contract, "send", f"{contract.owner} says it")
    for reader in contract.readers:
        queue = SUBMISSIONS if contract.model is ComplaintSubmitted else f"{EXCHANGE}.{reader}"
        yield (
            f"{reader}.reads.{contract.type}",
            _operation(contract, "receive", f"{reader} reads it from its queue {queue}"),
        )


def _operation(contract: Contract, action: str, summary: str) -> Document:
    how = {"deliveryMode": 2, "mandatory": True} if action == "send" else {"ack": True}
    return {
        "action": action,
        "channel": _ref(f"#/channels/{contract.key}"),
        "messages": [_ref(f"#/channels/{contract.key}/messages/{contract.type}")],
        "summary": summary,
        "bindings": {"amqp": {**how, "bindingVersion": BINDING_VERSION}},
    }


def _said(contracts: list[Contract]) -> str:
    return (contracts[0].model.__doc__ or "").strip().splitlines()[0]


def _ref(target: str) -> Document:
    return {"$ref": target}
