"""Complaints that may be about one event, found through the index of a real store."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.grading.linking import NEWEST
from shared.clock import VirtualClock
from shared.contracts.complaints import Complaint, ComplaintAmended, ComplaintReceived
from shared.contracts.envelope import Envelope, event
from tests.parts.gradings import Replicas, gradings
from tests.parts.mongo import Mongo
from tests.parts.tiered_pack import TEXT, deployment

NOW = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
PIPE = "三号楼地下车库水管爆裂，积水漫过车轮，物业没有人来"
SAME = "三号楼地下车库水管爆裂，我家车也被泡了，请尽快处理"
OTHER = "售楼处工作人员态度恶劣，承诺的装修标准一直没有兑现"
pytestmark = pytest.mark.mongo


@pytest.fixture
async def replicas(mongo: Mongo) -> AsyncIterator[Replicas]:
    async with gradings(mongo, deployment(), VirtualClock(NOW)) as found:
        yield found


def complaint(name: str, text: str, at: datetime = NOW, **more: Any) -> Complaint:
    return Complaint(
        id=name,
        number=f"N-{name}",
        unit="here",
        pack="tiered",
        pack_version="1.0.0",
        kind="complaint",
        channel="phone",
        text=text,
        occurred_at=at,
        received_at=at,
        **{"branch": "east", **more},
    )


def received(name: str, text: str, at: datetime = NOW, **more: Any) -> Envelope:
    data = ComplaintReceived(complaint=complaint(name, text, at, **more))
    return event(data, source="intake", subject=name, sequence=1, time=at)


def alike(replicas: Replicas, name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = replicas.latest("complaint.graded")[name].data.get("alike")
    return found


async def test_the_earlier_complaint_that_is_most_alike_is_suggested(replicas: Replicas) -> None:
    earlier = NOW - timedelta(days=1)
    await replicas.hear([received("first", PIPE, earlier, event="burst"), received("other", OTHER, earlier)])
    await replicas.hear([received("second", SAME)], replica=1)
    found = alike(replicas, "second")
    assert found is not None
    assert (found["id"], found["number"], found["event"]) == ("first", "N-first", "burst")
    assert 0.2 <= found["likeness"] < 1
    assert alike(replicas, "first") is None
    assert alike(replicas, "other") is None


async def test_within_one_batch_they_see_one_another(replicas: Replicas) -> None:
    moments = [NOW - timedelta(minutes=m) for m in (2, 1, 0)]
    await replicas.hear([received(f"c{n}", PIPE, at) for n, at in enumerate(moments)])
    assert alike(replicas, "c0") is None
    assert (alike(replicas, "c1") or {})["id"] == "c0"
    assert (alike(replicas, "c2") or {})["likeness"] == 1


@pytest.mark.parametrize(
    ("change", "suggested"),
    [
        ({}, True),
        ({"at": NOW - timedelta(days=10)}, True),
        ({"at": NOW - timedelta(days=10, seconds=1)}, False),
        ({"at": NOW + timedelta(seconds=1)}, False),
        ({"branch": "west"}, False),
        ({"branch": None}, False),
        ({"text": OTHER}, False),
    ],
)
async def test_time_likeness_and_what_must_be_the_same(
    replicas: Replicas, change: dict[str, Any], suggested: bool
) -> None:
    await replicas.hear([received(**{"name": "first", "text": PIPE, "at": NOW, **change})])
    await replicas.hear([received("second", SAME)])
    assert (alike(replicas, "second") is not None) == suggested


async def test_an_event_that_was_named_ends_the_suggestion(replicas: Replicas) -> None:
    await replicas.hear([received("first", PIPE, NOW - timedelta(days=1))])
    await replicas.hear([received("second", SAME), received("third", SAME, event="own")])
    assert alike(replicas, "third") is None
    later = NOW + timedelta(hours=1)
    data = ComplaintAmended(
        complaint=complaint("second", SAME, event="N-first"), changed=("event",), amended_at=later
    )
    await replicas.hear([event(data, source="intake", subject="second", sequence=2, time=later)])
    graded = replicas.latest("complaint.graded")["second"]
    assert (graded.data.get("alike"), graded.data["facts"]["event"]) == (None, "N-first")
    assert graded.number == 2


async def test_the_same_event_again_does_not_look_again(mongo: Mongo) -> None:
    """Else, where a pack counts others too, it would be graded once more for one that came meanwhile and is
    more alike."""
    windows = 'facts:\n  windows: {same: {title: {en: s}, clause: "1", same: [event], count: complaints}}\n'
    counting = deployment(TEXT.replace("facts:\n", windows))
    earlier, again = NOW - timedelta(days=1), received("second", SAME)
    async with gradings(mongo, counting, VirtualClock(NOW)) as replicas:
        await replicas.hear([received("first", PIPE, earlier)])
        await replicas.hear([again])
        await replicas.hear([received("closer", SAME, earlier)])
        await replicas.hear([again], replica=1)
        assert (alike(replicas, "second") or {})["id"] == "first"
        assert replicas.latest("complaint.graded")["second"].number == 1


async def test_a_look_reads_a_bounded_number_of_pages_through_the_index(replicas: Replicas) -> None:
    past = [received(f"p{n}", PIPE if n % 2 else OTHER, NOW - timedelta(minutes=n)) for n in range(600)]
    for n in range(0, len(past), 100):
        await replicas.hear(past[n : n + 100])
    pages = replicas.services[0][0].parts.database.collection("complaints")
    mine = (await pages.find_one({"_id": "p1"}))["likeness"]
    meeting = {"likeness.bands": {"$in": mine["bands"]}, "likeness.at": {"$lte": NOW}}
    cursor = pages.find(meeting, {"likeness": 1}).sort("likeness.at", -1).limit(NEWEST)
    stats = (await cursor.explain())["executionStats"]
    assert stats["nReturned"] == NEWEST
    assert stats["totalDocsExamined"] <= 2 * NEWEST
    assert "IXSCAN" in str(stats["executionStages"])
    assert "COLLSCAN" not in str(stats["executionStages"])
