"""Faults 12, 15, 25: several replicas at the same messages, the same outbox, the same backlog."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.bus.port import Delivery, Done, Handler, Message, Outcome, Verdict
from shared.bus.rabbit import RabbitBus
from shared.store.book import Book
from tests.faults.wires import Doubling
from tests.parts.effects import Ledger, refs
from tests.parts.frames import FrameProxy
from tests.parts.trial import submission
from tests.parts.waiting import until, until_async
from tests.parts.whole import QUICK, Whole

pytestmark = pytest.mark.timeout(90)
NARROW = replace(QUICK, batch=5, prefetch=5)
"""Small batches, so that both replicas get something of everything."""


async def test_12_everything_twice_to_two_replicas_of_each(whole: Whole, ledger: Ledger) -> None:
    names = ("intake", "grading", "sla", "notify", "reporting")
    for name in names:
        await whole.start(name, f"{name}-2", bus=Doubling, tuning=NARROW)
    await whole.submit([submission(ref) for ref in refs(40)])
    await ledger.once(refs(40), seconds=60)
    for name in ("grading", "reporting"):
        shares = [whole[replica].handled("complaint.received") for replica in (name, f"{name}-2")]
        assert sum(shares) >= 80
        assert min(shares) > 0, f"both replicas of {name} had a share"


class Kept:
    """Goes around a handler and remembers the first batch."""

    def __init__(self) -> None:
        self.batch: list[Delivery] = []

    def __call__(self, handler: Handler) -> Handler:
        async def kept(batch: Sequence[Delivery]) -> Sequence[Verdict]:
            self.batch += batch
            return await handler(batch)

        return kept


@pytest.mark.parametrize("name", ["grading", "notify", "reporting"])
async def test_12_two_replicas_with_the_same_redelivered_batch(
    whole: Whole, ledger: Ledger, name: str
) -> None:
    kept = Kept()
    one = await whole.launch(name, wrap=kept)
    await whole.start(*({"intake", "grading", "sla", "notify", "reporting"} - {name}))
    await whole.submit([submission(ref) for ref in refs(20)])
    await ledger.once(refs(20))
    other = await whole.launch(f"{name}-2")
    again = [replace(delivery, redelivered=True) for delivery in kept.batch]
    both = await asyncio.gather(one.handler()(again), other.handler()(again))
    assert [set(verdicts) for verdicts in both] == [{Done()}, {Done()}]
    await ledger.once(refs(20))


async def test_15_two_relays_on_one_outbox(
    whole: Whole, ledger: Ledger, proxy: FrameProxy, through: str
) -> None:
    """Nobody holds a claim: each may publish what the other does, and each effect happens once."""
    await whole.start("grading", "sla", "notify", "reporting")
    await whole.start("intake", "intake-2", amqp=through)
    proxy.refusing = True
    proxy.cut()
    await whole.submit([submission(ref) for ref in refs(30)])
    assert await ledger.unsent() == 30
    proxy.heal()
    await asyncio.gather(*(until_async(whole[name].ready, 20) for name in ("intake", "intake-2")))
    await ledger.once(refs(30))


class Slow(RabbitBus):
    """Confirms late, long after the broker has the message."""

    delay = 0.0

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        outcomes = await super().publish(messages)
        await asyncio.sleep(self.delay)
        return outcomes


async def test_15_a_relay_that_marks_late(whole: Whole, ledger: Ledger) -> None:
    """A second relay sends what the first has sent and not yet marked; the late mark then does no harm."""
    await whole.start("grading", "sla", "notify", "reporting", "intake-2")
    slow = await whole.launch("intake", bus=Slow)
    assert isinstance(slow.bus, Slow)
    slow.bus.delay = 1.5
    submitting = asyncio.create_task(whole.submit([submission("c1")]))
    await until_async(lambda: _graded(ledger), what="the grading, before the mark")
    book = Book(whole["intake-2"].database, whole["intake-2"].bus, slow.service.parts.clock)
    assert await book.pending() == 1, "published, not yet marked"
    assert await book.sweep(timedelta()) == 1
    (answer,) = await submitting
    assert answer.status_code == 201
    await ledger.once(["c1"])


async def _graded(ledger: Ledger) -> bool:
    return bool((await ledger.read())["grades"].get("c1") == "major")


class Waiting:
    """Goes around a handler that waits for something far away at every batch, as one on a busy store does;
    so long that the waiting decides how much one replica does, on a slow machine too."""

    def __init__(self) -> None:
        self.done: list[float] = []

    def __call__(self, handler: Handler) -> Handler:
        async def waiting(batch: Sequence[Delivery]) -> Sequence[Verdict]:
            await asyncio.sleep(0.6)
            verdicts = await handler(batch)
            self.done += [asyncio.get_running_loop().time()] * len(batch)
            return verdicts

        return waiting


@pytest.mark.timeout(200)
async def test_25_a_backlog_of_2000_and_grading_from_one_to_four(whole: Whole, ledger: Ledger) -> None:
    batches = replace(QUICK, batch=20, prefetch=40)
    await whole.start("intake", tuning=replace(QUICK, batch=200, prefetch=400))
    for start in range(1, 2000, 250):
        answers = await whole.submit([submission(ref) for ref in refs(250, start)])
        assert {answer.status_code for answer in answers} == {201}
    shares = [Waiting() for _ in range(4)]
    await whole.launch("grading", tuning=batches, wrap=shares[0])
    await until(lambda: len(shares[0].done) >= 300, 30)
    alone = rate(shares[0].done)
    for n, share in enumerate(shares[1:], start=2):
        await whole.launch(f"grading-{n}", tuning=batches, wrap=share)
    begun = asyncio.get_running_loop().time()
    await until(lambda: sum(len(s.done) for s in shares) >= 2000, 90)
    together = rate([t for share in shares for t in share.done if t > begun])
    assert together > 1.5 * alone, f"{alone:.0f}/s alone, {together:.0f}/s by four"
    assert min(len(share.done) for share in shares) > 100
    await whole.start("reporting", tuning=replace(QUICK, batch=200, prefetch=400))
    await until_async(lambda: _counted(ledger), 80, "2000 in the totals")
    found = await ledger.read()
    assert set(found["complaints"].values()) == {1}
    assert found["numbers"] == found["received"] == 2000
    assert set(found["said"].values()) == {"grading 1, intake 1"}


def rate(times: Sequence[float]) -> float:
    return len(times) / (max(times) - min(times))


async def _counted(ledger: Ledger) -> bool:
    await asyncio.sleep(0.3)
    return bool((await ledger.totals())["by"]["grade"] == {"major": 2000})
