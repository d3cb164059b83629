"""Takes submissions in for good: once each, numbered without a gap, with the event that says so.

Whatever arrives together, over HTTP or from the bus, is written in one transaction: the counters, the
complaints and their outboxes. A key is remembered with the complaint that it brought; a unique index
settles the race of two replicas for one key, and the loser looks again.
"""

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure

from services.intake.arrivals import Arrival, KeyReused, Outcome, Refused, Taken
from services.intake.checking import Accepted, check, unit_meant
from services.intake.counters import Counters
from services.intake.outgoing import Outgoing
from shared.contracts.complaints import ComplaintReceived, Reason
from shared.contracts.envelope import new_id
from shared.deployment import Deployment
from shared.service import Parts
from shared.store.book import DUPLICATE_KEY, Book
from shared.store.group_commit import GroupCommit
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

Mark = tuple[str, str, str]
"""A key within its unit: (unit, source, id)."""


@dataclass(frozen=True, slots=True)
class _Sorted:
    """A batch after a look at it, by place: what is new, what is answered, and what repeats a neighbour."""

    fresh: dict[int, Accepted] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)


class Receiving:
    """The one way in. Any number of replicas may share the database."""

    def __init__(self, parts: Parts, book: Book, outgoing: Outgoing) -> None:
        self._deployment, self._clock, self._database = parts.deployment, parts.clock, parts.database
        self._counters = Counters(parts.database, book.pages)
        self._book, self._outgoing = book, outgoing
        self._together = GroupCommit[Arrival, Outcome](self._commit, MAX_BATCH)

    async def take(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        """One outcome per arrival, in order; a `Taken` is stored durably."""
        return await self._together.add(arrivals)

    async def _commit(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        for attempt in range(MAX_ROUNDS):
            try:
                return await self._round(arrivals, careful=attempt > 0)
            except OperationFailure as error:
                if attempt == MAX_ROUNDS - 1 or not _lost_a_race(error):
                    raise
                await asyncio.sleep(secrets.randbelow(10 * attempt + 1) / 1000)
        raise AssertionError("unreachable")

    async def _round(self, arrivals: Sequence[Arrival], *, careful: bool) -> list[Outcome]:
        now = self._clock.now()
        marks = [_mark(arrival, self._deployment) for arrival in arrivals]
        known = await self._known({mark for mark in marks if mark})
        batch = self._sorted(arrivals, marks, known, now)
        pages = await self._write(arrivals, batch.fresh, now, careful) if batch.fresh else {}
        sending = self._outgoing.start(list(pages.values())) if pages else None
        outcomes = batch.outcomes
        for i, page in pages.items():
            outcomes[i] = Taken(page.id, page.body["complaint"]["number"], sending=sending)
        for i, first in batch.repeats.items():
            outcomes[i] = _again(arrivals[i], pages[first].document())
        return [outcomes[i] for i in range(len(arrivals))]

    async def _known(self, marks: Iterable[Mark]) -> dict[Mark, Document]:
        """The complaints that these keys brought before."""
        groups: dict[tuple[str, str], list[str]] = {}
        for unit, source, key in marks:
            groups.setdefault((unit, source), []).append(key)
        if not groups:
            return {}
        wanted = [
            {"complaint.unit": unit, "key.source": source, "key.id": {"$in": keys}}
            for (unit, source), keys in groups.items()
        ]
        shown = {"complaint.unit": 1, "complaint.number": 1, "key": 1}
        found = self._book.pages.find({"$or": wanted}, shown)
        return {(d["complaint"]["unit"], d["key"]["source"], d["key"]["id"]): d async for d in found}

    def _sorted(
        self,
        arrivals: Sequence[Arrival],
        marks: Sequence[Mark | None],
        known: Mapping[Mark, Document],
        now: datetime,
    ) -> _Sorted:
        batch = _Sorted()
        first: dict[Mark, int] = {}
        for i, (arrival, mark) in enumerate(zip(arrivals, marks, strict=True)):
            if mark and mark in known:
                batch.outcomes[i] = _again(arrival, known[mark])
            elif mark and mark in first:
                batch.repeats[i] = first[mark]
            elif isinstance(checked := self._checked(arrival, now), Accepted):
                batch.fresh[i] = checked
                first |= {mark: i} if mark else {}
            else:
                batch.outcomes[i] = Refused(tuple(checked))
        return batch

    def _checked(self, arrival: Arrival, now: datetime) -> Accepted | list[Reason]:
        unit = unit_meant(arrival.submission, self._deployment)
        if isinstance(unit, Reason):
            return [unit]
        return check(arrival.submission, unit, now, arrival.sent_at)

    async def _write(
        self, arrivals: Sequence[Arrival], fresh: Mapping[int, Accepted], now: datetime, careful: bool
    ) -> dict[int, Page]:
        async def body(session: Session) -> dict[int, Page]:
            numbers = await self._counters.next(fresh, session, careful=careful)
            pages = {i: page_of(a, numbers[i], arrivals[i], now) for i, a in fresh.items()}
            await self._book.save(list(pages.values()), session)
            return pages

        return await self._database.transaction(body)


def page_of(accepted: Accepted, number: str, arrival: Arrival, now: datetime) -> Page:
    """The page of a new complaint, with the event that it came in."""
    complaint = accepted.complaint(new_id(), number)
    page = Page(complaint.id)
    page.body = {"complaint": complaint.model_dump(exclude_none=True), "state": "open", "overdue": False}
    if arrival.key:
        key = arrival.key
        page.body["key"] = {"source": key.source, "id": key.id, "fingerprint": key.fingerprint}
    said = ComplaintReceived(complaint=complaint)
    arrival.context.run(page.say, said, source="intake", time=complaint.received_at, now=now)
    return page


def _mark(arrival: Arrival, deployment: Deployment) -> Mark | None:
    unit = unit_meant(arrival.submission, deployment)
    if arrival.key is None or isinstance(unit, Reason):
        return None
    return unit.id, arrival.key.source, arrival.key.id


def _again(arrival: Arrival, stored: Document) -> Outcome:
    said, before = arrival.key.fingerprint if arrival.key else None, stored["key"]["fingerprint"]
    if said is not None and before is not None and said != before:
        return KeyReused()
    return Taken(stored["_id"], stored["complaint"]["number"], repeated=True)


def _lost_a_race(error: OperationFailure) -> bool:
    """Another replica took the key or the number first."""
    if isinstance(error, DuplicateKeyError):
        return True
    failed: Any = error.details or {}
    return isinstance(error, BulkWriteError) and all(
        e["code"] == DUPLICATE_KEY for e in failed["writeErrors"]
    )
