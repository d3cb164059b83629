"""Takes submissions in for good: once each, numbered without a gap, with the event that says so.

Whatever arrives together, over HTTP or from the bus, is written in one transaction: the counters, the
complaints and their outboxes. A key is remembered with the complaint that it brought; a unique index
settles the race of two replicas for one key, and the loser looks again.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.intake.checking import Accepted, check, unit_meant
from services.intake.group_commit import GroupCommit
from services.intake.numbering import number, period
from services.intake.outgoing import Outgoing
from shared.contracts.complaints import ComplaintReceived, Reason
from shared.contracts.envelope import new_id
from shared.contracts.submission import Submission
from shared.service import Parts
from shared.store.book import DUPLICATE_KEY, Book
from shared.store.mongo import Session
from shared.store.page import Document, Page

MAX_BATCH = 500
MAX_ROUNDS = 10
KEY_INDEX = IndexModel(
    [("complaint.unit", ASCENDING), ("key.source", ASCENDING), ("key.id", ASCENDING)],
    name="key",
    unique=True,
    partialFilterExpression={"key.id": {"$exists": True}},
)
NUMBER_INDEX = IndexModel(
    [("complaint.unit", ASCENDING), ("complaint.number", ASCENDING)],
    name="number",
    unique=True,
    partialFilterExpression={"complaint.number": {"$exists": True}},
)


@dataclass(frozen=True, slots=True)
class Key:
    """What tells a repeat from a new submission. With `fingerprint`, a repeat must also say the same."""

    source: str
    id: str
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission on its way in. `context` carries the trace that it came with."""

    submission: Submission
    key: Key | None = None
    sent_at: datetime | None = None
    context: Context = field(default_factory=copy_context)


@dataclass(frozen=True, slots=True)
class Taken:
    """It is in. `repeated`: it was in before. `sending` is done when its event has left."""

    id: str
    number: str
    repeated: bool = False
    sending: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It is wrong, and why."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class KeyReused:
    """Its key brought another submission before."""


Outcome = Taken | Refused | KeyReused
Mark = tuple[str, str, str]
"""A key within its unit: (unit, source, id)."""


