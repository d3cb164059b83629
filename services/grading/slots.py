"""Where the rows of a pack's windows stand on a page, so that an index can hold them.

An index of MongoDB answers from itself only while no list is in it. So each window has a slot of its own
on the page, `s0`, `s1` …, and each slot an index, which all packs share. A window keeps the slot that it
was given first, whatever a newer version of its pack adds before it.
"""

from collections.abc import Iterable

from pymongo import ASCENDING, IndexModel, ReturnDocument

from shared.store.mongo import Collection as Stored
from shared.store.mongo import Database

COLLECTION = "slots"
PAGES = "complaints"
FIELDS = ("k", "at", "c", "d", "v", "g", "p")


class Slots:
    """The slots of every pack that this deployment serves, once `prepare` is through."""

    def __init__(self, database: Database, wanted: Iterable[tuple[str, Iterable[str]]]) -> None:
        """`wanted` are the windows of each pack, and of each of its versions."""
        self._database = database
        self._wanted: dict[str, dict[str, None]] = {}
        for pack, windows in wanted:
            self._wanted.setdefault(pack, {}).update(dict.fromkeys(windows))
        self._slots: dict[tuple[str, str], str] = {}

    async def prepare(self) -> None:
        """Find or give the slots, and make their indexes."""
        given = self._database.collection(COLLECTION)
        most = 0
        for pack, windows in self._wanted.items():
            kept = await _kept(given, pack, list(windows)) if windows else []
            most = max(most, len(kept))
            self._slots |= {(pack, window): f"s{n}" for n, window in enumerate(kept)}
        await self._database.prepare({PAGES: [_index(f"s{n}") for n in range(most)]})

    def of(self, pack: str, window: str) -> str:
        return self._slots[pack, window]


async def _kept(given: Stored, pack: str, windows: list[str]) -> list[str]:
    document = await given.find_one_and_update(
        {"_id": pack},
        {"$addToSet": {"windows": {"$each": windows}}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return list(document["windows"])


def _index(slot: str) -> IndexModel:
    """By group and time, with all that is read, so that no page is fetched."""
    return IndexModel(
        [*((f"members.{slot}.{name}", ASCENDING) for name in FIELDS), ("_id", ASCENDING)],
        name=f"members_{slot}",
        partialFilterExpression={f"members.{slot}.k": {"$exists": True}},
    )
