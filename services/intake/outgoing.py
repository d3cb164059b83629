"""Sends what was just written, without making those who wait for an answer wait for the broker."""

import asyncio
from collections.abc import Sequence

from shared.bus.port import Bus
from shared.store.book import Book
from shared.store.group_commit import GroupCommit
from shared.store.page import Page

PATIENCE = 2.0
"""Seconds that an HTTP answer waits for all that follows from it, on a bus whose publish settles it."""
MAX_BATCH = 500
Sending = asyncio.Task[None]


class Outgoing:
    """Publishes what was said on pages, in the background, many pages together.

    An answer needs no confirm: what was said is stored with the complaint. A publish that fails leaves
    it to the sweeper.
    """

    def __init__(self, book: Book, bus: Bus) -> None:
        self._book = book
        self._patience = PATIENCE if bus.settles else 0.0
        self._together = GroupCommit[Page, None](self._send, MAX_BATCH)
        self._tasks: set[Sending] = set()

    def start(self, pages: Sequence[Page]) -> Sending:
        task = asyncio.create_task(self._all(pages))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def answered(self, sending: Sending | None) -> None:
        """Wait as long as an answer over HTTP should."""
        if sending is not None and self._patience:
            await asyncio.wait({sending}, timeout=self._patience)

    async def _all(self, pages: Sequence[Page]) -> None:
        await self._together.add(pages)

    async def _send(self, pages: Sequence[Page]) -> list[None]:
        await self._book.send(pages)
        return [None] * len(pages)
