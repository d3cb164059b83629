"""The ladder of delays in real time, and the headers that must not travel on it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import aio_pika

from shared.bus.port import Dead, Delivery, Done, Retry, Subscription, UnavailableError, Verdict
from shared.bus.rabbit import RabbitBus, RabbitDeadLetters
from tests.integration.bus.conftest import QUEUE, QUICK
from tests.parts.handlers import Recorder, event
from tests.parts.rabbit import Rabbit
from tests.parts.waiting import until


async def test_each_attempt_waits_its_rung(bus: RabbitBus) -> None:
    times: list[float] = []

    def verdict(delivery: Delivery) -> Verdict:
        times.append(asyncio.get_running_loop().time())
        return Done() if delivery.attempt == 3 else Retry("not yet")

    await bus.subscribe(Subscription(QUEUE, ("#",)), Recorder(verdict))
    await bus.publish([event(1)])
    await until(lambda: len(times) == 3)
    waits = [after - before for before, after in pairwise(times)]
    for wait, delay in zip(waits, QUICK.retry_delays, strict=True):
        assert delay.total_seconds() - 0.02 <= wait <= delay.total_seconds() + 1


async def test_a_long_delay_does_not_hold_up_a_short_one(bus: RabbitBus) -> None:
    recorder = Recorder(lambda d: Retry("slow") if d.id == "e1" or d.attempt == 1 else Done())
    await bus.subscribe(Subscription(QUEUE, ("#",)), recorder)
    await bus.publish([event(1)])
    await until(lambda: any(d.attempt == 2 for d in recorder.seen))
    await bus.publish([event(2)])
    await until(lambda: recorder.done == ["e2"], seconds=0.65, what="overtaking")


async def test_what_a_stranger_sends_is_read_without_its_x_headers(bus: RabbitBus, rabbit: Rabbit) -> None:
    recorder = Recorder(lambda d: Done() if d.attempt == 2 else Retry("once more"))
    await bus.subscribe(Subscription(QUEUE, ("#",)), recorder)
    headers: dict[str, Any] = {
        "x-tenant": "t",
        "n": 7,
        "when": datetime(2026, 1, 1, tzinfo=UTC),
        "redress-attempt": "many",
        "table": {},
    }
    await send(rabbit, aio_pika.Message(b"\xff not JSON", headers=headers, message_id="stranger-1"))
    await until(lambda: len(recorder.done) == 1)
    first, second = recorder.seen
    assert (first.id, first.attempt, first.body, first.content_type) == (
        "stranger-1",
        1,
        b"\xff not JSON",
        "",
    )
    assert (second.id, second.attempt, second.key) == ("stranger-1", 2, "complaint.received")
    assert first.headers == second.headers == {"n": "7"}


async def test_without_any_id_the_body_gives_one_that_stays(bus: RabbitBus, rabbit: Rabbit) -> None:
    recorder = Recorder(lambda d: Done() if d.attempt == 2 else Retry("once more"))
    await bus.subscribe(Subscription(QUEUE, ("#",)), recorder)
    bare = {"properties": {}, "routing_key": "k", "payload": "body", "payload_encoding": "string"}
    rabbit.api("POST", f"exchanges/{rabbit.vhost}/redress/publish", bare)  # aio-pika always adds an id
    await until(lambda: len(recorder.done) == 1)
    assert len(recorder.seen[0].id) == 64
    assert recorder.seen[0].id == recorder.seen[1].id


async def test_bodies_of_every_kind_die_apart_and_whole(bus: RabbitBus, rabbit: Rabbit) -> None:
    bodies = {"e1": b"", "e2": b"{", "e3": b"\xff\xfe", "e4": b"x" * 5_000_000}
    await bus.subscribe(Subscription(QUEUE, ("#",)), Recorder(lambda d: Dead(f"reason {d.id}")))
    for name, body in bodies.items():
        await send(rabbit, aio_pika.Message(body, message_id=name))
    dead = RabbitDeadLetters(rabbit.url)
    await asyncio.sleep(0.3)
    letters = await dead.list(QUEUE)
    assert {letter.id: letter.body for letter in letters} == bodies
    assert {letter.reason for letter in letters} == {f"reason {name}" for name in bodies}


async def send(rabbit: Rabbit, message: aio_pika.Message) -> None:
    async with await aio_pika.connect(rabbit.url) as connection:
        channel = await connection.channel()
        await (await channel.get_exchange("redress")).publish(message, "complaint.received")


async def test_while_the_store_is_away_the_batch_waits_and_no_attempt_is_counted(bus: RabbitBus) -> None:
    asked: list[list[str]] = []
    attempts: list[int] = []

    async def handler(batch: Sequence[Delivery]) -> Sequence[Verdict]:
        asked.append([delivery.id for delivery in batch])
        if len(asked) == 1:
            raise UnavailableError("the store is away")
        attempts.extend(delivery.attempt for delivery in batch)
        return [Done()] * len(batch)

    await bus.subscribe(Subscription(QUEUE, ("#",)), handler)
    await bus.publish([event(1), event(2)])
    await until(lambda: len(attempts) == 2, seconds=5)
    assert asked[0] == asked[1] == ["e1", "e2"], "the same batch again, whole"
    assert attempts == [1, 1]
