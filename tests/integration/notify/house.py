"""Notify on a real MongoDB, with a bus that keeps what was said, in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from services.notify.app import build
from services.notify.channels.port import Channel
from services.notify.messages import Messages
from services.notify.sending import Sender
from shared.bus.memory import MemoryBus
from shared.bus.port import Confirmed, Delivery, Done, Message, Outcome, Tuning
from shared.clock import VirtualClock
from shared.contracts.envelope import Envelope
from shared.service import Parts, Service
from shared.settings import Settings
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry
from tests.parts.mongo import Mongo
from tests.unit.notify.stories import PACK, PEOPLE, THEN, deployment


class Recorder(MemoryBus):
    """A memory bus that also keeps every event that it was given."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(Tuning(), clock)
        self.said: list[Envelope] = []

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        self.said += [Envelope.model_validate_json(m.body) for m in messages]
        return [Confirmed() for _ in messages]


@dataclass
class House:
    """The service and its parts."""

    service: Service
    bus: Recorder
    clock: VirtualClock
    database: Database
    messages: Messages = field(init=False)

    def __post_init__(self) -> None:
        self.messages = Messages(self.database, self.bus, self.clock)

    async def deliver(self, *events: Envelope) -> None:
        (subscription, handler) = self.service.subscriptions[0]
        batch = [Delivery(subscription.queue, e.key, e.id, e.encoded()) for e in events]
        assert set(map(type, await handler(batch))) <= {Done}

    @property
    def sender(self) -> Sender:
        worker = self.service.workers[0]
        assert isinstance(worker, Sender)
        return worker

    async def settle(self) -> int:
        """Do what is due now."""
        done = 0
        while some := await self.sender.work():
            done += some
        return done

    async def run_until_quiet(self) -> None:
        """Let virtual time pass from one due moment to the next."""
        await self.settle()
        while due := await self.sender.due_at():
            self.clock.move_to(max(due, self.clock.now()))
            await self.settle()

    async def states(self) -> dict[str, int]:
        found: dict[str, int] = {}
        async for message in self.messages.book.pages.find():
            found[message["state"]] = found.get(message["state"], 0) + 1
        return found

    def outcomes(self) -> list[tuple[str, str]]:
        """(event, outcome) of every notification that was announced."""
        return sorted((e.key.removeprefix("notification."), e.data.get("outcome", "")) for e in self.bus.said)


@asynccontextmanager
async def house(
    mongo: Mongo,
    channels: Mapping[str, Channel] | None = None,
    smtp: str | None = None,
    text: str = PACK,
    people: Mapping[str, Any] = PEOPLE,
    **file: Any,
) -> AsyncIterator[House]:
    clock = VirtualClock(THEN + timedelta(days=2))
    bus, database = Recorder(clock), mongo.open("notify")
    settings = Settings(smtp_url=SecretStr(smtp)) if smtp else Settings()
    telemetry = Telemetry("notify")
    parts = Parts(settings, clock, bus, database, deployment(text, people, **file), telemetry)
    service = build(parts, channels)
    await service.prepare()
    try:
        yield House(service, bus, clock, database)
    finally:
        await asyncio.gather(*(c.rest() for c in (channels or {}).values()))
        telemetry.close()
