"""A collection of pages: opened together, saved together, their events sent together.

What the bus has confirmed is remembered here, and leaves the stored outbox with the next write of its page;
what no write takes along is cleared by the sweeper, many pages at a time. A process that dies in between
only makes the sweeper of another publish again what was published.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from pymongo import ASCENDING, IndexModel, InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError

from shared.bus.port import Bus, Confirmed, Message
from shared.clock import Clock
from shared.contracts.envelope import new_id
from shared.store.mongo import Collection, Database, Session
from shared.store.page import Document, Page

DUPLICATE_KEY = 11000
CLEARED_AT_ONCE = 100
OUTBOX_INDEX = IndexModel([("pending_since", ASCENDING)], name="outbox", sparse=True)


class Book:
    """The pages of one service. Two writers of one page: the second finds it changed and starts over."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, collection: str = "complaints") -> None:
        self.pages: Collection = database.collection(collection)
        self._bus = bus
        self._clock = clock
        self._confirmed: dict[str, set[str]] = {}
        """By page, the events that still stand in its stored outbox although the bus has them."""
        self._sending: set[str] = set()
        """Events that this process is handing to the bus just now."""

    async def open(self, ids: Iterable[str]) -> dict[str, Page]:
        """The pages of these ids; a new one where none is stored."""
        wanted = list(dict.fromkeys(ids))
        stored = {d["_id"]: self._page(d) async for d in self.pages.find({"_id": {"$in": wanted}})}
        return {id_: stored.get(id_) or Page(id_) for id_ in wanted}

    def _page(self, document: Document) -> Page:
        page = Page.of(document)
        page.forget(self._confirmed.get(page.id, ()))
        return page

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
                if session is None:
                    self._settle(page)
        return lost

    def _settle(self, page: Page) -> None:
        """Whoever holds an older page can write it no more: what left its outbox is gone for good."""
        if page.id in self._confirmed:
            left = self._confirmed[page.id] & {message["id"] for message in page.outbox}
            self._confirmed |= {page.id: left}
            if not left:
                del self._confirmed[page.id]

    def _write(self, page: Page, writer: str) -> InsertOne[Document] | ReplaceOne[Document]:
        document = {**page.document(), "writer": writer}
        if page.outbox and len(page.outbox) == len(page.fresh):  # it waits from now on, whenever it was said
            document["pending_since"] = self._clock.now()
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

    async def send(self, pages: Iterable[Page]) -> None:
        """Publish what was said on these pages. What is not confirmed stays in the outbox."""
        await self._send([(page, message) for page in pages for message in page.fresh_messages()])

    async def _send(self, owners: Sequence[tuple[Page, Message]]) -> None:
        sending = {message.id for _, message in owners}
        self._sending |= sending
        try:
            outcomes = await self._bus.publish([message for _, message in owners]) if owners else []
        finally:
            self._sending -= sending
        for (page, message), outcome in zip(owners, outcomes, strict=True):
            if isinstance(outcome, Confirmed):
                self._confirmed.setdefault(page.id, set()).add(message.id)

    async def clear(self) -> None:
        """Take what was confirmed out of the outboxes in which it still stands."""
        confirmed, self._confirmed = self._confirmed, {}
        try:
            pages = list(confirmed)
            for part in (pages[i : i + CLEARED_AT_ONCE] for i in range(0, len(pages), CLEARED_AT_ONCE)):
                sent = [id_ for page in part for id_ in confirmed[page]]
                theirs = {"_id": {"$in": part}, "outbox.id": {"$in": sent}}
                await self.pages.update_many(theirs, _without(sent))
        except BaseException:
            for page, ids in confirmed.items():
                self._confirmed.setdefault(page, set()).update(ids)
            raise

    async def sweep(self, older_than: timedelta, limit: int = 500) -> int:
        """Publish what a crash or an outage left in the outboxes, oldest first; how many pages were tried.
        Then clear what was confirmed, lately or now. What is on its way to the bus is left alone: the slower
        that goes, the more of it there is, and sending it again would make it slower still."""
        before = self._clock.now() - older_than
        cursor = self.pages.find({"pending_since": {"$lte": before}}).sort("pending_since", 1).limit(limit)
        found = [self._page(document) async for document in cursor]
        left = [(p, message) for p in found for message in p.messages() if message.id not in self._sending]
        await self._send(left)
        await self.clear()
        return len({page.id for page, _ in left})

    async def pending(self) -> int:
        """About how many pages have events that are not confirmed yet (stops counting at 100,000)."""
        standing = await self.pages.count_documents({"pending_since": {"$exists": True}}, limit=100_000)
        return max(int(standing) - len(self._confirmed), 0)


def _without(ids: Sequence[str]) -> list[Mapping[str, object]]:
    """The sweeper's mark goes when the outbox is empty. It is a write like any other: whoever has the page in
    hand comes second, and cannot put back what was taken out."""
    left = {"$filter": {"input": "$outbox", "cond": {"$not": {"$in": ["$$this.id", list(ids)]}}}}
    return [
        {"$set": {"outbox": left, "rev": {"$add": ["$rev", 1]}}},
        {"$set": {"pending_since": {"$cond": [{"$eq": ["$outbox", []]}, "$$REMOVE", "$pending_since"]}}},
    ]
