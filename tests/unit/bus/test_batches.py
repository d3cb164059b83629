"""How arrivals become batches."""

import asyncio
from datetime import timedelta

from shared.bus.batches import Batches


async def test_a_full_batch_does_not_wait_and_the_rest_comes_next() -> None:
    batches: Batches[int] = Batches(3, timedelta(seconds=60))
    for n in range(7):
        batches.put(n)
    assert [await batches.take(), await batches.take()] == [[0, 1, 2], [3, 4, 5]]


async def test_a_lonely_arrival_waits_no_longer_than_the_linger() -> None:
    batches: Batches[int] = Batches(3, timedelta(milliseconds=30))
    taking = asyncio.create_task(batches.take())
    await asyncio.sleep(0.01)
    batches.put(1)
    await asyncio.sleep(0.01)
    batches.put(2)
    assert await asyncio.wait_for(taking, 1) == [1, 2]


async def test_closed_it_gives_nothing_even_to_one_who_waits() -> None:
    batches: Batches[int] = Batches(3, timedelta(seconds=60))
    taking = asyncio.create_task(batches.take())
    await asyncio.sleep(0)
    batches.put(1)
    batches.close()
    batches.put(2)
    assert await asyncio.wait_for(taking, 1) == []
    assert await batches.closed_within(timedelta())
