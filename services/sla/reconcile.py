"""Finds timers that were lost: derives from what was heard when each page should wake, and compares.

Pages are looked at oldest check first, a bounded number a second and replica, so that the cost does not
depend on how many there are; only how long one waits for its turn does. What differs is set right, so that
the timers fire it, and counted: something wrote to the store that should not have, or our own code is wrong.
"""

from datetime import datetime, timedelta

import structlog
from pymongo import ASCENDING, IndexModel, UpdateOne

from services.sla.heard import Owed, Timekeeper
from services.sla.reckoning import TICK
from services.sla.turns import CHECK_OPEN, CHECK_REST
from shared.clock import Clock
from shared.store.book import Book
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry

log = structlog.get_logger()
EVERY = timedelta(seconds=1)
BATCH = 200
CHECK_INDEX = IndexModel([("check_at", ASCENDING)], name="checks")


class Reconciler:
    """The worker that checks, at most BATCH pages each EVERY. `work` says how many it set right."""

    name = "reconciler"

    def __init__(self, book: Book, keeper: Timekeeper, clock: Clock, telemetry: Telemetry) -> None:
        self._book = book
        self._keeper = keeper
        self._clock = clock
        self._telemetry = telemetry
        self._next = clock.now()

    async def due_at(self) -> datetime | None:
        return None

    async def work(self) -> int:
        now = self._clock.now()
        if now < self._next:
            return 0
        self._next = now + EVERY
        pages = await self._oldest(now)
        if not pages:
            return 0
        healing = [update for page in pages if (update := self._healed(page, now)) is not None]
        checked = [self._checked(page, now) for page in pages]
        await self._book.pages.bulk_write([*healing, *checked], ordered=False)
        return len(healing)

    async def _oldest(self, now: datetime) -> list[Page]:
        """A page without a mark comes first: the mark was taken from it."""
        due = {"$or": [{"check_at": None}, {"check_at": {"$lte": now}}]}
        cursor = self._book.pages.find(due).sort("check_at", 1).limit(BATCH)
        return [Page.of(document) async for document in cursor]

    def _healed(self, page: Page, now: datetime) -> UpdateOne | None:
        """Set the timer of this page again; None where it is right, or has been reckoned anew meanwhile. One
        that rests on other calendars is not wrong; it is woken for that elsewhere."""
        try:
            if not self._keeper.by_these_calendars(page):
                return None
            owed = self._keeper.owed(page)
        except Exception:  # an unreadable page must not hold up the others
            log.exception("check_failed", complaint=page.id)
            return None
        if _sound(page, owed, now):
            return None
        if _missed(page, owed):
            self._telemetry.missed.inc()
            log.warning("timer_missed", complaint=page.id, owed=owed.at, found=page.body.get("wake_at"))
        return UpdateOne({"_id": page.id, "rev": page.rev}, {"$set": {"wake_at": owed.at or now}})

    def _checked(self, page: Page, now: datetime) -> UpdateOne:
        wait = CHECK_OPEN if page.body.get("wake_at") else CHECK_REST
        return UpdateOne({"_id": page.id}, {"$set": {"check_at": now + wait}})


def _sound(page: Page, owed: Owed, now: datetime) -> bool:
    """Whether the page wakes in time; for what is owed since long ago it has to wake at once."""
    if _missed(page, owed):
        return False
    wake_at = page.body.get("wake_at")
    return not owed.stale or (isinstance(wake_at, datetime) and wake_at <= now)


def _missed(page: Page, owed: Owed) -> bool:
    """Whether what is owed would not be fired at its moment, but late or never."""
    if owed.at is None:
        return False
    wake_at = page.body.get("wake_at")
    return not isinstance(wake_at, datetime) or wake_at > owed.at + TICK
