"""Wakes the pages whose deadlines rest on calendars that are no longer those of the deployment.

A page with a clock that runs bears the fingerprint of the calendars it was reckoned by. A replica that
starts, or takes an edited file over, says which calendars hold now; pages that bear others are woken, a
batch at a time, and tell what moved. Of replicas with different calendars, as there are while a deployment
is rolled out or edited, only those with the calendars that were said last do so: else they would undo each
other's work for ever.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel

from shared.clock import Clock
from shared.deployment import Deployment, Unit
from shared.store.book import Book
from shared.store.mongo import Collection, Database

EVERY = timedelta(minutes=1)
BATCH = 500
CALENDAR_INDEX = IndexModel(
    [(f"case.{name}", ASCENDING) for name in ("unit", "pack", "pack_version")] + [("calendars", ASCENDING)],
    name="calendars",
    partialFilterExpression={"calendars": {"$exists": True}},
)


class CalendarKeeper:
    """The worker that looks when calendars are new and every minute; a look costs one read of an index for
    each pack version of a unit."""

    name = "calendars"

    def __init__(self, book: Book, database: Database, deployment: Deployment, clock: Clock) -> None:
        self._book = book
        self._said: Collection = database.collection("calendars")
        self._deployment = deployment
        self._clock = clock
        self._next = clock.now()
        self._told: dict[str, str] = {}
        """By unit and pack version, the fingerprint that this replica has said."""

    async def due_at(self) -> datetime | None:
        return None

    async def work(self) -> int:
        now = self._clock.now()
        if not await self._say(now) and now < self._next:
            return 0
        woken = sum([await self._wake(unit, now) for unit in self._units()])
        self._next = now if woken else now + EVERY
        return woken

    def _units(self) -> Iterator[Unit]:
        """Every unit, as it works now and as it works for what was received before."""
        for unit in self._deployment:
            yield from unit.editions

    async def _say(self, now: datetime) -> bool:
        """Whether there was anything new to say."""
        new = [unit for unit in self._units() if self._told.get(_name(unit)) != unit.calendars.fingerprint]
        for unit in new:
            which = {"fingerprint": unit.calendars.fingerprint, "since": now}
            await self._said.update_one({"_id": _name(unit)}, {"$set": which}, upsert=True)
            self._told[_name(unit)] = unit.calendars.fingerprint
        return bool(new)

    async def _wake(self, unit: Unit, now: datetime) -> int:
        fingerprint = unit.calendars.fingerprint
        said = await self._said.find_one({"_id": _name(unit)})
        if said is None or said["fingerprint"] != fingerprint:
            return 0
        others = {"$or": [{"calendars": {"$lt": fingerprint}}, {"calendars": {"$gt": fingerprint}}]}
        asleep = {"$or": [{"wake_at": None}, {"wake_at": {"$gt": now}}]}
        governed = {"case.unit": unit.id, "case.pack": unit.pack.id, "case.pack_version": unit.pack.version}
        where = {**governed, "$and": [others, asleep]}
        ids = [page["_id"] async for page in self._book.pages.find(where, {"_id": 1}).limit(BATCH)]
        if ids:
            await self._book.pages.update_many({"_id": {"$in": ids}, **asleep}, {"$set": {"wake_at": now}})
        return len(ids)


def _name(unit: Unit) -> str:
    return f"{unit.id} {unit.edition}"
