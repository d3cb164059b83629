"""Stopping: what is being handled ends, what is left is not lost, on either adapter."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from shared.bus.port import Delivery, Done, Verdict
from tests.contract.bus.conftest import QUEUE, Kit
from tests.parts.handlers import Recorder, event
from tests.parts.waiting import until


async def test_drain_waits_for_the_handler_that_runs(kit: Kit) -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        started.set()
        await asyncio.sleep(0.3)
        ended.set()
        return [Done()] * len(deliveries)

    await kit.consume(handler)
    publishing = asyncio.create_task(kit.bus.publish([event(1)]))
    await started.wait()
    await kit.bus.drain(timedelta(seconds=5))
    assert ended.is_set()
    await publishing


async def test_drain_does_not_wait_longer_than_its_grace(kit: Kit) -> None:
    started = asyncio.Event()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        started.set()
        await asyncio.sleep(3)
        return [Done()] * len(deliveries)

    await kit.consume(handler)
    publishing = asyncio.create_task(kit.bus.publish([event(1)]))
    await started.wait()
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await kit.bus.drain(timedelta(milliseconds=200))
    assert loop.time() - begin < 2
    publishing.cancel()
    await asyncio.gather(publishing, return_exceptions=True)


async def test_nothing_is_handled_after_drain_and_ready_says_so(kit: Kit) -> None:
    recorder = Recorder()
    await kit.consume(recorder)
    await kit.bus.publish([event(1)])
    await until(lambda: recorder.done == ["e1"])
    assert await kit.bus.ready() is None
    await kit.bus.drain(timedelta(seconds=1))
    await kit.bus.publish([event(2)])
    await asyncio.sleep(0.1)
    assert recorder.done == ["e1"]
    assert "drained" in (await kit.bus.ready() or "")
    assert await kit.dead.list(QUEUE) == []
