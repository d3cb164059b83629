"""Wakes the pages whose deadlines rest on calendars that are no longer those of the deployment.

A page with a clock that runs bears the fingerprint of the calendars it was reckoned by. A replica that
starts, or takes an edited file over, says which calendars hold now; pages that bear others are woken, a
batch at a time, and tell what moved. Of replicas with different calendars, as there are while a deployment
is rolled out or edited, only those with the calendars that were said last do so: else they would undo each
other's work for ever.
"""

from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel

from shared.clock import Clock
from shared.deployment import Deployment
from shared.store.book import Book
from shared.store.mongo import Collection, Database

EVERY = timedelta(minutes=1)
BATCH = 500
CALENDAR_INDEX = IndexModel(
    [("case.unit", ASCENDING), ("calendars", ASCENDING)],
    name="calendars",
    partialFilterExpression={"calendars": {"$exists": True}},
)


class CalendarKeeper:
    """The worker that looks when calendars are new and every minute; a look costs one read of an index a
    unit."""

    name = "calendars"

    def __init__(self, book: Book, database: Database, deployment: Deployment, clock: Clock) -> None:
        self._book = book
        self._said: Collection = database.collection("calendars")
        self._deployment = deployment
        self._clock = clock
        self._next = clock.now()
        self._told: dict[str, str] = {}
        """By unit, the fingerprint that this replica has said."""

    async def due_at(self) -> datetime | None:
        return None

    async def work(self) -> int:
        now = self._clock.now()
        if not await self._say(now) and now < self._next:
            return 0
        woken = sum([await self._wake(unit.id, unit.calendars.fingerprint, now) for unit in self._deployment])
        self._next = now if woken else now + EVERY
        return woken

    async def _say(self, now: datetime) -> bool:
        """Whether there was anything new to say."""
        holds = {unit.id: unit.calendars.fingerprint for unit in self._deployment}
        new = {unit: which for unit, which in holds.items() if self._told.get(unit) != which}
        for unit, fingerprint in new.items():
            which = {"fingerprint": fingerprint, "since": now}
            await self._said.update_one({"_id": unit}, {"$set": which}, upsert=True)
            self._told[unit] = fingerprint
        return bool(new)

    async def _wake(self, unit: str, fingerprint: str, now: datetime) -> int:
        said = await self._said.find_one({"_id": unit})
        if said is None or said["fingerprint"] != fingerprint:
            return 0
        others = {"$or": [{"calendars": {"$lt": fingerprint}}, {"calendars": {"$gt": fingerprint}}]}
        asleep = {"$or": [{"wake_at": None}, {"wake_at": {"$gt": now}}]}
        where = {"case.unit": unit, "$and": [others, asleep]}
        ids = [page["_id"] async for page in self._book.pages.find(where, {"_id": 1}).limit(BATCH)]
        if ids:
            await self._book.pages.update_many({"_id": {"$in": ids}, **asleep}, {"$set": {"wake_at": now}})
        return len(ids)
