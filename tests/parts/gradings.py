"""Several gradings over one database, fed by hand, and all that they say."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.grading.app import build
from shared.bus.memory import MemoryBus
from shared.bus.port import Confirmed, Delivery, Message, Outcome, Retry, Tuning
from shared.clock import VirtualClock
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment
from shared.service import Parts, Service
from shared.settings import Settings
from shared.telemetry.telemetry import Telemetry
from tests.parts.mongo import Mongo


class KeepingBus(MemoryBus):
    """Confirms what grading says and keeps it."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(Tuning(), clock)
        self.said: list[Envelope] = []

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        self.said += [Envelope.model_validate_json(message.body) for message in messages]
        return [Confirmed() for _ in messages]


class Replicas:
    """Gradings over one database."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.services: list[tuple[Service, KeepingBus]] = []

    def latest(self, key: str) -> dict[str, Envelope]:
        """What was said last of each, by sequence."""
        said = [e for _, bus in self.services for e in bus.said if e.key == key]
        return {e.subject or "": e for e in sorted(said, key=lambda e: e.number)}

    def count(self, key: str) -> int:
        return sum(e.key == key for _, bus in self.services for e in bus.said)

    async def hear(self, batch: Sequence[Envelope], replica: int = 0) -> None:
        _, handle = self.services[replica][0].subscriptions[0]
        left = [Delivery("q", e.key, e.id, e.encoded()) for e in batch]
        while left:
            verdicts = await handle(left)
            left = [d for d, verdict in zip(left, verdicts, strict=True) if isinstance(verdict, Retry)]


@asynccontextmanager
async def gradings(
    mongo: Mongo, deployment: Deployment, clock: VirtualClock, count: int = 2
) -> AsyncIterator[Replicas]:
    found = Replicas(clock)
    for _ in range(count):
        bus, database = KeepingBus(found.clock), mongo.open("grading")
        service = build(Parts(Settings(), found.clock, bus, database, deployment, Telemetry("grading")))
        await service.prepare()
        found.services.append((service, bus))
    yield found
