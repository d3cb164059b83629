"""What a service is made of, how it starts, and how it stops without losing anything."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from fastapi import FastAPI
from pymongo import IndexModel
from pymongo.errors import PyMongoError

from shared.bus.port import Bus, Handler, Subscription
from shared.clock import Clock
from shared.deployment import Deployment
from shared.settings import Settings
from shared.store.book import Book
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry

log = structlog.get_logger()
POLL = timedelta(milliseconds=250)
"""The longest that a worker sleeps past the moment it is due; part of the published firing lag."""
IDLE = timedelta(seconds=1)
"""How long a worker with nothing in sight sleeps before it looks again."""


@dataclass(frozen=True)
class Parts:
    """What the world hands a service: the real parts, or their stand-ins in virtual time."""

    settings: Settings
    clock: Clock
    bus: Bus
    database: Database
    deployment: Deployment
    telemetry: Telemetry


class Worker(Protocol):
    """Work that is due at a time rather than on a message. Several replicas may run the same worker."""

    name: str

    async def due_at(self) -> datetime | None:
        """When there is something to do next (now or earlier: at once); None when nothing is in sight."""

    async def work(self) -> int:
        """Do what is due now; how much was done. Called again while it returns more than 0."""


@dataclass(frozen=True)
class Service:
    """One service, wired: what it listens to, what it serves, what it does by the clock."""

    name: str
    parts: Parts
    app: FastAPI
    subscriptions: Sequence[tuple[Subscription, Handler]] = ()
    workers: Sequence[Worker] = ()
    indexes: Mapping[str, Sequence[IndexModel]] = field(default_factory=dict)
    ready: Sequence[Callable[[], Awaitable[None]]] = ()
    """What else must be done in the store before anything is consumed."""

    async def prepare(self) -> None:
        """Collections and indexes, then the subscriptions: nothing is consumed before the store is ready."""
        await self.parts.database.prepare(self.indexes)
        for make_ready in self.ready:
            await make_ready()
        for subscription, handler in self.subscriptions:
            await self.parts.bus.subscribe(subscription, handler)

    async def run_workers(self) -> None:
        """Run the workers until cancelled; one that fails is started again, and says so."""
        async with asyncio.TaskGroup() as group:
            for worker in self.workers:
                group.create_task(self._forever(worker))

    async def _forever(self, worker: Worker) -> None:
        while True:
            try:
                if await worker.work() == 0:
                    await asyncio.sleep(self._pause(await worker.due_at()))
            except Exception:
                log.exception("worker_failed", worker=worker.name)
                await asyncio.sleep(IDLE.total_seconds())

    def _pause(self, due: datetime | None) -> float:
        if due is None:
            return IDLE.total_seconds()
        ahead = (due - self.parts.clock.now()).total_seconds()
        return min(max(ahead, POLL.total_seconds() / 10), POLL.total_seconds())

    async def stop(self, workers: asyncio.Task[None] | None) -> None:
        """Stop consuming, finish what is in hand within the grace period, leave."""
        if workers is not None:
            workers.cancel()
            with suppress(asyncio.CancelledError):
                await workers
        await self.parts.bus.drain(timedelta(seconds=self.parts.settings.grace_seconds))
        for worker in self.workers:
            if isinstance(worker, OutboxSweeper):
                await worker.leave()


class OutboxSweeper:
    """Publishes what a crash or an outage left behind, and clears what was published. One per book."""

    name = "outbox"

    def __init__(self, book: Book, parts: Parts) -> None:
        self._book = book
        self._clock = parts.clock
        self._next = parts.clock.now()

    async def due_at(self) -> datetime | None:
        return None

    async def work(self) -> int:
        if self._clock.now() < self._next:
            return 0
        self._next = self._clock.now() + SWEEP_EVERY
        return await self._book.sweep(SWEEP_AFTER)

    async def leave(self) -> None:
        """Nothing more will be sent. What cannot be cleared now, another will send once more."""
        try:
            await self._book.clear()
        except PyMongoError as error:
            log.warning("outbox_not_cleared", error=type(error).__name__)


SWEEP_EVERY = timedelta(seconds=2)
SWEEP_AFTER = timedelta(seconds=5)
