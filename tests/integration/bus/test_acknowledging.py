"""What the broker is told: few acknowledgements for many messages, a bounded number in the air."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import aiormq
import pytest

from shared.bus.judging import judge
from shared.bus.port import Delivery, Done, Retry, Subscription, Verdict
from shared.bus.rabbit import RabbitBus
from tests.integration.bus.conftest import QUEUE, QUICK, waiting
from tests.parts.handlers import Recorder, event
from tests.parts.rabbit import Rabbit
from tests.parts.waiting import until


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Every (tag, multiple) that is sent as an acknowledgement."""
    sent: list[tuple[int, bool]] = []
    real = aiormq.Channel.basic_ack

    async def watched(self: Any, delivery_tag: int, multiple: bool = False, wait: bool = True) -> None:
        sent.append((delivery_tag, multiple))
        await real(self, delivery_tag, multiple=multiple, wait=wait)

    monkeypatch.setattr(aiormq.Channel, "basic_ack", watched)
    return sent


async def test_a_thousand_messages_take_a_few_acknowledgements(
    bus: RabbitBus, rabbit: Rabbit, frames: list[tuple[int, bool]]
) -> None:
    recorder = Recorder()
    await bus.declare([Subscription(QUEUE, ("#",))])
    await bus.publish([event(n) for n in range(1000)])
    await bus.subscribe(Subscription(QUEUE, ("#",)), recorder)
    await until(lambda: len(set(recorder.done)) == 1000)
    await bus.drain(timedelta(seconds=1))
    assert len(frames) <= len(recorder.batches) < 50
    assert await waiting(rabbit) == 0


async def test_no_more_than_the_prefetch_is_in_the_air(bus: RabbitBus, rabbit: Rabbit) -> None:
    release = asyncio.Event()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await release.wait()
        return [Done()] * len(deliveries)

    await bus.declare([Subscription(QUEUE, ("#",))])
    await bus.publish([event(n) for n in range(1000)])
    await bus.subscribe(Subscription(QUEUE, ("#",)), handler)
    await asyncio.sleep(0.3)
    assert await waiting(rabbit) == 1000 - QUICK.prefetch
    release.set()


async def test_a_message_that_cannot_be_moved_to_its_retry_queue_is_kept(
    bus: RabbitBus, rabbit: Rabbit, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(lambda d: Retry("later") if d.id == "e1" and d.attempt == 1 else Done())
    await bus.subscribe(Subscription(QUEUE, ("#",)), recorder)
    rabbit.api("DELETE", f"queues/{rabbit.vhost}/{QUEUE}.retry.300ms")
    await bus.publish([event(0), event(1), event(2)])
    await until(lambda: "e1" in recorder.done)
    attempts = [(d.attempt, d.redelivered) for d in recorder.seen if d.id == "e1"]
    assert attempts[:2] == [(1, False), (1, True)], "handed back and then, the queue made anew, moved"
    assert attempts[-1][0] == 2
    assert "go back to the queue" in caplog.text


async def test_a_channel_that_cancels_an_acknowledgement_does_not_end_the_consuming(
    bus: RabbitBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, cancelled = aiormq.Channel.basic_ack, asyncio.Event()

    async def once(self: Any, delivery_tag: int, multiple: bool = False, wait: bool = True) -> None:
        if not cancelled.is_set():
            cancelled.set()
            raise asyncio.CancelledError
        await real(self, delivery_tag, multiple=multiple, wait=wait)

    monkeypatch.setattr(aiormq.Channel, "basic_ack", once)
    recorder = Recorder()
    await bus.subscribe(Subscription(QUEUE, ("#",)), recorder)
    await bus.publish([event(1)])
    await cancelled.wait()
    await bus.publish([event(2)])
    await until(lambda: "e2" in recorder.done)


async def test_whatever_goes_wrong_with_a_batch_the_next_one_is_handled(
    bus: RabbitBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[BaseException] = [asyncio.CancelledError()]

    async def failing(*args: Any) -> list[Verdict]:
        if failures:
            raise failures.pop()
        return await judge(*args)

    monkeypatch.setattr("shared.bus.rabbit.consumer.judge", failing)
    recorder = Recorder()
    await bus.subscribe(Subscription(QUEUE, ("#",)), recorder)
    await bus.publish([event(1)])
    await until(lambda: recorder.done == ["e1"], what="a second delivery")
    assert recorder.seen[0].redelivered
