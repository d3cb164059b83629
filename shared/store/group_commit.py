"""Many callers, one write: what comes in while a batch is being written makes up the next batch."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from pymongo.errors import PyMongoError

A = TypeVar("A")
B = TypeVar("B")


class GroupCommit(Generic[A, B]):
    """Hands items to `write` in batches of at most `size`, one batch after the other, in order of arrival.

    `write` gives one result per item. What it raises goes to every caller of the batch; but when the
    item rather than the store is at fault, each item is tried alone, so that one does not take the rest.
    """

    def __init__(self, write: Callable[[Sequence[A]], Awaitable[Sequence[B]]], size: int) -> None:
        self._write, self._size = write, size
        self._waiting: deque[tuple[A, asyncio.Future[B]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def add(self, items: Sequence[A]) -> list[B]:
        """The results of these items, once they are written. A caller who leaves stops nothing."""
        loop = asyncio.get_running_loop()
        places: list[tuple[A, asyncio.Future[B]]] = [(item, loop.create_future()) for item in items]
        self._waiting.extend(places)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await asyncio.gather(*(future for _, future in places))

    async def _work(self) -> None:
        while self._waiting:
            count = min(self._size, len(self._waiting))
            await self._batch([self._waiting.popleft() for _ in range(count)])

    async def _batch(self, places: Sequence[tuple[A, asyncio.Future[B]]]) -> None:
        try:
            results = await self._write([item for item, _ in places])
        except Exception as error:
            if len(places) == 1 or isinstance(error, PyMongoError):
                _fail(places, error)
                return
            for place in places:
                await self._batch([place])
            return
        for (_, future), result in zip(places, results, strict=True):
            if not future.done():
                future.set_result(result)


def _fail(places: Sequence[tuple[A, "asyncio.Future[B]"]], error: Exception) -> None:
    for _, future in places:
        if not future.done():
            future.set_exception(error)
