"""Fires what falls due: pages are claimed in due order, by lease, by any replica, without caps.

A claim is a lease: a token and the moment it runs out. A replica that dies leaves its pages to the
others when the lease is over; one that is stopped hands them back at once. Firing rewrites the page with a
new `wake_at` in one guarded write, so that of two replicas that fire the same page only one is heard.

While the store writes one batch, the next is reckoned and the one after it claimed. Batches are said one
after the other, so that the oldest is heard first.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.sla.heard import Timekeeper
from shared.clock import Clock
from shared.contracts.envelope import new_id
from shared.store.book import Book
from shared.store.page import Page

log = structlog.get_logger()
LEASE = timedelta(seconds=30)
BATCH = 200
AT_A_STRETCH = 20
"""So many pages are reckoned before others have their turn in this process."""
TIMER_INDEX = IndexModel([("wake_at", ASCENDING)], name="timers", sparse=True)


class Timers:
    """The worker that fires. `work` fires all that is due, BATCH pages at a time, the oldest first."""

    name = "timers"

    def __init__(self, book: Book, keeper: Timekeeper, clock: Clock) -> None:
        self._book = book
        self._keeper = keeper
        self._clock = clock
        self._in_hand: dict[str, str] = {}
        """Pages that were claimed and not written yet, each with its token."""

    async def due_at(self) -> datetime | None:
        """The earliest `wake_at` that nobody has in hand; if all are, when the first lease ends."""
        waiting = {"wake_at": {"$exists": True}}
        in_reach = {**waiting, **free(self._clock.now())}
        first = await self._book.pages.find_one(in_reach, {"wake_at": 1}, sort=[("wake_at", 1)])
        if first is not None:
            wake_at: datetime = first["wake_at"]
            return wake_at
        held = await self._book.pages.find_one(waiting, {"lease_until": 1}, sort=[("lease_until", 1)])
        return held.get("lease_until") if held else None

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
        return fired

    async def _reckoned(self, claimed: Sequence[Page]) -> list[Page]:
        pages = []
        for n, page in enumerate(claimed):
            if n % AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            if self._fired(page):
                pages.append(page)
        return pages

    async def _say(self, pages: Sequence[Page]) -> None:
        lost = await self._book.save(pages)
        for page in pages:
            self._in_hand.pop(page.id, None)
        await self._book.send(page for page in pages if page.id not in lost)

    async def _hand_back(self) -> None:
        mine = {"_id": {"$in": list(self._in_hand)}, "lease": {"$in": list({*self._in_hand.values()})}}
        self._in_hand.clear()
        try:
            await self._book.pages.update_many(mine, {"$unset": {"lease": "", "lease_until": ""}})
        except PyMongoError as error:  # then the others wait for the lease
            log.warning("timers_not_handed_back", error=type(error).__name__)

    def _fired(self, page: Page) -> bool:
        """A page that cannot be fired holds up no other; it is tried again when its lease is over."""
        try:
            self._keeper.fire(page)
        except Exception:
            log.exception("timer_failed", complaint=page.id)
            self._in_hand.pop(page.id, None)
            return False
        return True

    async def _claim(self) -> list[Page]:
        now = self._clock.now()
        due = {"wake_at": {"$lte": now}, **free(now)}
        cursor = self._book.pages.find(due, {"_id": 1}).sort("wake_at", 1).limit(BATCH)
        wanted = {"_id": {"$in": [document["_id"] async for document in cursor]}}
        if not wanted["_id"]["$in"]:
            return []
        token = new_id()
        self._in_hand.update(dict.fromkeys(wanted["_id"]["$in"], token))
        await self._book.pages.update_many(
            {**due, **wanted}, {"$set": {"lease": token, "lease_until": now + LEASE}}
        )
        claimed = self._book.pages.find({**wanted, "lease": token})
        pages = [Page.of(document) async for document in claimed]
        for id_ in {*wanted["_id"]["$in"]} - {page.id for page in pages}:
            self._in_hand.pop(id_, None)
        return sorted(pages, key=lambda page: page.body["wake_at"])


def free(now: datetime) -> dict[str, object]:
    """Pages that nobody has in hand."""
    return {"$or": [{"lease_until": None}, {"lease_until": {"$lte": now}}]}
