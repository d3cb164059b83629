"""Collecting single arrivals into batches: up to so many, or whatever came within the linger."""

import asyncio
from collections import deque
from contextlib import suppress
from datetime import timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


class Batches(Generic[T]):
    """A one-reader collection. After `close`, what was not taken is forgotten and `take` gives nothing."""

    def __init__(self, size: int, linger: timedelta) -> None:
        self._size, self._linger = size, linger.total_seconds()
        self._waiting: deque[T] = deque()
        self._some, self._full, self._closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def put(self, item: T) -> None:
        if self._closed.is_set():
            return
        self._waiting.append(item)
        self._some.set()
        if len(self._waiting) >= self._size:
            self._full.set()

    async def take(self) -> list[T]:
        """At least one item, at most the batch size, oldest first; none once it is closed."""
        await self._some.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._full.wait(), self._linger)
        taken = [self._waiting.popleft() for _ in range(min(self._size, len(self._waiting)))]
        self._signal()
        return taken

    def close(self) -> None:
        self._closed.set()
        self._waiting.clear()
        self._signal()

    async def closed_within(self, span: timedelta) -> bool:
        """Wait for `close`, at most this long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), span.total_seconds())
        return self._closed.is_set()

    def _signal(self) -> None:
        for event, holds in ((self._some, 1), (self._full, self._size)):
            if self._closed.is_set() or len(self._waiting) >= holds:
                event.set()
            else:
                event.clear()
