"""Timers on a real MongoDB: two replicas race, nothing fires twice, nothing is missed; a lease runs out."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from services.sla.app import build
from services.sla.timers import BATCH, LEASE, Timers
from shared.bus.memory import MemoryBus
from shared.bus.port import Delivery, Done, Message, Subscription, Tuning, Verdict
from shared.clock import VirtualClock
from shared.contracts.envelope import Envelope
from shared.service import Service
from tests.parts.mongo import Mongo
from tests.parts.packs import deployment
from tests.parts.service import parts
from tests.unit.sla.heard import CASE, at, graded

START = at("02-11 09:00")
DUE = at("02-25 18:00")


def complaint(n: int) -> Message:
    envelope = graded(1, "normal", START)
    case = CASE.model_copy(update={"id": f"c{n:04d}"})
    data = {**envelope.data, "case": case.model_dump()}
    envelope = envelope.model_copy(update={"data": data, "subject": case.id, "partitionkey": case.id})
    return Message(envelope.key, envelope.id, envelope.encoded())


class Replicas:
    """Replicas of sla over one database; one of them hears the bus, all of them fire timers."""

    def __init__(self, mongo: Mongo, count: int) -> None:
        self.clock = VirtualClock(START)
        self.bus = MemoryBus(Tuning(), self.clock)
        self.services: list[Service] = [
            build(parts(mongo, "sla", self.clock, deployment(), self.bus)) for _ in range(count)
        ]
        self.said: list[Envelope] = []

    async def open(self, complaints: int) -> "Replicas":
        await self.services[0].prepare()
        await self.bus.subscribe(Subscription("all", ("clock.#", "complaint.escalated")), self._hear)
        await self.bus.publish([complaint(n) for n in range(complaints)])
        return self

    async def _hear(self, batch: Sequence[Delivery]) -> list[Verdict]:
        self.said += [Envelope.model_validate_json(d.body) for d in batch]
        return [Done() for _ in batch]

    @property
    def timers(self) -> list[Timers]:
        return [w for s in self.services for w in s.workers if isinstance(w, Timers)]

    def count(self, key: str) -> Counter[str | None]:
        return Counter(e.subject for e in self.said if e.key == key)


async def test_racing_replicas_fire_every_timer_once(mongo: Mongo) -> None:
    world = await Replicas(mongo, 3).open(complaints=500)
    world.clock.move_to(DUE + timedelta(seconds=1))

    async def until_quiet(timers: Timers) -> int:
        fired = 0
        while (done := await timers.work()) or await timers.due_at() <= world.clock.now():  # type: ignore[operator]
            fired += done
        return fired

    fired = await asyncio.gather(*(until_quiet(t) for t in world.timers))
    assert sum(fired) >= 500
    assert sorted(world.count("clock.breached").values()) == [1] * 500
    assert sorted(world.count("complaint.escalated").values()) == [1] * 500
    assert sorted(world.count("clock.warned").values()) == [2] * 500


async def test_the_oldest_fire_first_without_a_cap(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=BATCH + 50)
    (timers,) = world.timers
    assert await timers.work() == 0
    world.clock.move_to(DUE + timedelta(days=10))
    assert await timers.due_at() is not None
    assert [await timers.work(), await timers.work(), await timers.work()] == [BATCH, 50, 0]


async def test_what_a_dead_replica_had_claimed_is_fired_by_another_when_the_lease_is_over(
    mongo: Mongo,
) -> None:
    world = await Replicas(mongo, 2).open(complaints=3)
    dead, alive = world.timers
    world.clock.move_to(DUE + timedelta(seconds=1))
    assert len(await dead._claim()) == 3
    assert await alive.work() == 0
    world.clock.advance(LEASE)
    assert await alive.work() == 3
    assert sorted(world.count("clock.breached").values()) == [1, 1, 1]
