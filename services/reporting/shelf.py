"""Finds complaints for the pages: one, the newest, the overdue, by number or reference."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.reporting.story import Document
from shared.store.mongo import Collection

INDEXES = (
    IndexModel([("unit", ASCENDING), ("card.received_at", DESCENDING)], name="newest"),
    IndexModel([("card.received_at", DESCENDING)], name="newest_anywhere"),
    IndexModel(
        [("unit", ASCENDING), ("card.due", ASCENDING)],
        name="overdue",
        partialFilterExpression={"card.overdue": True},
    ),
    IndexModel([("card.number", ASCENDING)], name="number"),
    IndexModel([("card.ref", ASCENDING)], name="ref"),
    IndexModel([("heard_at", DESCENDING)], name="heard"),
)
SHOWN = 10
FOUND = 50
_CARD = {"card": 1, "unit": 1}


@dataclass(frozen=True)
class Entry:
    """A complaint in a list."""

    id: str
    unit: str
    card: dict[str, Any]


class Shelf:
    """Reads the pages; writes nothing."""

    def __init__(self, pages: Collection) -> None:
        self._pages = pages

    async def one(self, id_: str) -> Document | None:
        """The story of a complaint; None when its own copy has not been heard."""
        found: Document | None = await self._pages.find_one({"_id": id_, "card": {"$exists": True}})
        return found

    async def newest(self, unit: str) -> Sequence[Entry]:
        return await self._some({"unit": unit, "card": {"$exists": True}}, [("card.received_at", -1)], SHOWN)

    async def overdue(self, unit: str) -> Sequence[Entry]:
        """The longest overdue first."""
        return await self._some({"unit": unit, "card.overdue": True}, [("card.due", 1)], SHOWN)

    async def find(self, text: str) -> Sequence[Entry]:
        """By reference, or by a number or the beginning of one. The store's patterns cannot hold a NUL."""
        if "\0" in text:
            return []
        begins = {"$regex": f"^{re.escape(text)}"}
        where = {"$or": [{"card.number": begins}, {"card.ref": begins}]}
        return await self._some(where, [("card.received_at", -1)], FOUND)

    async def busiest_unit(self) -> str | None:
        """The unit that received the newest complaint."""
        found = await self._some({"card": {"$exists": True}}, [("card.received_at", -1)], 1)
        return found[0].unit if found else None

    async def heard_at(self) -> datetime | None:
        """The event time of the newest event that was applied."""
        found = await self._pages.find_one(
            {"heard_at": {"$exists": True}}, {"heard_at": 1}, sort=[("heard_at", -1)]
        )
        return found["heard_at"] if found else None

    async def _some(self, where: Document, sort: Sequence[tuple[str, int]], limit: int) -> Sequence[Entry]:
        cursor = self._pages.find(where, _CARD).sort(list(sort)).limit(limit)
        return [Entry(d["_id"], d["unit"], d["card"]) async for d in cursor]
