"""The totals are right whatever the order, however often, by however many replicas; on a real store."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.reporting.contributions import Counts
from shared.bus.port import Dead, Done
from shared.clock import VirtualClock
from tests.integration.reporting.replicas import Replica
from tests.parts.mongo import Mongo
from tests.unit.reporting.stories import Teller, deployment, full, many, outcome_counts

NOW = datetime(2026, 3, 20, 4, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
DEPLOYMENT = deployment()
UNIT = DEPLOYMENT.unit("harbour")
pytestmark = pytest.mark.mongo


@pytest.fixture(params=[(0, 1), (0, 0)], ids=["own slots", "one slot"])
async def pair(request: pytest.FixtureRequest, mongo: Mongo) -> AsyncIterator[list[Replica]]:
    name = mongo.database("reporting")
    replicas = [Replica(mongo.url, name, DEPLOYMENT, VirtualClock(NOW), slot) for slot in request.param]
    await replicas[0].prepare()
    yield replicas
    for replica in replicas:
        replica.close()


async def test_shuffled_and_doubled_events_through_two_replicas_count_once(pair: list[Replica]) -> None:
    tellers = list(many(UNIT, 300, random.Random(7), NOW))
    told = [e for teller in tellers for e in teller.events]
    events = told + random.Random(1).sample(told, len(told) // 2)
    random.Random(2).shuffle(events)
    half = len(events) // 2
    verdicts = await asyncio.gather(pair[0].hear(events[: half + 200]), pair[1].hear(events[half - 200 :]))
    assert {type(v) for vs in verdicts for v in vs} == {Done}
    counts = await pair[0].totals.read(UNIT.id, FIRST, LAST, branches=True)
    assert by(counts, "received") == {"": 300}
    assert by(counts, "grade") == Counter(grade(t) for t in tellers)
    assert by(counts, "category") == Counter(t.complaint.category or "-" for t in tellers)
    assert by(counts, "channel") == Counter(t.complaint.channel for t in tellers)
    assert by(counts, "branch") == Counter(t.complaint.branch or "-" for t in tellers)
    assert by(counts, "clock") == outcome_counts(tellers)
    assert by(counts, "state") == Counter("closed" if closed(t) else "open" for t in tellers)
    assert days(counts) == Counter(day(t) for t in tellers)


async def test_the_same_batch_raced_by_both_replicas_counts_once(pair: list[Replica]) -> None:
    events = [e for n in range(20) for e in full(UNIT, f"r{n}").events]
    await asyncio.gather(*(replica.hear(events, size=200) for replica in pair for _ in range(2)))
    counts = await pair[1].totals.read(UNIT.id, FIRST, LAST, branches=True)
    assert by(counts, "received") == {"": 20}
    assert by(counts, "grade") == {"major": 20}
    assert by(counts, "branch") == {"云山府": 20}
    assert by(counts, "clock") == {"first_contact/met": 20, "reply/met_late": 20, "closing/met": 20}


async def test_a_failure_between_pages_and_totals_leaves_neither(
    pair: list[Replica], monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [e for n in range(5) for e in full(UNIT, f"f{n}").events]

    def broken(*_: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(pair[0].totals, "_inc", broken)
        with pytest.raises(RuntimeError, match="the power went"):
            await pair[0].hear(events, size=200)
    assert await pair[0].book.pages.count_documents({}) == 0
    await pair[1].hear(events)
    counts = await pair[0].totals.read(UNIT.id, FIRST, LAST)
    assert by(counts, "received") == {"": 5}


async def test_values_with_dots_and_dollars_are_counted_as_they_are(pair: list[Replica]) -> None:
    odd = ["No. 1", "$cheap", "a%2Eb", "100%", "."]
    for n, branch in enumerate(odd):
        teller = Teller(f"o{n}", UNIT, NOW, branch=branch)
        teller.receive()
        await pair[0].hear(teller.events)
    assert by(await pair[0].totals.read(UNIT.id, FIRST, LAST, branches=True), "branch") == dict.fromkeys(
        odd, 1
    )


async def test_an_event_of_a_foreign_unit_is_dead_and_leaves_its_neighbours_alone(
    pair: list[Replica],
) -> None:
    mine, foreign = full(UNIT, "mine"), full(UNIT, "foreign")
    foreign.complaint = foreign.complaint.model_copy(update={"unit": "elsewhere"})
    foreign.events.clear()
    foreign.receive()
    verdicts = await pair[0].hear([*foreign.events, *mine.events])
    assert isinstance(verdicts[0], Dead)
    assert "elsewhere" in verdicts[0].reason
    assert by(await pair[0].totals.read(UNIT.id, FIRST, LAST), "received") == {"": 1}


def by(counts: Counts, dimension: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for cell, count in counts.items():
        if cell.dimension == dimension:
            found[cell.value] += count
    return {value: count for value, count in found.items() if count}


def days(counts: Counts) -> Counter[str]:
    return Counter({cell.day: n for cell, n in counts.items() if cell.dimension == "received"})


def grade(teller: Teller) -> str:
    grades = [e.data["grade"] for e in teller.events if e.key == "complaint.graded"]
    return grades[-1] if grades else "-"


def closed(teller: Teller) -> bool:
    steps = [e.data["milestone"]["name"] for e in teller.events if e.key == "complaint.progressed"]
    return "closed" in steps


def day(teller: Teller) -> str:
    return teller.complaint.received_at.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()
