"""A collection of pages: opened together, saved together, their events sent together."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from pymongo import ASCENDING, IndexModel, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared.bus.port import Bus, Confirmed, Message
from shared.clock import Clock
from shared.contracts.envelope import new_id
from shared.store.mongo import Collection, Database, Session
from shared.store.page import Page

DUPLICATE_KEY = 11000
OUTBOX_INDEX = IndexModel([("pending_since", ASCENDING)], name="outbox", sparse=True)


class Book:
    """The pages of one service. Two writers of one page: the second finds it changed and starts over."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, collection: str = "complaints") -> None:
        self.pages: Collection = database.collection(collection)
        self._bus = bus
        self._clock = clock

    async def open(self, ids: Iterable[str]) -> dict[str, Page]:
        """The pages of these ids; a new one where none is stored."""
        wanted = list(dict.fromkeys(ids))
        stored = {d["_id"]: Page.of(d) async for d in self.pages.find({"_id": {"$in": wanted}})}
        return {id_: stored.get(id_) or Page(id_) for id_ in wanted}

    async def save(self, pages: Sequence[Page], session: Session = None) -> set[str]:
        """Write the changed pages in one go; the ids that somebody else changed meanwhile, to be redone.

        In a transaction a page that somebody else made meanwhile raises BulkWriteError, and ends it.
        """
        changed = [page for page in pages if page.changed]
        if not changed:
            return set()
        writer = new_id()
        writes = [self._write(page, writer) for page in sorted(changed, key=lambda p: p.rev > 0)]
        try:
            # The first failure ends a transaction; what is sent after it would only hide the reason.
            result = await self.pages.bulk_write(writes, ordered=session is not None, session=session)
            written = result.matched_count + result.inserted_count
        except BulkWriteError as error:
            if session is not None or any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise
            written = -1
        lost = set() if written == len(changed) else await self._lost(changed, writer, session)
        for page in changed:
            if page.id not in lost:
                page.rev += 1
                page.changed = False
        return lost

    @staticmethod
    def _write(page: Page, writer: str) -> InsertOne[dict[str, object]] | ReplaceOne[dict[str, object]]:
        document = {**page.document(), "writer": writer}
        if page.rev == 0:
            return InsertOne(document)
        return ReplaceOne({"_id": page.id, "rev": page.rev}, document)

    async def _lost(self, pages: Sequence[Page], writer: str, session: Session) -> set[str]:
        """Which pages do not bear this write. Another may have come after it already; then what was said
        still stands in the outbox, and is ours to send."""
        ids = [page.id for page in pages]
        said = [message["id"] for page in pages for message in page.fresh]
        ours = {"_id": {"$in": ids}, "$or": [{"writer": writer}, {"outbox.id": {"$in": said}}]}
        mine = self.pages.find(ours, {"_id": 1}, session=session)
        return set(ids) - {d["_id"] async for d in mine}

    async def send(self, pages: Iterable[Page]) -> bool:
        """Publish what was said on these pages and clear what was confirmed. False when something stayed."""
        return await self._send([(page, message) for page in pages for message in page.fresh_messages()])

    async def _send(self, owners: Sequence[tuple[Page, Message]]) -> bool:
        if not owners:
            return True
        outcomes = await self._bus.publish([message for _, message in owners])
        sent: dict[str, list[str]] = {}
        for (page, message), outcome in zip(owners, outcomes, strict=True):
            if isinstance(outcome, Confirmed):
                sent.setdefault(page.id, []).append(message.id)
        await self._clear(sent)
        return sum(map(len, sent.values())) == len(owners)

    async def _clear(self, sent: dict[str, list[str]]) -> None:
        """Take confirmed events out; the sweeper's mark goes when the outbox is empty."""
        if not sent:
            return
        await self.pages.bulk_write(
            [UpdateOne({"_id": id_}, _without(ids)) for id_, ids in sent.items()], ordered=False
        )

    async def sweep(self, older_than: timedelta, limit: int = 500) -> int:
        """Publish what a crash or an outage left in the outboxes, oldest first; how many pages were tried."""
        before = self._clock.now() - older_than
        cursor = self.pages.find({"pending_since": {"$lte": before}}).sort("pending_since", 1).limit(limit)
        pages = [Page.of(document) async for document in cursor]
        await self._send([(page, message) for page in pages for message in page.messages()])
        return len(pages)

    async def pending(self) -> int:
        """How many pages have events that are not confirmed yet (stops counting at 100,000)."""
        return int(await self.pages.count_documents({"pending_since": {"$exists": True}}, limit=100_000))


def _without(ids: Sequence[str]) -> list[dict[str, object]]:
    left = {"$filter": {"input": "$outbox", "cond": {"$not": {"$in": ["$$this.id", list(ids)]}}}}
    return [
        {"$set": {"outbox": left}},
        {"$set": {"pending_since": {"$cond": [{"$eq": ["$outbox", []]}, "$$REMOVE", "$pending_since"]}}},
    ]
