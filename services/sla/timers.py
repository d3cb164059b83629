"""Fires what falls due: pages are claimed in due order, by any replica, without caps.

Firing rewrites the page with a new `wake_at` in one guarded write, so that of two replicas that fire the same
page only one is heard. Claims keep them from doing so.

While the store writes one batch, the next is reckoned and the one after it claimed. Batches are said one
after the other, so that the oldest is heard first.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.sla.claims import Claims, Held
from services.sla.heard import Timekeeper
from shared.clock import Clock
from shared.store.book import Book
from shared.store.page import Page

log = structlog.get_logger()
BATCH = 200
AT_A_STRETCH = 20
"""So many pages are reckoned before others have their turn in this process."""
Cursor = Any
"""A motor cursor; motor is untyped."""
TIMER_INDEX = IndexModel([("wake_at", ASCENDING)], name="timers", sparse=True)


class Timers:
    """The worker that fires. `work` fires all that is due, BATCH pages at a time, the oldest first."""

    name = "timers"

    def __init__(self, book: Book, claims: Claims, keeper: Timekeeper, clock: Clock) -> None:
        self._book = book
        self._claims = claims
        self._keeper = keeper
        self._clock = clock

    async def due_at(self) -> datetime | None:
        """The earliest `wake_at` that nobody has in hand; if all are, when the first claim runs out."""
        held = await self._claims.held()
        free = self._book.pages.find({"wake_at": {"$exists": True}, **not_in(held)}, {"wake_at": 1})
        first = await in_due_order(free, 1).to_list(1)
        return first[0]["wake_at"] if first else held.first_end

    async def work(self) -> int:
        try:
            return await self._fire_all()
        except asyncio.CancelledError:
            await self._hand_back()
            raise

    async def _fire_all(self) -> int:
        fired = 0
        async with asyncio.TaskGroup() as group:
            claiming = group.create_task(self._claim())
            saying: asyncio.Task[None] | None = None
            while claimed := await claiming:
                claiming = group.create_task(self._claim())
                pages = await self._reckoned(claimed)
                if saying is not None:
                    await saying
                saying = group.create_task(self._say(pages))
                fired += len(pages)
        await self._claims.tell()
        return fired

    async def _reckoned(self, claimed: Sequence[Page]) -> list[Page]:
        """What could not be fired is tried again when its claim has run out."""
        pages: list[Page] = []
        for first in range(0, len(claimed), AT_A_STRETCH):
            await asyncio.sleep(0)
            pages += self._keeper.fire(claimed[first : first + AT_A_STRETCH])
        return pages

    async def _say(self, pages: Sequence[Page]) -> None:
        lost = await self._book.save(pages)
        self._claims.done([page.id for page in pages])
        await self._book.send(page for page in pages if page.id not in lost)

    async def _hand_back(self) -> None:
        try:
            await self._claims.hand_back()
        except PyMongoError as error:  # then the others wait until the claims run out
            log.warning("timers_not_handed_back", error=type(error).__name__)

    async def _claim(self) -> list[Page]:
        while True:
            held = await self._claims.held()
            due = self._book.pages.find({"wake_at": {"$lte": self._clock.now()}, **not_in(held)})
            pages = [Page.of(document) for document in await in_due_order(due, BATCH).to_list(BATCH)]
            if not pages or await self._claims.take(held, [page.id for page in pages]):
                return pages


def in_due_order(found: Cursor, most: int) -> Cursor:
    """By the index of timers, whatever else is asked: what is not due is not read."""
    return found.sort("wake_at", 1).limit(most).hint("timers")


def not_in(held: Held) -> dict[str, object]:
    """Pages that nobody has in hand."""
    pages = held.pages
    return {"_id": {"$nin": pages}} if pages else {}
