"""Buses that do to messages what a network and a fleet of releases do."""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.bus.port import Message, Outcome
from shared.bus.rabbit import RabbitBus


class Doubling(RabbitBus):
    """Every message leaves twice."""

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        return (await super().publish([m for m in messages for _ in range(2)]))[::2]


class Shuffling(RabbitBus):
    """Every message takes its own time, so that none keeps its place; one in three comes again."""

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        return list(await asyncio.gather(*(self._later(message) for message in messages)))

    async def _later(self, message: Message) -> Outcome:
        await asyncio.sleep(random.uniform(0, 1))
        (outcome,) = await super().publish([message])
        if random.random() < 1 / 3:
            await super().publish([message])
        return outcome


class Newer(RabbitBus):
    """A newer release: within the major version it adds fields, and a next major runs beside."""

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        added = [replace(message, body=_added(message.body)) for message in messages]
        outcomes = await super().publish(added)
        await super().publish([replace(m, id=f"{m.id}-v2", body=_next_major(m.body)) for m in added])
        return outcomes


def _added(body: bytes) -> bytes:
    event: dict[str, Any] = json.loads(body)
    event |= {"newer": {"much": ["更多"]}, "data": event["data"] | {"newer": 1}}
    return json.dumps(event).encode()


def _next_major(body: bytes) -> bytes:
    event: dict[str, Any] = json.loads(body)
    event |= {"id": event["id"] + "-v2", "type": event["type"].replace(".v1", ".v2"), "data": {"all": "new"}}
    return json.dumps(event).encode()
