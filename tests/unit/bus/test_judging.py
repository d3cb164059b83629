"""A handler that fails, hangs or miscounts: who is retried, and how long it may take."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.bus.judging import REASON_LENGTH, describe, judge
from shared.bus.port import Delivery, Done, Retry, Verdict

SOON = timedelta(milliseconds=50)


def deliveries(count: int) -> list[Delivery]:
    return [Delivery("q", "k", str(n), b"") for n in range(count)]


async def test_one_that_hangs_alone_is_retried_and_its_neighbours_are_done() -> None:
    async def handler(batch: Sequence[Delivery]) -> Sequence[Verdict]:
        if any(delivery.id == "1" for delivery in batch):
            await asyncio.sleep(9)
        return [Done()] * len(batch)

    verdicts = await judge(handler, deliveries(3), SOON)
    assert verdicts == [Done(), Retry("HandlerFailed: no verdict within 0.05 s"), Done()]


async def test_many_that_hang_do_not_take_forever() -> None:
    async def handler(batch: Sequence[Delivery]) -> Sequence[Verdict]:
        await asyncio.sleep(9)
        return [Done()] * len(batch)

    begin = asyncio.get_running_loop().time()
    verdicts = await judge(handler, deliveries(50), SOON)
    assert asyncio.get_running_loop().time() - begin < 1
    assert verdicts[-1] == Retry("its neighbours took all the time there was")


async def test_the_timeout_of_something_inside_is_an_ordinary_failure() -> None:
    async def handler(batch: Sequence[Delivery]) -> Sequence[Verdict]:
        raise TimeoutError("the store")

    assert await judge(handler, deliveries(1), SOON) == [Retry("TimeoutError: the store")]


async def test_being_cancelled_is_no_verdict() -> None:
    async def handler(batch: Sequence[Delivery]) -> Sequence[Verdict]:
        await asyncio.sleep(9)
        return []

    task = asyncio.create_task(judge(handler, deliveries(2), timedelta(seconds=9)))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_reason_is_short_and_leaves_quoted_input_out() -> None:
    assert describe(ValueError("1 validation error for Complaint\n  input_value='13800000001'")) == (
        "ValueError: 1 validation error for Complaint"
    )
    assert describe(KeyError()) == "KeyError"
    assert len(describe(ValueError("x" * 999))) == REASON_LENGTH
