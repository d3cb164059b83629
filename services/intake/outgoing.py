"""Sends what was just written, without making those who wait for an answer wait for the broker."""

import asyncio
from collections.abc import Sequence

import structlog
from pymongo.errors import PyMongoError

from shared.store.book import Book
from shared.store.page import Page

log = structlog.get_logger()
PATIENCE = 2.0
"""Seconds that an HTTP answer waits for the broker's confirm at most; the sweeper sees to the rest."""


class Outgoing:
    """Publishes pages' outboxes in the background. A publish that fails leaves them to the sweeper."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, pages: Sequence[Page]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._send(pages))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send(self, pages: Sequence[Page]) -> None:
        try:
            await self._book.send(pages)
        except PyMongoError as error:
            log.warning("outbox_not_cleared", pages=len(pages), error=type(error).__name__)


async def sent(sending: asyncio.Task[None] | None, seconds: float | None = PATIENCE) -> None:
    """Wait until it is through, but not longer than this. None: as long as it takes."""
    if sending is not None:
        await asyncio.wait({sending}, timeout=seconds)
