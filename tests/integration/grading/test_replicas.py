"""Two gradings as they run: one queue of a real RabbitMQ, one MongoDB, everything twice and in any order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from shared.bus.port import Confirmed, Delivery, Done, Message, Subscription, Verdict
from shared.bus.rabbit import RabbitBus
from shared.clock import SystemClock
from shared.contracts.envelope import Envelope
from shared.contracts.registry import keys_read_by
from tests.parts.mongo import Mongo
from tests.parts.rabbit import Rabbit
from tests.parts.waiting import until
from tests.parts.whole import QUICK, Whole
from tests.parts.windowed_pack import deployment
from tests.parts.windowed_stories import model, story

pytestmark = [pytest.mark.mongo, pytest.mark.timeout(120)]
NARROW = replace(QUICK, batch=7, prefetch=14)
"""Small batches, so that both replicas get something of every group."""
PATIENT = replace(NARROW, publish_timeout=timedelta(seconds=30))
"""Two gradings work in the loop of who publishes: a confirmation may be read late."""


@pytest.fixture
async def whole(rabbit: Rabbit, mongo: Mongo) -> AsyncIterator[Whole]:
    found = Whole(rabbit.url, mongo.url, mongo.prefix, "smtp://127.0.0.1:1", deployment(), NARROW)
    yield found
    await found.stop()


class Listener:
    """Hears on reporting's queue what was said last of each complaint."""

    def __init__(self) -> None:
        self.latest: dict[str, Envelope] = {}

    async def __call__(self, batch: Sequence[Delivery]) -> Sequence[Verdict]:
        for delivery in batch:
            heard = Envelope.model_validate_json(delivery.body)
            if delivery.key == "complaint.graded":
                before = self.latest.get(heard.subject or "")
                if before is None or before.number < heard.number:
                    self.latest[heard.subject or ""] = heard
        return [Done() for _ in batch]

    def graded(self) -> dict[str, tuple[str, list[str]]]:
        return {i: (e.data["grade"], [r["id"] for r in e.data["rules"]]) for i, e in self.latest.items()}


@pytest.mark.parametrize("seed", [1, 2])
async def test_two_replicas_on_one_queue_end_where_the_model_ends(whole: Whole, seed: int) -> None:
    random = Random(seed)
    cases = story(random, 60, 60)
    events = [e for c in cases for e in c.events]
    events += random.choices(events, k=40)
    random.shuffle(events)
    await whole.start("grading", "grading-2")
    line, listener = RabbitBus(whole.amqp_url, PATIENT, SystemClock()), Listener()
    await line.connect()
    try:
        await line.subscribe(Subscription("redress.reporting", keys_read_by("reporting")), listener)
        outcomes = await line.publish([Message(key=e.key, id=e.id, body=e.encoded()) for e in events])
        assert {type(outcome) for outcome in outcomes} == {Confirmed}
        gradings = [whole["grading"], whole["grading-2"]]
        keys = {e.key for e in events}
        await until(lambda: sum(g.handled(k) for g in gradings for k in keys) >= len(events), 60, "all")
        expected = model(cases)
        await until(lambda: listener.graded() == expected, 20, "what the model says")
        await asyncio.sleep(0.5)
        assert listener.graded() == expected
        assert min(sum(g.handled(k) for k in keys) for g in gradings) > 0, "both had a share"
    finally:
        await line.close()
