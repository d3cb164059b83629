"""Faults 1 to 5: lines to the broker that break, hang or lie, and a broker that goes away."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.bus.port import Delivery, Handler, Verdict
from tests.parts.effects import Ledger, refs
from tests.parts.frames import CONFIRMS, FrameProxy
from tests.parts.rabbit import Rabbit
from tests.parts.trial import submission
from tests.parts.waiting import until, until_async
from tests.parts.whole import QUICK, Whole

pytestmark = pytest.mark.timeout(90)
OTHERS = ("grading", "sla", "notify", "reporting")


async def accepted(whole: Whole, names: Sequence[str]) -> None:
    answers = await whole.submit([submission(ref) for ref in names])
    assert [answer.status_code for answer in answers] == [201] * len(names)


async def test_01_cut_between_publish_and_confirm(
    whole: Whole, ledger: Ledger, proxy: FrameProxy, through: str
) -> None:
    await whole.start("intake", amqp=through)
    await whole.start(*OTHERS)
    proxy.swallowing.add(CONFIRMS)
    submitting = asyncio.create_task(accepted(whole, refs(10)))
    await until(lambda: proxy.swallowed > 0, what="a confirm on its way")
    proxy.cut()
    proxy.heal()
    await submitting
    await ledger.once(refs(10))
    assert whole["grading"].handled("complaint.received") > 10, "it was published twice"


@pytest.mark.parametrize("liar", ["intake", "grading"])
async def test_02_confirms_are_swallowed_and_then_come_again(
    whole: Whole, ledger: Ledger, proxy: FrameProxy, through: str, liar: str
) -> None:
    await whole.start(liar, amqp=through)
    await whole.start(*({"intake", *OTHERS} - {liar}))
    proxy.swallowing.add(CONFIRMS)
    await accepted(whole, refs(5))
    await until(lambda: proxy.swallowed > 0, what="a swallowed confirm")
    await asyncio.sleep(QUICK.publish_timeout.total_seconds())
    proxy.heal()
    await accepted(whole, refs(5, start=6))
    await ledger.once(refs(10))


async def test_03_a_black_hole_is_noticed_within_three_heartbeats(
    whole: Whole, ledger: Ledger, proxy: FrameProxy, through: str
) -> None:
    await whole.start("intake", "grading", amqp=through)
    await whole.start("sla", "notify", "reporting")
    proxy.deaf = proxy.mute = True
    await accepted(whole, refs(6))

    async def red() -> bool:
        return not await whole["grading"].ready() and not await whole["intake"].ready()

    await until_async(red, seconds=3 * QUICK.heartbeat + 1, what="noticing")
    proxy.heal()
    await ledger.once(refs(6))


class Held:
    """Goes around a handler and keeps it waiting until `release`."""

    def __init__(self) -> None:
        self.release, self.waiting = asyncio.Event(), 0

    def __call__(self, handler: Handler) -> Handler:
        async def held(batch: Sequence[Delivery]) -> Sequence[Verdict]:
            self.waiting += len(batch)
            await self.release.wait()
            return await handler(batch)

        return held


async def test_04_the_broker_restarts_with_ten_unacknowledged(
    whole: Whole, ledger: Ledger, rabbit: Rabbit
) -> None:
    held = Held()
    await whole.start("grading", wrap=held)
    await whole.start("intake", "sla", "notify", "reporting")
    await accepted(whole, refs(10))
    await until(lambda: held.waiting > 0, what="the first in the handler's hands")

    async def in_the_air() -> bool:
        return await ledger.unsent() == 0

    await until_async(in_the_air, what="all ten at grading, taken or prefetched")
    await asyncio.to_thread(rabbit.broker.down)
    held.release.set()
    await asyncio.to_thread(rabbit.broker.up)
    await ledger.once(refs(10), seconds=60)
    assert whole["grading"].handled("complaint.received") > 10, "they came again"


async def test_05_a_queue_is_deleted_and_made_again(whole: Whole, ledger: Ledger, rabbit: Rabbit) -> None:
    await whole.start()
    await accepted(whole, refs(3))
    await ledger.once(refs(3))
    rabbit.api("DELETE", f"queues/{rabbit.vhost}/redress.grading")
    assert not await whole["grading"].ready()
    await until_async(whole["grading"].ready, seconds=10, what="the consumer's return")
    await accepted(whole, refs(3, start=4))
    await ledger.once(refs(6))
