"""Callers that come together are written together; one that fails does not take the others with it."""

import asyncio
from collections.abc import Sequence

import pytest
from pymongo.errors import AutoReconnect

from shared.store.group_commit import GroupCommit


class Writer:
    """Doubles numbers; 13 is poison; remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.away = False

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        await asyncio.sleep(0.01)
        if self.away:
            raise AutoReconnect("gone")
        if 13 in items:
            raise ValueError("poison")
        return [2 * item for item in items]


async def test_what_comes_during_a_write_makes_the_next_batch() -> None:
    writer = Writer()
    group = GroupCommit[int, int](writer, 10)
    first = asyncio.create_task(group.add([1]))
    await asyncio.sleep(0.001)
    rest = [asyncio.create_task(group.add([n, n])) for n in range(2, 10)]
    assert [await task for task in (first, *rest)] == [[2], *([2 * n, 2 * n] for n in range(2, 10))]
    assert [len(batch) for batch in writer.batches] == [1, 10, 6]


async def test_poison_fails_alone() -> None:
    group = GroupCommit[int, int](Writer(), 10)
    results = await asyncio.gather(*(group.add([n]) for n in (1, 13, 2)), return_exceptions=True)
    assert results[0] == [2]
    assert isinstance(results[1], ValueError)
    assert results[2] == [4]


async def test_an_outage_fails_all_and_is_not_tried_one_by_one() -> None:
    writer = Writer()
    writer.away = True
    group = GroupCommit[int, int](writer, 10)
    results = await asyncio.gather(*(group.add([n]) for n in range(5)), return_exceptions=True)
    assert all(isinstance(result, AutoReconnect) for result in results)
    assert len(writer.batches) == 1
    writer.away = False
    assert await group.add([1]) == [2]


async def test_a_caller_who_leaves_stops_nothing() -> None:
    group = GroupCommit[int, int](Writer(), 10)
    leaving, staying = asyncio.create_task(group.add([1])), asyncio.create_task(group.add([2]))
    await asyncio.sleep(0.001)
    leaving.cancel()
    assert await staying == [4]
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_nothing_gives_nothing() -> None:
    assert await GroupCommit[int, int](Writer(), 10).add([]) == []