class Receiving:
    """The one way in. Any number of replicas may share the database."""

    def __init__(self, parts: Parts, book: Book, outgoing: Outgoing) -> None:
        self._deployment, self._clock, self._database = parts.deployment, parts.clock, parts.database
        self._counters = parts.database.collection("counters")
        self._book, self._outgoing = book, outgoing
        self._together = GroupCommit[Arrival, Outcome](self._commit, MAX_BATCH)

    async def take(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """One outcome per arrival, in order; a `Taken` is stored durably."""
        return await self._together.add(arrivals)

    async def _commit(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        for attempt in range(MAX_ROUNDS):
            try:
                return await self._round(arrivals, careful=attempt > 0)
            except (BulkWriteError, DuplicateKeyError) as error:
                if attempt == MAX_ROUNDS - 1 or not _duplicate(error):
                    raise
                await asyncio.sleep(random.random() * 0.01 * attempt)  # noqa: S311
        raise AssertionError("unreachable")

    async def _round(self, arrivals: Sequence[Arrival], *, careful: bool) -> list[Outcome]:
        now = self._clock.now()
        marks = [self._mark(arrival) for arrival in arrivals]
        known = await self._known({mark for mark in marks if mark})
        outcomes: dict[int, Outcome] = {}
        fresh: dict[int, Accepted] = {}
        first: dict[Mark, int] = {}
        for i, (arrival, mark) in enumerate(zip(arrivals, marks, strict=True)):
            if mark in known:
                outcomes[i] = _again(arrival, known[mark])
            elif mark not in first:
                checked = self._checked(arrival, now)
                if isinstance(checked, Accepted):
                    fresh[i] = checked
                    first |= {mark: i} if mark else {}
                else:
                    outcomes[i] = Refused(tuple(checked))
        pages = await self._write(arrivals, fresh, now, careful) if fresh else {}
        sending = self._outgoing.start(list(pages.values())) if pages else None
        for i, page in pages.items():
            outcomes[i] = Taken(page.id, page.body["complaint"]["number"], sending=sending)
        for i, mark in enumerate(marks):
            if i not in outcomes and mark:
                outcomes[i] = _again(arrivals[i], pages[first[mark]].body | {"_id": pages[first[mark]].id})
        return [outcomes[i] for i in range(len(arrivals))]

    def _mark(self, arrival: Arrival) -> Mark | None:
        unit = unit_meant(arrival.submission, self._deployment)
        if arrival.key is None or isinstance(unit, Reason):
            return None
        return unit.id, arrival.key.source, arrival.key.id

    def _checked(self, arrival: Arrival, now: datetime) -> Accepted | list[Reason]:
        unit = unit_meant(arrival.submission, self._deployment)
        if isinstance(unit, Reason):
            return [unit]
        return check(arrival.submission, unit, now, arrival.sent_at)

    async def _known(self, marks: set[Mark]) -> dict[Mark, Document]:
        """The complaints that these keys brought before."""
        if not marks:
            return {}
        groups: dict[tuple[str, str], list[str]] = {}
        for unit, source, key in marks:
            groups.setdefault((unit, source), []).append(key)
        wanted = [
            {"complaint.unit": unit, "key.source": source, "key.id": {"$in": keys}}
            for (unit, source), keys in groups.items()
        ]
        shown = {"complaint.unit": 1, "complaint.number": 1, "key": 1}
        found = self._book.pages.find({"$or": wanted}, shown)
        return {(d["complaint"]["unit"], d["key"]["source"], d["key"]["id"]): d async for d in found}

    async def _write(
        self, arrivals: Sequence[Arrival], fresh: Mapping[int, Accepted], now: datetime, careful: bool
    ) -> dict[int, Page]:
        async def body(session: Session) -> dict[int, Page]:
            numbers = await self._numbers(fresh, session, careful)
            pages = {i: page_of(a, numbers[i], arrivals[i], now) for i, a in fresh.items()}
            await self._book.save(list(pages.values()), session)
            return pages

        return await self._database.transaction(body)

    async def _numbers(
        self, fresh: Mapping[int, Accepted], session: Session, careful: bool
    ) -> dict[int, str]:
        """The next numbers of each unit and period, in order of arrival."""
        groups: dict[str, list[int]] = {}
        for i, accepted in fresh.items():
            groups.setdefault(_counter(accepted), []).append(i)
        numbers: dict[int, str] = {}
        for counter in sorted(groups):
            left = groups[counter]
            while left:
                last = await self._advance(counter, len(left), session)
                given = {i: _number(fresh[i], last - len(left) + n) for n, i in enumerate(left, start=1)}
                taken = await self._taken(given, fresh, session) if careful else set()
                numbers |= {i: text for i, text in given.items() if text not in taken}
                left = [i for i, text in given.items() if text in taken]
        return numbers

    async def _advance(self, counter: str, by: int, session: Session) -> int:
        document = await self._counters.find_one_and_update(
            {"_id": counter},
            {"$inc": {"last": by}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return int(document["last"])

    async def _taken(
        self, given: Mapping[int, str], fresh: Mapping[int, Accepted], session: Session
    ) -> set[str]:
        """Numbers that a format of an older pack version gave out already; they are passed over."""
        unit = next(fresh[i].unit.id for i in given)
        wanted = {"complaint.unit": unit, "complaint.number": {"$in": list(given.values())}}
        found = self._book.pages.find(wanted, {"complaint.number": 1}, session=session)
        return {d["complaint"]["number"] async for d in found}


def page_of(accepted: Accepted, text: str, arrival: Arrival, now: datetime) -> Page:
    """The page of a new complaint, with the event that it came in."""
    complaint = accepted.complaint(new_id(), text)
    page = Page(complaint.id)
    page.body = {"complaint": complaint.model_dump(exclude_none=True), "state": "open", "overdue": False}
    if arrival.key:
        key = arrival.key
        page.body["key"] = {"source": key.source, "id": key.id, "fingerprint": key.fingerprint}
    said = ComplaintReceived(complaint=complaint)
    arrival.context.run(page.say, said, source="intake", time=complaint.received_at, now=now)
    return page


def _counter(accepted: Accepted) -> str:
    pack = accepted.unit.pack.pack
    return f"{accepted.unit.id} {period(pack.intake.numbering, accepted.received_at, pack.time_zone)}"


def _number(accepted: Accepted, sequence: int) -> str:
    pack = accepted.unit.pack.pack
    return number(pack.intake.numbering, accepted.received_at, pack.time_zone, sequence)


def _again(arrival: Arrival, stored: Document) -> Outcome:
    said, before = arrival.key.fingerprint if arrival.key else None, stored["key"]["fingerprint"]
    if said is not None and before is not None and said != before:
        return KeyReused()
    return Taken(stored["_id"], stored["complaint"]["number"], repeated=True)


def _duplicate(error: BulkWriteError | DuplicateKeyError) -> bool:
    if isinstance(error, DuplicateKeyError):
        return True
    details: Any = error.details
    return all(e["code"] == DUPLICATE_KEY for e in details["writeErrors"])
