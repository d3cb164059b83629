"""Reporting's inbox on a real store, fed by hand; several replicas share one database."""

from collections.abc import Iterable, Sequence

from services.reporting.hearing import Hearing
from services.reporting.totals import COLLECTION, INDEXES, Totals
from shared.bus.memory import MemoryBus
from shared.bus.port import Delivery, Tuning
from shared.clock import Clock
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment
from shared.store.book import Book
from shared.store.inbox import Inbox
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry


class Replica:
    """One process's worth of reporting: its own connection, its own slot."""

    def __init__(self, url: str, name: str, deployment: Deployment, clock: Clock, slot: int) -> None:
        self.database = Database(url, name)
        self.book = Book(self.database, MemoryBus(Tuning(), clock), clock)
        self.totals = Totals(self.database, self.book, deployment, slot)
        self._telemetry = Telemetry("reporting")
        self.inbox = Inbox(self.book, Hearing(deployment), self._telemetry, save=self.totals.save)

    async def prepare(self) -> None:
        await self.database.prepare({"complaints": [], COLLECTION: INDEXES})

    async def hear(self, events: Sequence[Envelope], size: int = 50) -> list[object]:
        """Deliver in batches; the verdicts."""
        verdicts: list[object] = []
        for start in range(0, len(events), size):
            verdicts += await self.inbox.handle(deliveries(events[start : start + size]))
        return verdicts

    def close(self) -> None:
        self.database.close()
        self._telemetry.close()


def deliveries(events: Iterable[Envelope]) -> list[Delivery]:
    return [Delivery("redress.reporting", e.key, e.id, e.encoded()) for e in events]
