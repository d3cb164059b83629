"""Every replica of sla is away while timers fall due; when they are back all fire.

The oldest first, each once, each saying how late. `make outage N=100000 SECONDS=600` is the same with a
hundred thousand, over ten minutes.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.sla.app import INDEXES
from services.sla.timers import BATCH
from shared.bus.port import Delivery, Done, Subscription, Verdict
from shared.bus.rabbit import RabbitBus
from shared.clock import SystemClock
from shared.contracts.envelope import Envelope
from shared.store.mongo import Database
from tests.parts.open_clocks import OpenClocks
from tests.parts.rabbit import Rabbit
from tests.parts.waiting import until
from tests.parts.whole import QUICK, Whole

COUNT = int(os.environ.get("REDRESS_TEST_TIMERS", "1500"))
SECONDS = float(os.environ.get("REDRESS_TEST_OUTAGE_SECONDS", "6"))
PATIENCE = 60 + COUNT / 50
CALM = replace(QUICK, publish_timeout=timedelta(seconds=30))
LIMIT = timedelta(minutes=60)
"""The limit of the trial's clock."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 4 * PATIENCE + 120)]


@pytest.fixture(autouse=True)
def _sweeping_soon() -> None:
    """Not here: nothing is left behind, and so many take longer than half a second on their way."""


class Breaches:
    """Every breach that was said, in the order in which it was first heard; the bus may deliver it again."""

    def __init__(self) -> None:
        self._by_id: dict[str, Envelope] = {}

    @property
    def heard(self) -> list[Envelope]:
        return list(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    async def handle(self, batch: Sequence[Delivery]) -> list[Verdict]:
        events = [Envelope.model_validate_json(delivery.body) for delivery in batch]
        for event in events:
            if event.key == "clock.breached":
                self._by_id.setdefault(event.id, event)
        return [Done() for _ in batch]


@pytest.fixture
async def breaches(rabbit: Rabbit) -> AsyncIterator[Breaches]:
    listening = Breaches()
    bus = RabbitBus(rabbit.url, QUICK, SystemClock())
    await bus.connect()
    await bus.subscribe(Subscription("outage", ("clock.#", "complaint.escalated")), listening.handle)
    yield listening
    await bus.close()


@pytest.fixture
async def database(whole: Whole) -> AsyncIterator[Database]:
    opened = Database(whole.mongo_url, f"{whole.prefix}sla")
    await opened.prepare({"complaints": INDEXES})
    yield opened
    opened.close()


async def seed(whole: Whole, database: Database, first_due: datetime) -> None:
    """Clocks that run out evenly over the outage, ten moments a second."""
    steps = int(SECONDS * 10)
    moments = [first_due - LIMIT + timedelta(milliseconds=100 * (n * steps // COUNT)) for n in range(COUNT)]
    for pages in OpenClocks(whole.deployment).pages(moments):
        await database.collection("complaints").insert_many(pages, ordered=False)


async def test_all_that_fell_due_meanwhile_fires_once_and_says_how_late(
    whole: Whole, database: Database, breaches: Breaches
) -> None:
    await whole.start("sla", "sla-2", alone=True, tuning=CALM)
    first_due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=10 + COUNT / 1000)
    await seed(whole, database, first_due)
    assert datetime.now(UTC) < first_due, "the store was too slow for the test"
    await whole.stop("sla", "sla-2")
    outage_ends = first_due + timedelta(seconds=SECONDS)
    await asyncio.sleep((outage_ends - datetime.now(UTC)).total_seconds() + 0.1)
    assert len(breaches) == 0
    back = datetime.now(UTC)
    await whole.start("sla", "sla-2", alone=True, tuning=CALM)
    await until(lambda: len(breaches) >= COUNT, PATIENCE, f"{COUNT} breaches")
    await asyncio.sleep(1)
    told = Counter(event.subject for event in breaches.heard)
    assert len(told) == COUNT
    assert set(told.values()) == {1}
    assert await database.collection("complaints").count_documents({"wake_at": {"$lte": back}}) == 0
    for event in breaches.heard:
        assert event.data["late_by"] >= (back - event.time).total_seconds() - 0.002
    check_order([event.time for event in breaches.heard])


def check_order(times: Sequence[datetime]) -> None:
    """Two replicas with a batch each in hand: nothing comes before what is more than that older."""
    in_order = sorted(times)
    for place, moment in enumerate(times):
        oldest_left = in_order[max(place - 4 * BATCH, 0)]
        assert moment >= oldest_left, f"place {place}: {moment} after {oldest_left}"
        newest = in_order[min(place + 4 * BATCH, len(in_order) - 1)]
        assert moment <= newest, f"place {place}: {moment} before {newest}"
