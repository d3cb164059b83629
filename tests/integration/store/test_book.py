"""Pages on a real MongoDB: nothing lost between two writers, nothing said twice, nothing left unsent."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from shared.bus.memory import MemoryBus
from shared.bus.port import (
    Confirmed,
    Delivery,
    Done,
    Message,
    Outcome,
    Refused,
    Subscription,
    Tuning,
    Verdict,
)
from shared.clock import VirtualClock
from shared.contracts.complaints import ComplaintProgressed, Milestone
from shared.contracts.envelope import Envelope, event
from shared.contracts.words import Case
from shared.store.book import OUTBOX_INDEX, Book
from shared.store.inbox import Inbox
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry
from tests.parts.mongo import Mongo

NOW = datetime(2026, 2, 11, 1, tzinfo=UTC)
CASE = Case(id="c1", number="1", unit="u1", pack="small", pack_version="1.0.0")


class Broken(MemoryBus):
    """Refuses everything while `down`, and waits for `slow` where that is given."""

    down = False
    slow: asyncio.Event | None = None

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        if self.slow is not None:
            await self.slow.wait()
        return [Refused("down") for _ in messages] if self.down else await super().publish(messages)


class Shop:
    """A book with its parts, and all that was published."""

    def __init__(self, mongo: Mongo) -> None:
        self.clock = VirtualClock(NOW)
        self.bus = Broken(Tuning(), self.clock)
        self.database = mongo.open()
        self.book = Book(self.database, self.bus, self.clock)
        self.heard: list[str] = []

    async def open(self) -> "Shop":
        await self.database.prepare({"complaints": [OUTBOX_INDEX]})
        await self.bus.subscribe(Subscription("all", ("#",)), self._hear)
        return self

    async def _hear(self, batch: Sequence[Delivery]) -> list[Verdict]:
        self.heard += [delivery.id for delivery in batch]
        return [Done() for _ in batch]


@pytest.fixture
async def shop(mongo: Mongo) -> Shop:
    return await Shop(mongo).open()


def progressed(n: int, case: Case = CASE, name: str = "replied") -> Envelope:
    milestone = Milestone(id=f"m{n}", name=name, occurred_at=NOW, recorded_at=NOW)
    return event(
        ComplaintProgressed(case=case, milestone=milestone),
        source="intake",
        subject=case.id,
        sequence=n,
        time=NOW,
    )


def echo(page: Page, envelope: Envelope) -> None:
    """Counts what it applies, and says one event for each."""
    page.body["count"] = page.body.get("count", 0) + 1
    milestone = ComplaintProgressed.of(envelope).milestone
    if milestone.name == "poison":
        raise RuntimeError("cannot digest this")
    page.say(ComplaintProgressed(case=CASE, milestone=milestone), source="echo", time=NOW, now=NOW)


def deliveries(*envelopes: Envelope) -> list[Delivery]:
    return [Delivery(queue="q", key=e.key, id=e.id, body=e.encoded()) for e in envelopes]


async def test_two_writers_of_one_page_the_second_is_told(shop: Shop) -> None:
    mine, theirs = (await shop.book.open(["c1"]))["c1"], (await shop.book.open(["c1"]))["c1"]
    for page, word in ((mine, "mine"), (theirs, "theirs")):
        page.body["word"], page.changed = word, True
    assert await shop.book.save([mine]) == set()
    assert await shop.book.save([theirs]) == {"c1"}
    again = (await shop.book.open(["c1"]))["c1"]
    assert (again.body["word"], again.rev) == ("mine", 1)


class Meanwhile:
    """A collection in which something else happens right after a bulk write."""

    def __init__(self, pages: Any, event: Callable[[], Awaitable[object]]) -> None:
        self._pages, self._event = pages, event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pages, name)

    async def bulk_write(self, *args: Any, **more: Any) -> Any:
        try:
            return await self._pages.bulk_write(*args, **more)
        finally:
            await self._event()


async def test_a_write_that_another_one_followed_at_once_is_not_taken_for_lost(shop: Shop) -> None:
    theirs = (await shop.book.open(["c2"]))["c2"]
    theirs.changed = True
    mine = await shop.book.open(["c1", "c2"])
    for page in mine.values():
        echo(page, progressed(1))
    await shop.book.save([theirs])

    async def next_writer() -> None:
        page = (await shop.book.open(["c1"]))["c1"]
        page.changed = True
        await Book(shop.database, shop.bus, shop.clock).save([page])

    mine_again = Book(shop.database, shop.bus, shop.clock)
    mine_again.pages = Meanwhile(shop.book.pages, next_writer)
    assert await mine_again.save(list(mine.values())) == {"c2"}


async def test_a_replica_that_lost_the_race_applies_its_events_to_the_newer_page(shop: Shop) -> None:
    inboxes = [Inbox(shop.book, echo, Telemetry("test")) for _ in range(4)]
    cases = [CASE.model_copy(update={"id": f"c{n}"}) for n in range(5)]
    batches = [[progressed(n, case) for case in cases for n in (2 * i + 1, 2 * i + 2)] for i in range(4)]
    await asyncio.gather(*(i.handle(deliveries(*b)) for i, b in zip(inboxes, batches, strict=True)))
    pages = await shop.book.open(case.id for case in cases)
    assert [page.body["count"] for page in pages.values()] == [8] * 5
    assert [sorted(page.seen["/redress/intake"]) for page in pages.values()] == [list(range(1, 9))] * 5
    assert len(set(shop.heard)) == 40


async def test_a_redelivered_batch_changes_nothing_and_says_nothing(shop: Shop) -> None:
    inbox = Inbox(shop.book, echo, Telemetry("test"))
    batch = deliveries(progressed(1), progressed(2))
    for _ in range(3):
        assert await inbox.handle(batch) == [Done(), Done()]
    assert (await shop.book.open(["c1"]))["c1"].body["count"] == 2
    assert len(shop.heard) == 2


async def test_one_event_that_fails_leaves_its_neighbours_applied(shop: Shop) -> None:
    inbox = Inbox(shop.book, echo, Telemetry("test"))
    verdicts = await inbox.handle(deliveries(progressed(1), progressed(2, name="poison"), progressed(3)))
    assert [type(v).__name__ for v in verdicts] == ["Done", "Retry", "Done"]
    page = (await shop.book.open(["c1"]))["c1"]
    assert page.body["count"] == 2
    assert sorted(page.seen["/redress/intake"]) == [1, 3]


async def test_what_is_not_confirmed_stays_in_the_outbox_until_the_sweeper_sends_it(shop: Shop) -> None:
    shop.bus.down = True
    inbox = Inbox(shop.book, echo, Telemetry("test"))
    assert await inbox.handle(deliveries(progressed(1))) == [Done()]
    assert await shop.book.pending() == 1
    shop.bus.down = False
    shop.clock.advance(timedelta(seconds=10))
    assert await shop.book.sweep(timedelta(seconds=5)) == 1
    assert await shop.book.pending() == 0
    assert len(shop.heard) == 1
    assert await shop.book.sweep(timedelta(seconds=5)) == 0


async def test_what_is_on_its_way_is_not_sent_again_however_long_it_takes(shop: Shop) -> None:
    page = (await shop.book.open(["c1"]))["c1"]
    echo(page, progressed(1))
    assert await shop.book.save([page]) == set()
    shop.bus.slow = asyncio.Event()
    sending = asyncio.create_task(shop.book.send([page]))
    await asyncio.sleep(0)
    shop.clock.advance(timedelta(minutes=1))
    assert await shop.book.sweep(timedelta(seconds=5)) == 0
    shop.bus.slow.set()
    await sending
    assert len(shop.heard) == 1


async def test_a_crash_between_publish_and_clearing_publishes_again_and_has_one_effect(shop: Shop) -> None:
    inbox = Inbox(shop.book, echo, Telemetry("test"))
    page = (await shop.book.open(["c1"]))["c1"]
    echo(page, progressed(1))
    page.mark_seen(progressed(1))
    await shop.book.save([page])
    outcomes = await shop.bus.publish(page.messages())
    assert outcomes == [Confirmed()]
    shop.clock.advance(timedelta(seconds=10))
    await shop.book.sweep(timedelta(seconds=5))
    assert len(shop.heard) == 2
    assert len(set(shop.heard)) == 1
    await inbox.handle(deliveries(progressed(1)))
    assert (await shop.book.open(["c1"]))["c1"].body["count"] == 1


async def outbox(shop: Shop, id_: str = "c1") -> list[str]:
    return [said["id"] for said in (await shop.book.pages.find_one({"_id": id_}))["outbox"]]


async def test_what_was_confirmed_leaves_the_outbox_with_the_next_write_of_the_page(shop: Shop) -> None:
    inbox = Inbox(shop.book, echo, Telemetry("test"))
    await inbox.handle(deliveries(progressed(1)))
    assert (await outbox(shop), await shop.book.pending()) == (shop.heard, 0)
    shop.bus.down = True
    await inbox.handle(deliveries(progressed(2)))
    (left,) = await outbox(shop)
    assert left not in shop.heard
    assert await shop.book.pending() == 1
    assert (await shop.book.open(["c1"]))["c1"].rev == 2, "no write was spent on clearing"


async def test_many_outboxes_are_cleared_at_once_and_what_did_not_leave_stays(shop: Shop) -> None:
    cases = [CASE.model_copy(update={"id": f"c{n}"}) for n in range(250)]
    inbox = Inbox(shop.book, echo, Telemetry("test"))
    await inbox.handle(deliveries(*(progressed(1, case) for case in cases)))
    shop.bus.down = True
    await inbox.handle(deliveries(progressed(2)))
    await shop.book.sweep(timedelta(seconds=5))
    assert await shop.book.pages.count_documents({"outbox": []}) == 249
    assert await shop.book.pages.count_documents({"pending_since": {"$exists": True}}) == 1
    shop.bus.down = False
    shop.clock.advance(timedelta(seconds=10))
    assert await shop.book.sweep(timedelta(seconds=5)) == 1
    assert await shop.book.pages.count_documents({"pending_since": {"$exists": True}}) == 0
    assert len(shop.heard) == len(set(shop.heard)) == 251


async def test_a_page_in_hand_while_its_outbox_is_cleared_comes_second(shop: Shop) -> None:
    """Else it would put back what was taken out, and it would be said again."""
    other = Book(shop.database, shop.bus, shop.clock)
    await Inbox(shop.book, echo, Telemetry("test")).handle(deliveries(progressed(1)))
    theirs = (await other.open(["c1"]))["c1"]
    theirs.changed = True
    await shop.book.clear()
    assert await other.save([theirs]) == {"c1"}
    assert await outbox(shop) == []


class Away:
    """A collection that cannot be updated."""

    async def update_many(self, *_: object) -> None:
        raise AutoReconnect("gone")


async def test_what_could_not_be_cleared_is_cleared_later(shop: Shop) -> None:
    await Inbox(shop.book, echo, Telemetry("test")).handle(deliveries(progressed(1)))
    real, shop.book.pages = shop.book.pages, Away()
    with pytest.raises(AutoReconnect):
        await shop.book.clear()
    shop.book.pages = real
    await shop.book.clear()
    assert await outbox(shop) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json", "not a CloudEvent: body: Invalid JSON"),
        (b"", "not a CloudEvent"),
        (b"[]", "not a CloudEvent"),
        (b"\xff\xfe", "not a CloudEvent"),
        (b'{"id":"1","source":"x","type":"redress.complaint.received.v1"}', "not a CloudEvent: time"),
        (
            b'{"id":"1","source":"x","type":"redress.complaint.received.v9","time":"2026-01-01T00:00:00Z","data":{}}',
            "unknown event type 'redress.complaint.received.v9'",
        ),
        (
            b'{"id":"1","source":"x","type":"redress.complaint.progressed.v1","time":"2026-01-01T00:00:00Z","data":{}}',
            "wrong data: case",
        ),
    ],
)
async def test_what_cannot_be_read_goes_to_the_dead_letters_with_its_reason(
    shop: Shop, body: bytes, reason: str
) -> None:
    inbox = Inbox(shop.book, echo, Telemetry("test"))
    bad = Delivery(queue="q", key="k", id="x", body=body)
    verdicts = await inbox.handle([*deliveries(progressed(1)), bad])
    assert verdicts[0] == Done()
    assert reason in getattr(verdicts[1], "reason", "")
