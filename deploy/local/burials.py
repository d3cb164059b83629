"""Keeps the dead letters of the memory bus in MongoDB, so that they outlive the process."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from shared.bus.burial import Burial
from shared.bus.port import Delivery
from shared.store.mongo import Database


class StoredBurials:
    """Answers the `Burials` port over a database of its own."""

    def __init__(self, mongo_url: str, name: str) -> None:
        self._database = Database(mongo_url, name)
        self._letters = self._database.collection("letters")

    async def keep(self, burial: Burial) -> None:
        document: dict[str, Any] = {"_id": burial.ticket, "reason": burial.reason, "died_at": burial.died_at}
        await self._letters.insert_one({**document, "delivery": asdict(burial.delivery)})

    async def of(self, queue: str) -> Sequence[Burial]:
        cursor = self._letters.find({"delivery.queue": queue}).sort("died_at", 1)
        return [Burial(d["_id"], Delivery(**d["delivery"]), d["reason"], d["died_at"]) async for d in cursor]

    async def remove(self, tickets: Collection[str]) -> None:
        await self._letters.delete_many({"_id": {"$in": list(tickets)}})

    async def close(self) -> None:
        self._database.close()
