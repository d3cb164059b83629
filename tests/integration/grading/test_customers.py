"""Complaints and what is told of their customers, in any order, through two replicas: compared with a model
that knows everything at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from services.grading.counted import customer_key
from services.grading.tiers import standing
from shared.clock import VirtualClock
from shared.contracts.complaints import Complaint, ComplaintReceived
from shared.contracts.customers import CustomerMeasured
from shared.contracts.envelope import Envelope, event
from shared.contracts.words import Person
from tests.parts.gradings import Replicas, gradings
from tests.parts.mongo import Mongo
from tests.parts.tiered_pack import deployment, tiered

NOW = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
START = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
WITHIN = timedelta(days=10)
pytestmark = pytest.mark.mongo


@pytest.fixture
async def replicas(mongo: Mongo) -> AsyncIterator[Replicas]:
    async with gradings(mongo, deployment(), VirtualClock(NOW)) as found:
        yield found


def told(at: datetime, number: int, **measures: Any) -> Envelope:
    data = CustomerMeasured(unit="here", customer="K", measures=measures, measured_at=at)
    return event(data, source="intake", subject=customer_key("here", "K"), sequence=number, time=at)


def complaint(name: str, at: datetime, customer: str = "K") -> Envelope:
    data = Complaint(
        id=name,
        number=name,
        unit="here",
        pack="tiered",
        pack_version="1.0.0",
        kind="complaint",
        channel="phone",
        text="厨房漏水",
        complainant=Person(id=customer),
        occurred_at=at,
        received_at=at,
    )
    return event(ComplaintReceived(complaint=data), source="intake", subject=name, sequence=1, time=at)


def model(tellings: list[tuple[datetime, dict[str, Any]]], received: list[datetime], at: datetime) -> Any:
    bound = tiered()
    assert bound.pack.tiers is not None
    measures = [m for since, m in sorted(tellings, key=lambda t: t[0]) if since <= at]
    made = {"lately": sum(at - WITHIN <= t < at for t in received), "rate": sum(t < at for t in received)}
    return standing(bound, bound.pack.tiers, measures[-1] if measures else {}, made)


@pytest.mark.parametrize("seed", range(12))
async def test_in_any_order_through_two_replicas_the_tiers_are_those_of_the_model(
    replicas: Replicas, seed: int
) -> None:
    random = Random(seed)
    # Whole days apart at one time of day: then "10 days", which ends with its last day, is ten days.
    moments = random.sample(range(30), 14)
    tellings = [
        (
            START + timedelta(days=day, minutes=-1),
            {"sales": random.choice([20_000, 60_000, 100_000]), "orders": random.choice([1, 4, 20])},
        )
        for day in moments[:5]
    ]
    received = [START + timedelta(days=day) for day in moments[5:]]
    events = [told(at, n, **measures) for n, (at, measures) in enumerate(tellings, 1)]
    events += [complaint(f"c{n}", at) for n, at in enumerate(received)]
    events += random.choices(events, k=5)
    random.shuffle(events)
    while events:
        size = random.randint(1, 4)
        one, two, events = events[:size], events[size : 2 * size], events[2 * size :]
        await asyncio.gather(replicas.hear(one, 0), replicas.hear(two, 1))
    graded = replicas.latest("complaint.graded")
    for n, at in enumerate(received):
        expected = model(tellings, received, at)
        assert graded[f"c{n}"].data["facts"]["tier_level"] == expected.tiers["level"], n
        assert graded[f"c{n}"].data["grade"] == ("first" if expected.tiers["level"] == "a" else "ordinary")
    (standing_now,) = replicas.latest("customer.tiered").values()
    expected = model(tellings, received, NOW).tiers
    assert standing_now.data["tiers"] == expected


async def test_a_complaint_is_graded_once_under_the_tier_of_its_day(replicas: Replicas) -> None:
    await replicas.hear([told(START, 1, sales=100_000, orders=10)])
    await replicas.hear([complaint("c", START + timedelta(days=1))])
    await replicas.hear([told(START + timedelta(days=2), 2, sales=0)])
    assert replicas.count("complaint.graded") == 1
    assert replicas.latest("complaint.graded")["c"].data["grade"] == "first"


async def test_late_news_grades_anew_what_it_concerns(replicas: Replicas) -> None:
    await replicas.hear([complaint("before", START), complaint("after", START + timedelta(days=2))])
    await replicas.hear([told(START + timedelta(days=1), 1, sales=100_000, orders=10)])
    graded = replicas.latest("complaint.graded")
    assert (graded["before"].data["grade"], graded["after"].data["grade"]) == ("ordinary", "first")
    assert graded["after"].data["previous"] == "ordinary"


async def test_who_has_no_id_has_no_tier(replicas: Replicas) -> None:
    anonymous = complaint("c", START)
    data = {**anonymous.data, "complaint": {**anonymous.data["complaint"], "complainant": {"name": "张三"}}}
    await replicas.hear([anonymous.model_copy(update={"data": data})])
    assert "tier_level" not in replicas.latest("complaint.graded")["c"].data["facts"]
    assert replicas.count("customer.tiered") == 0


async def test_a_review_notices_what_time_alone_has_changed(replicas: Replicas) -> None:
    await replicas.hear([told(START, 1, sales=100_000, orders=10)])
    await replicas.hear([complaint("c1", NOW - timedelta(hours=2)), complaint("c2", NOW)])
    key = customer_key("here", "K")
    assert replicas.latest("customer.tiered")[key].data["tiers"] == {"level": "b"}
    reviews = next(w for w in replicas.services[0][0].workers if w.name == "reviews")
    assert await reviews.work() == 0
    due = await reviews.due_at()
    assert due is not None
    replicas.clock.move_to(due)
    assert await reviews.work() == 1
    assert replicas.latest("customer.tiered")[key].data["tiers"] == {"level": "a"}
    assert await reviews.work() == 0
