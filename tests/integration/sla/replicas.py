"""Replicas of sla over one real database, on a virtual clock, and all that they said."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from services.sla.app import build
from services.sla.calendars import CalendarKeeper
from services.sla.reconcile import Reconciler
from services.sla.timers import Timers
from shared.bus.memory import MemoryBus
from shared.bus.port import Delivery, Done, Message, Subscription, Tuning, Verdict
from shared.clock import VirtualClock
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment
from shared.service import Service
from shared.store.mongo import Collection
from tests.parts.mongo import Mongo
from tests.parts.packs import SMALL, deployment
from tests.parts.service import parts
from tests.unit.sla.heard import CASE, at, graded

START = at("02-11 09:00")
DUE = at("02-25 18:00")


def complaint(n: int, received: timedelta = timedelta()) -> Message:
    """Graded, received so long after START."""
    envelope = graded(1, "normal", START + received)
    case = CASE.model_copy(update={"id": f"c{n:06d}"})
    data = {**envelope.data, "case": case.model_dump()}
    envelope = envelope.model_copy(update={"data": data, "subject": case.id, "partitionkey": case.id})
    return Message(envelope.key, envelope.id, envelope.encoded())


class Replicas:
    """One of them hears the bus, all of them fire timers and check."""

    def __init__(
        self,
        mongo: Mongo,
        count: int,
        pack: str = SMALL,
        deployments: Sequence[Deployment] = (),
        **unit: object,
    ) -> None:
        self.clock = VirtualClock(START)
        self.bus = MemoryBus(Tuning(), self.clock)
        served = deployments or [deployment(pack, **unit) for _ in range(count)]
        self.services: list[Service] = [
            build(parts(mongo, "sla", self.clock, each, self.bus)) for each in served
        ]
        self.said: list[Envelope] = []

    async def open(self, complaints: int = 0) -> "Replicas":
        await self.services[0].prepare()
        await self.bus.subscribe(Subscription("all", ("clock.#", "complaint.escalated")), self._hear)
        await self.bus.publish([complaint(n) for n in range(complaints)])
        return self

    async def _hear(self, batch: Sequence[Delivery]) -> list[Verdict]:
        self.said += [Envelope.model_validate_json(d.body) for d in batch]
        return [Done() for _ in batch]

    @property
    def pages(self) -> Collection:
        return self.services[0].parts.database.collection("complaints")

    @property
    def claims(self) -> Collection:
        return self.services[0].parts.database.collection("claims")

    @property
    def timers(self) -> list[Timers]:
        return [w for s in self.services for w in s.workers if isinstance(w, Timers)]

    @property
    def calendar_keepers(self) -> list[CalendarKeeper]:
        return [w for s in self.services for w in s.workers if isinstance(w, CalendarKeeper)]

    @property
    def reconcilers(self) -> list[Reconciler]:
        return [w for s in self.services for w in s.workers if isinstance(w, Reconciler)]

    def missed(self) -> float:
        registries = (s.parts.telemetry.registry for s in self.services)
        return sum(registry.get_sample_value("redress_sla_missed_total") or 0 for registry in registries)

    def count(self, key: str) -> Counter[str | None]:
        return Counter(e.subject for e in self.said if e.key == key)

    async def fire_all(self) -> None:
        """Each replica until it finds nothing due, one after the other."""
        for timers in self.timers:
            while await timers.work():
                pass
