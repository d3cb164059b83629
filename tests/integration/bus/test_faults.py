"""Connections that break, brokers that go away and come back, queues that vanish."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from shared.bus.port import Confirmed, Delivery, Done, Refused, Subscription, Unknown, Verdict
from shared.bus.rabbit import RabbitBus, RabbitDeadLetters
from shared.clock import SystemClock
from tests.integration.bus.conftest import QUEUE, QUICK, SINGLY, waiting
from tests.parts.handlers import Recorder, event
from tests.parts.proxy import Proxy
from tests.parts.rabbit import Rabbit
from tests.parts.waiting import until, until_async

ALL = Subscription(QUEUE, ("#",))


async def test_cut_between_publish_and_confirm_nobody_knows(
    shaky: RabbitBus, proxy: Proxy, rabbit: Rabbit
) -> None:
    await shaky.declare([ALL])
    proxy.deaf = True
    publishing = asyncio.create_task(shaky.publish([event(1), event(2)]))
    await asyncio.sleep(0.3)
    proxy.cut()
    outcomes = await publishing
    assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]
    assert await waiting(rabbit) == 2, "nobody knew, but they had arrived"


async def test_a_swallowed_confirm_is_unknown_after_the_timeout(shaky: RabbitBus, proxy: Proxy) -> None:
    await shaky.declare([ALL])
    proxy.deaf = True
    outcome = (await shaky.publish([event(1)]))[0]
    assert isinstance(outcome, Unknown)


async def test_while_it_is_down_publishing_is_refused_and_then_works_again(
    shaky: RabbitBus, proxy: Proxy
) -> None:
    await shaky.declare([ALL])
    proxy.refusing = True
    proxy.cut()
    await asyncio.sleep(0.2)
    assert isinstance((await shaky.publish([event(1)]))[0], Refused)
    assert await shaky.ready() == "not connected to the broker"
    proxy.heal()

    async def works() -> bool:
        return await shaky.publish([event(2)]) == [Confirmed()]

    await until_async(works, what="publishing after the cut")


async def test_after_a_cut_it_consumes_again_and_old_tags_do_no_harm(shaky: RabbitBus, proxy: Proxy) -> None:
    recorder, cut = Recorder(), asyncio.Event()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        if not cut.is_set():
            cut.set()
            proxy.cut()
            await asyncio.sleep(0.3)
        return await recorder(deliveries)

    await shaky.subscribe(ALL, handler)
    await shaky.publish([event(n) for n in range(10)])
    await until(lambda: any(delivery.redelivered for delivery in recorder.seen), what="redelivery")
    await until(lambda: {d.id for d in recorder.seen if d.redelivered} == {f"e{n}" for n in range(10)})

    async def works() -> bool:
        return await shaky.publish([event(99)]) == [Confirmed()]

    await until_async(works)
    await until(lambda: "e99" in recorder.done)


async def test_a_black_hole_is_noticed_within_three_heartbeats_and_outlived(
    shaky: RabbitBus, proxy: Proxy
) -> None:
    recorder = Recorder()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        proxy.deaf = proxy.mute = not recorder.batches
        return await recorder(deliveries)

    async def red() -> bool:
        return await shaky.ready() is not None

    async def green() -> bool:
        return not await red() and await shaky.publish([event(2)]) == [Confirmed()]

    await shaky.subscribe(ALL, handler)
    await shaky.publish([event(1)])
    await until_async(red, seconds=3 * QUICK.heartbeat + 1, what="noticing")
    proxy.heal()
    await until_async(green, what="healing")
    await until(lambda: "e2" in recorder.done)


async def test_a_queue_that_is_deleted_and_made_again_is_consumed_again(
    bus: RabbitBus, rabbit: Rabbit
) -> None:
    recorder = Recorder()
    await bus.subscribe(ALL, recorder)
    rabbit.api("DELETE", f"queues/{rabbit.vhost}/{QUEUE}")
    await asyncio.sleep(0)
    assert await bus.ready() is not None

    async def green() -> bool:
        return await bus.ready() is None

    await until_async(green, seconds=10, what="the consumer's return")
    assert await bus.publish([event(1)]) == [Confirmed()]
    await until(lambda: recorder.done == ["e1"])


async def test_a_broker_that_restarts_keeps_everything(bus: RabbitBus, rabbit: Rabbit) -> None:
    recorder = Recorder()
    await bus.declare([ALL])
    assert await bus.publish([event(n) for n in range(20)]) == [Confirmed()] * 20
    await asyncio.to_thread(rabbit.broker.down)
    assert isinstance((await bus.publish([event(50)]))[0], Refused | Unknown)
    await asyncio.to_thread(rabbit.broker.up)

    async def back() -> bool:
        return await bus.ready() is None

    await until_async(back, seconds=20, what="reconnecting")
    await bus.subscribe(ALL, recorder)
    await until(lambda: {f"e{n}" for n in range(20)} <= set(recorder.done))


async def test_a_memory_alarm_makes_publishes_unknown_and_they_may_arrive(
    bus: RabbitBus, rabbit: Rabbit
) -> None:
    await bus.declare([ALL])
    assert await bus.publish([event(0)]) == [Confirmed()]
    await asyncio.to_thread(rabbit.ctl, "set_vm_memory_high_watermark", "0.00001")
    try:
        outcome = (await bus.publish([event(1)]))[0]
    finally:
        await asyncio.to_thread(rabbit.ctl, "set_vm_memory_high_watermark", "absolute", "2GB")
    assert isinstance(outcome, Unknown)


async def test_drained_while_a_handler_runs_the_rest_goes_back(rabbit: Rabbit) -> None:
    recorder, started = Recorder(), asyncio.Event()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        started.set()
        await asyncio.sleep(0.3)
        return await recorder(deliveries)

    bus = RabbitBus(rabbit.url, SINGLY, SystemClock())
    await bus.connect()
    await bus.declare([ALL])
    await bus.publish([event(n) for n in range(10)])
    await bus.subscribe(ALL, handler)
    await started.wait()
    await bus.drain(timedelta(seconds=5))
    assert recorder.done == ["e0"]
    assert await waiting(rabbit) == 9
    assert await bus.publish([event(10)]) == [Confirmed()], "the outbox may still be emptied"
    await bus.close()


async def test_a_handler_that_outlives_the_grace_gives_its_batch_back(rabbit: Rabbit) -> None:
    started = asyncio.Event()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        started.set()
        await asyncio.sleep(30)
        return [Done()] * len(deliveries)

    bus = RabbitBus(rabbit.url, QUICK, SystemClock())
    await bus.connect()
    await bus.subscribe(ALL, handler)
    await bus.publish([event(n) for n in range(10)])
    await started.wait()
    await bus.drain(timedelta(milliseconds=200))
    await bus.close()
    assert await waiting(rabbit) == 10
    assert await RabbitDeadLetters(rabbit.url).list(QUEUE) == []


async def test_a_stop_while_the_broker_is_away_does_not_wait_for_it(shaky: RabbitBus, proxy: Proxy) -> None:
    recorder = Recorder()
    await shaky.subscribe(ALL, recorder)
    await shaky.publish([event(1)])
    await until(lambda: recorder.done == ["e1"])
    proxy.refusing = True
    proxy.cut()
    await asyncio.sleep(1.5)
    async with asyncio.timeout(8):
        await shaky.drain(timedelta(seconds=2))
        await shaky.close()
