"""The messages: one document each, which carries its own state, lease and unsent event.

States: `pending` (due at `next_at`), `sending` (it may be at the provider), and the ends `sent`,
`failed`, `unknown`, `cancelled`. A claimed message is `pending` with a `token`, and its `next_at` is when
the claim lapses. Every later write names the token, so that a claim that lapsed can change nothing.

Many messages are in hand at a time: what is to be written down of them is written together.

A message says one event about its complaint, in the write that ends it. Since several senders end
messages of one complaint at a time, each message is a source of its own (`/redress/notify/<id>`), and
its event has sequence 1: readers tell the events of a complaint apart by source and sequence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo import ASCENDING, IndexModel, UpdateOne
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
from shared.store.group_commit import GroupCommit
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
MAX_BATCH = 100
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
    def due(self) -> datetime | None:
        """Until when the procedure wants it told, where it says so."""
        return self.document.get("due")

    def late_by(self, now: datetime) -> float:
        """Seconds."""
        return max((now - self.due).total_seconds(), 0.0) if self.due else 0.0

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


@dataclass(frozen=True, slots=True)
class _Note:
    """Something to write down of a message in hand, if the claim on it still holds."""

    message: Message
    change: Any


class Messages:
    """The collection `messages` and all writes to it."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, lease: timedelta = LEASE) -> None:
        self.book = Book(database, bus, clock, COLLECTION)
        self._lease = lease
        self._found = self.book.pages
        self._clock = clock
        self._together = GroupCommit[_Note, bool](self._note_all, MAX_BATCH)

    async def store(self, pages: Sequence[Page]) -> None:
        """Inbox's `before_save`: carry out the wishes of these pages. Doing it again changes nothing."""
        wishes: list[Wish] = [wish for page in pages for wish in page.body.pop(WISHES, ())]
        await self._write([_put(wish, self._clock.now()) for wish in wishes])

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
            due = await self._due(limit)
            mine = await self._claimed(due) if due else []
            if mine or not due:
                return mine
        return []

    async def _due(self, limit: int) -> list[dict[str, Any]]:
        due = {"state": "pending", "next_at": {"$lte": self._clock.now()}}
        order = [("next_at", ASCENDING), ("happened_at", ASCENDING)]
        return [document async for document in self._found.find(due).sort(order).limit(limit)]

    async def _claimed(self, due: Sequence[dict[str, Any]]) -> list[Message]:
        """Those of `due` that no other sender claimed first."""
        now, token = self._clock.now(), new_id()
        ids = [document["_id"] for document in due]
        free = {"_id": {"$in": ids}, "state": "pending", "next_at": {"$lte": now}}
        claim = {"token": token, "next_at": now + self._lease}
        claimed = await self._found.update_many(free, {"$set": claim})
        if claimed.matched_count == len(due):
            return [Message(document | claim) for document in due]
        mine = self._found.find({"_id": {"$in": ids}, "token": token}).sort("happened_at", ASCENDING)
        return [Message(document) async for document in mine]

    async def begin(self, message: Message) -> Message | None:
        """Mark that the provider may get it from now on. None when the claim lapsed or it was cancelled."""
        begun = {
            "state": "sending",
            "next_at": self._clock.now() + self._lease,
            "attempts": message.attempts + 1,
        }
        return Message(message.document | begun) if await self._note(message, {"$set": begun}) else None

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
            due=message.due,
            late_by=message.late_by(now),
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
        return page if await self._note(message, {"$set": change, "$unset": _FREE}) else None

    async def again(self, message: Message, at: datetime, reason: str) -> None:
        """Try it once more at `at`; unless nobody shall get it any more."""
        state = {"$cond": ["$void", "cancelled", "pending"]}
        again = {"state": state, "next_at": at, "reason": {"$literal": reason}}
        await self._note(message, [{"$set": again}, {"$unset": ["token"]}])

    async def cancel(self, message: Message) -> None:
        """It has nothing to say: what it would take back never left."""
        await self._note(message, {"$set": {"state": "cancelled"}, "$unset": _FREE})

    async def _note(self, message: Message, change: object) -> bool:
        """Whether the claim still held."""
        return (await self._together.add([_Note(message, change)]))[0]

    async def _note_all(self, notes: Sequence[_Note]) -> list[bool]:
        """Each writes its own mark with the change; only where one found no claim are the marks looked at."""
        marks = {note.message.id: new_id() for note in notes}
        writes = [_marked(note, marks[note.message.id]) for note in notes]
        result = await self._found.bulk_write(writes, ordered=False)
        if result.matched_count == len(notes):
            return [True] * len(notes)
        found = self._found.find({"_id": {"$in": list(marks)}}, {"mark": 1})
        stand = {document["_id"]: document.get("mark") async for document in found}
        return [stand.get(id_) == mark for id_, mark in marks.items()]

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


def _marked(note: _Note, mark: str) -> UpdateOne:
    document = note.message.document
    mine = {"_id": note.message.id, "state": document["state"], "token": document["token"]}
    if isinstance(note.change, list):
        return UpdateOne(mine, [*note.change, {"$set": {"mark": mark}}])
    return UpdateOne(mine, {**note.change, "$set": {**note.change["$set"], "mark": mark}})


def _put(wish: Wish, now: datetime) -> UpdateOne:
    """Put it there; one that stands there is turned as it is wished. What it takes back may grow."""
    turned: Any = _voided() if wish.void else _restored(now)
    if wish.retracts:
        known = {"retracts": {"$setUnion": [{"$ifNull": ["$retracts", []]}, list(wish.retracts)]}}
        turned = {"$mergeObjects": [turned, known]}
    if wish.document is None:
        return UpdateOne({"_id": wish.id}, [{"$replaceWith": turned}])
    first = {
        "_id": wish.id,
        **wish.document,
        "state": "cancelled" if wish.void else "pending",
        "void": wish.void,
        "rev": 1,
        "outbox": [],
        **({"retracts": list(wish.retracts)} if wish.retracts else {}),
    }
    is_new = {"$eq": [{"$type": "$state"}, "missing"]}
    change = {"$replaceWith": {"$cond": [is_new, {"$literal": first}, turned]}}
    return UpdateOne({"_id": wish.id}, [change], upsert=True)


def _voided() -> dict[str, Any]:
    """What has not left never will; a message that left only remembers it."""
    state = {"$cond": [{"$eq": ["$state", "pending"]}, "cancelled", "$state"]}
    return {"$mergeObjects": ["$$ROOT", {"void": True, "state": state}]}


def _restored(now: datetime) -> dict[str, Any]:
    """What was void is wanted again: it is due at once if it was cancelled for that."""
    cancelled = {"$eq": ["$state", "cancelled"]}
    back = {
        "void": False,
        "state": {"$cond": [cancelled, "pending", "$state"]},
        "next_at": {"$cond": [cancelled, now, "$next_at"]},
    }
    return {"$cond": ["$void", {"$mergeObjects": ["$$ROOT", back]}, "$$ROOT"]}
