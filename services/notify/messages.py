"""The messages: one document each, which carries its own state, lease and unsent event.

States: `pending` (due at `next_at`), `sending` (it may be at the provider), and the ends `sent`,
`failed`, `unknown`, `cancelled`. A claimed message is `pending` with a `token`, and its `next_at` is when
the claim lapses. Every later write names the token, so that a claim that lapsed can change nothing.

A message says one event about its complaint, in the write that ends it. Since several senders end
messages of one complaint at a time, each message is a source of its own (`/redress/notify/<id>`), and
its event has sequence 1: readers tell the events of a complaint apart by source and sequence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo import ASCENDING, IndexModel, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from services.notify.channels.port import Language, Outgoing
from services.notify.directory import masked
from services.notify.heard import WISHES
from services.notify.wishes import Wish
from shared.bus.port import Bus
from shared.clock import Clock
from shared.contracts.envelope import Envelope, EventData, new_id
from shared.contracts.notices import NoticeReading, NotificationFailed, NotificationSent
from shared.contracts.words import Case
from shared.store.book import DUPLICATE_KEY, OUTBOX_INDEX, Book
from shared.store.mongo import Database
from shared.store.page import Page

COLLECTION = "messages"
DUE_INDEX = IndexModel([("state", ASCENDING), ("next_at", ASCENDING), ("happened_at", ASCENDING)], name="due")
DESK_INDEX = IndexModel([("complaint", ASCENDING), ("happened_at", ASCENDING)], name="complaint")
INDEXES = (OUTBOX_INDEX, DUE_INDEX, DESK_INDEX)
LEASE = timedelta(minutes=3)
"""How long a claim holds, and how long a message may be `sending` before its outcome counts as unknown."""
CLAIM_TRIES = 3
"""How often a sender looks again when another was faster with all that it had found."""
End = Literal["refused", "unknown", "no_address"]


@dataclass(frozen=True)
class Message:
    """A message in hand; `token` is the claim on it."""

    document: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.document["_id"])

    @property
    def token(self) -> str:
        return str(self.document["token"])

    @property
    def channel(self) -> str:
        return str(self.document["channel"])

    @property
    def attempts(self) -> int:
        return int(self.document["attempts"])

    @property
    def retracts(self) -> Sequence[str]:
        return tuple(self.document.get("retracts", ()))

    @property
    def cause(self) -> Envelope:
        """The event that it tells of, without its data."""
        return Envelope.model_validate({**self.document["cause"], "data": {}})

    def outgoing(self, at: datetime) -> Outgoing:
        document = self.document
        language: Language = document["language"]
        return Outgoing(self.id, document["address"], document["subject"], document["text"], language, at)

    def reading(self) -> NoticeReading:
        document = self.document
        return NoticeReading(
            id=self.id,
            notice=document["notice"],
            occasion=document["occasion"],
            about=document["about"],
            role=document["role"],
            channel=document["channel"],
            address=masked(document["channel"], document["address"]),
            clause=document["clause"],
            subject=document["subject"],
        )


class Messages:
    """The collection `messages` and all writes to it."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, lease: timedelta = LEASE) -> None:
        self.book = Book(database, bus, clock, COLLECTION)
        self._lease = lease
        self._found = self.book.pages
        self._clock = clock

    async def store(self, pages: Sequence[Page]) -> None:
        """Inbox's `before_save`: carry out the wishes of these pages. Doing it again changes nothing."""
        wishes: list[Wish] = [wish for page in pages for wish in page.body.pop(WISHES, ())]
        await self._write([_insert(wish) for wish in wishes if wish.document is not None])
        # Also for a new one: it may stand there from a try whose page was lost to another replica.
        await self._write([_turn(wish, self._clock.now()) for wish in wishes])

    async def _write(self, writes: list[UpdateOne], tries: int = 5) -> None:
        """Two replicas that insert one message at a time: the slower finds it there when it tries again."""
        if not writes:
            return
        try:
            await self._found.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if tries <= 1 or any(e["code"] != DUPLICATE_KEY for e in error.details["writeErrors"]):
                raise
            await self._write(writes, tries - 1)

    async def claim(self, limit: int) -> list[Message]:
        """Up to `limit` due messages, oldest first, for this sender alone until the claim lapses."""
        for _ in range(CLAIM_TRIES):
            ids = await self._due(limit)
            mine = await self._claimed(ids) if ids else []
            if mine or not ids:
                return mine
        return []

    async def _due(self, limit: int) -> list[str]:
        due = {"state": "pending", "next_at": {"$lte": self._clock.now()}}
        order = [("next_at", ASCENDING), ("happened_at", ASCENDING)]
        return [d["_id"] async for d in self._found.find(due, {"_id": 1}).sort(order).limit(limit)]

    async def _claimed(self, ids: Sequence[str]) -> list[Message]:
        """Those of `ids` that no other sender claimed first."""
        now, token = self._clock.now(), new_id()
        free = {"_id": {"$in": ids}, "state": "pending", "next_at": {"$lte": now}}
        await self._found.update_many(free, {"$set": {"token": token, "next_at": now + self._lease}})
        mine = self._found.find({"_id": {"$in": ids}, "token": token}).sort("happened_at", ASCENDING)
        return [Message(document) async for document in mine]

    async def begin(self, message: Message) -> Message | None:
        """Mark that the provider may get it from now on. None when the claim lapsed or it was cancelled."""
        lapses = self._clock.now() + self._lease
        mark = {"$set": {"state": "sending", "next_at": lapses}, "$inc": {"attempts": 1}}
        begun = await self._found.find_one_and_update(
            {"_id": message.id, "state": "pending", "token": message.token},
            mark,
            return_document=ReturnDocument.AFTER,
        )
        return None if begun is None else Message(begun)

    async def expired(self, limit: int) -> list[Message]:
        """Messages whose sender stopped between handing them over and writing down the answer."""
        late = {"state": "sending", "next_at": {"$lte": self._clock.now()}}
        return [Message(document) async for document in self._found.find(late).limit(limit)]

    async def sent(self, message: Message) -> Page | None:
        """It left. The page to send events from; None when the claim on it had lapsed."""
        now = self._clock.now()
        said = NotificationSent(
            case=Case.model_validate(message.document["case"]),
            message=message.reading(),
            at=now,
            attempts=message.attempts,
        )
        return await self._end(message, "sent", said, {"sent_at": now})

    async def failed(self, message: Message, outcome: End, reason: str) -> Page | None:
        """It was given up."""
        said = NotificationFailed(
            case=Case.model_validate(message.document["case"]),
            message=message.reading(),
            at=self._clock.now(),
            attempts=message.attempts,
            outcome=outcome,
            reason=reason,
        )
        state = "unknown" if outcome == "unknown" else "failed"
        return await self._end(message, state, said, {"reason": reason, "outcome": outcome})

    async def _end(self, message: Message, state: str, said: EventData, more: dict[str, Any]) -> Page | None:
        """The end of a message and the event that says so, in one write."""
        page, now = Page(message.id), self._clock.now()
        page.say(
            said,
            source=f"notify/{message.id}",
            time=now,
            now=now,
            cause=message.cause,
            subject=str(message.document["complaint"]),
        )
        change = {"state": state, "outbox": page.outbox, "pending_since": now, "sequence": 1, **more}
        return page if await self._settle(message, {"$set": change, "$unset": _FREE}) else None

    async def again(self, message: Message, at: datetime, reason: str) -> None:
        """Try it once more at `at`; unless nobody shall get it any more."""
        state = {"$cond": ["$void", "cancelled", "pending"]}
        await self._settle(
            message, [{"$set": {"state": state, "next_at": at, "reason": reason}}, {"$unset": ["token"]}]
        )

    async def cancel(self, message: Message) -> None:
        """It has nothing to say: what it would take back never left."""
        await self._settle(message, {"$set": {"state": "cancelled"}, "$unset": _FREE})

    async def _settle(self, message: Message, change: object) -> bool:
        mine = {"_id": message.id, "state": message.document["state"], "token": message.token}
        return bool((await self._found.update_one(mine, change)).matched_count)

    async def states(self, ids: Sequence[str]) -> set[str]:
        found = self._found.find({"_id": {"$in": list(ids)}}, {"state": 1})
        return {str(document["state"]) async for document in found}

    async def due_at(self) -> datetime | None:
        """When the next message is due, or the next claim or lease ends."""
        moments = []
        for state in ("pending", "sending"):
            first = await self._found.find_one(
                {"state": state}, {"next_at": 1}, sort=[("next_at", ASCENDING)]
            )
            moments += [first["next_at"]] if first else []
        return min(moments, default=None)

    async def of(self, complaint: str, limit: int) -> list[Message]:
        """The messages of a complaint, oldest first."""
        found = self._found.find({"complaint": complaint}).sort("happened_at", ASCENDING).limit(limit)
        return [Message(document) async for document in found]


_FREE = {"token": "", "next_at": ""}


def _insert(wish: Wish) -> UpdateOne:
    """Put it there unless it is there. What it takes back may grow."""
    state = "cancelled" if wish.void else "pending"
    first = {**(wish.document or {}), "state": state, "void": wish.void, "rev": 1, "outbox": []}
    change: dict[str, Any] = {"$setOnInsert": first}
    if wish.retracts:
        change["$addToSet"] = {"retracts": {"$each": list(wish.retracts)}}
    return UpdateOne({"_id": wish.id}, change, upsert=True)


def _turn(wish: Wish, now: datetime) -> UpdateOne:
    """Void what has not left, or bring back what was void; a message that left only remembers it."""
    if wish.void:
        state = {"$cond": [{"$eq": ["$state", "pending"]}, "cancelled", "$state"]}
        return UpdateOne({"_id": wish.id}, [{"$set": {"void": True, "state": state}}])
    back = {"$cond": [{"$eq": ["$state", "cancelled"]}, "pending", "$state"]}
    due = {"$cond": [{"$eq": ["$state", "cancelled"]}, now, "$next_at"]}
    return UpdateOne(
        {"_id": wish.id, "void": True}, [{"$set": {"void": False, "state": back, "next_at": due}}]
    )
