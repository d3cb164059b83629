"""Both adapters behind one face, so that one suite runs against each."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from shared.bus.burial import ListedBurials
from shared.bus.memory import MemoryBus, MemoryDeadLetters
from shared.bus.port import Bus, DeadLetter, DeadLetters, Handler, Subscription, Tuning
from shared.bus.rabbit import RabbitBus, RabbitDeadLetters
from shared.clock import SystemClock
from tests.parts.rabbit import Rabbit
from tests.parts.waiting import until_async

QUICK = Tuning(
    linger=timedelta(milliseconds=20),
    publish_timeout=timedelta(seconds=5),
    handler_timeout=timedelta(seconds=5),
    retry_delays=(timedelta(milliseconds=50), timedelta(milliseconds=100)),
)
QUEUE = "redress.probe"


@dataclass(frozen=True, slots=True)
class Kit:
    """A bus and the dead letters of its queues."""

    bus: Bus
    dead: DeadLetters

    async def consume(self, handler: Handler, *keys: str, queue: str = QUEUE) -> None:
        await self.bus.subscribe(Subscription(queue, keys or ("#",)), handler)

    async def letters(self, count: int, queue: str = QUEUE) -> list[DeadLetter]:
        """Wait until there are so many dead letters; fail if there are more."""
        found: list[DeadLetter] = []

        async def enough() -> bool:
            found[:] = await self.dead.list(queue)
            return len(found) >= count

        await until_async(enough, what=f"{count} dead letters")
        assert len(found) == count
        return found


@pytest.fixture(params=["memory", pytest.param("rabbit", marks=pytest.mark.broker)])
async def kit(request: pytest.FixtureRequest) -> AsyncIterator[Kit]:
    if request.param == "memory":
        burials = ListedBurials()
        memory = MemoryBus(QUICK, SystemClock(), burials)
        yield Kit(memory, MemoryDeadLetters(memory, burials))
        await memory.close()
        return
    virtual_host: Rabbit = request.getfixturevalue("rabbit")
    bus = RabbitBus(virtual_host.url, QUICK, SystemClock())
    await bus.connect()
    yield Kit(bus, RabbitDeadLetters(virtual_host.url))
    await bus.close()
