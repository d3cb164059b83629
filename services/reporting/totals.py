"""The running totals: moved in one transaction with the pages that move them, so each event counts once.

Collection `totals`, one document per unit, day, part and slot: {unit, day, part, slot, counts: {dimension:
{value: n}}}. The branches, which people name freely, are a part of their own (a document holds some
26,000 of the longest names). A process adds to its own slot, so that replicas seldom meet in one
document; a slot may go below zero, the sum over the slots never does. A batch writes two documents per
day of receipt; a year is read from at most 1,460 documents, by index.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from services.reporting.card import card
from services.reporting.contributions import (
    Cell,
    Counts,
    contributions,
    difference,
    rejection,
    remembered,
    stored,
)
from services.reporting.story import Document
from shared.deployment import Deployment
from shared.store.book import DUPLICATE_KEY, Book
from shared.store.mongo import Database, Session
from shared.store.page import Page

COLLECTION = "totals"
INDEXES = (IndexModel([("unit", ASCENDING), ("day", ASCENDING), ("part", ASCENDING)], name="unit_day"),)
SLOTS = 4
_ESCAPES = str.maketrans({"%": "%25", ".": "%2E", "$": "%24", "\0": "%00"})


class Totals:
    """Saves pages and moves the totals by what changed in them: both or neither."""

    def __init__(
        self, database: Database, book: Book, deployment: Deployment, slot: int | None = None
    ) -> None:
        self._database = database
        self._book = book
        self._deployment = deployment
        self._slot = secrets.randbelow(SLOTS) if slot is None else slot
        self._totals = database.collection(COLLECTION)

    async def save(self, pages: Sequence[Page]) -> set[str]:
        """`Inbox`'s save: the ids of the pages that somebody else changed meanwhile, to be done again."""
        changed = [page for page in pages if page.changed]
        moves = {page.id: self._settle(page) for page in changed}
        if not any(moves.values()):
            return await self._book.save(changed)
        try:
            return await self._database.transaction(_Attempt(self, changed, moves))
        except BulkWriteError as error:
            if any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise
            return {page.id for page in changed}

    def _settle(self, page: Page) -> Counts:
        """Bring card and counts of a page up to date; what its totals move by."""
        before = remembered(page.body.get("counted", ()))
        now = self._now(page.body)
        page.body["counted"] = stored(now)
        return difference(before, now)

    def _now(self, body: Document) -> Counts:
        if "rejected" in body:
            return rejection(body)
        if "copy" not in body:  # what comes before the complaint itself counts when that comes
            return {}
        complaint = body["copy"]["complaint"]
        unit = self._deployment.governing(complaint["unit"], complaint["pack"], complaint["pack_version"])
        body["card"] = card(body, unit)
        return contributions(body, unit)

    async def write(self, pages: Sequence[Page], moves: dict[str, Counts], session: Session) -> set[str]:
        """The pages, then the totals by those pages that were not lost to another writer."""
        lost = await self._book.save(pages, session=session)
        by: Counter[Cell] = Counter()
        for id_, move in moves.items():
            if id_ not in lost:
                by.update(move)
        writes = [self._inc(place, cells) for place, cells in sorted(_grouped(by).items())]
        if writes:
            await self._totals.bulk_write(writes, ordered=True, session=session)
        return lost

    def _inc(self, place: tuple[str, str, str], cells: dict[Cell, int]) -> UpdateOne:
        unit, day, part = place
        where = {"unit": unit, "day": day, "part": part, "slot": self._slot}
        inc = {f"counts.{cell.dimension}.{_key(cell.value)}": by for cell, by in cells.items()}
        return UpdateOne(
            {"_id": f"{unit}|{day}|{part}|{self._slot}"}, {"$inc": inc, "$setOnInsert": where}, True
        )

    async def read(self, unit: str, first: date, last: date, branches: bool = False) -> Counts:
        """Every cell of a unit from `first` to `last`, both included; those at zero are left out."""
        part = {"$in": ["main", "branch"]} if branches else "main"
        days = {"$gte": first.isoformat(), "$lte": last.isoformat()}
        sums: Counter[Cell] = Counter()
        async for document in self._totals.find({"unit": unit, "day": days, "part": part}):
            for dimension, values in document["counts"].items():
                for value, count in values.items():
                    sums[Cell(unit, document["day"], dimension, _value(value))] += count
        return {cell: count for cell, count in sums.items() if count}

    async def bounds(self, unit: str) -> tuple[date, date] | None:
        """The first and the last day on which something was received; None before there is any."""
        ends = []
        for direction in (1, -1):
            found = await self._totals.find_one({"unit": unit}, {"day": 1}, sort=[("day", direction)])
            if found is None:
                return None
            ends.append(date.fromisoformat(found["day"]))
        return ends[0], ends[1]


class _Attempt:
    """The body of the transaction; it may be run again, and then starts from the pages as they were."""

    def __init__(self, totals: Totals, pages: Sequence[Page], moves: dict[str, Counts]) -> None:
        self._totals, self._pages, self._moves = totals, pages, moves
        self._revs = {page.id: page.rev for page in pages}

    async def __call__(self, session: Session) -> set[str]:
        for page in self._pages:
            page.rev, page.changed = self._revs[page.id], True
        return await self._totals.write(self._pages, self._moves, session)


def _grouped(by: Counter[Cell]) -> dict[tuple[str, str, str], dict[Cell, int]]:
    groups: defaultdict[tuple[str, str, str], dict[Cell, int]] = defaultdict(dict)
    for cell, count in by.items():
        if count:
            part = "branch" if cell.dimension == "branch" else "main"
            groups[cell.unit, cell.day, part][cell] = count
    return groups


def _key(value: str) -> str:
    """A value as the name of a field: no dots, no dollars, never empty."""
    return "=" + value.translate(_ESCAPES)


def _value(key: str) -> str:
    for escaped, plain in (("%2E", "."), ("%24", "$"), ("%00", "\0"), ("%25", "%")):
        key = key.replace(escaped, plain)
    return key[1:]
