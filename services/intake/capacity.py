"""How much unsent work intake takes on while the broker is away, and when it says no."""

from datetime import datetime, timedelta

from shared.service import Parts
from shared.store.book import Book
from shared.web import ProblemError

FRESH = timedelta(seconds=1)
RETRY_AFTER = 5
"""Seconds after which whoever was turned away may ask again."""


class Capacity:
    """Counts the complaints with unsent events about once a second, however many requests ask, and sooner
    when those that were let in since then might have filled it up."""

    def __init__(self, parts: Parts, book: Book) -> None:
        self._clock, self._book, self._gauge = parts.clock, book, parts.telemetry.outbox
        self._cap = parts.settings.outbox_cap
        self._pending = self._let_in = 0
        self._counted_at: datetime | None = None

    async def check(self) -> None:
        """ProblemError 503 with Retry-After when more than the cap are waiting."""
        if self._stale(self._clock.now()) or self._pending <= self._cap < self._pending + self._let_in:
            await self._count()
        if self._pending > self._cap:
            raise ProblemError(
                503,
                f"{self._pending} complaints wait for the broker; no more are taken for now",
                retry_after=RETRY_AFTER,
            )
        self._let_in += 1

    def _stale(self, now: datetime) -> bool:
        return self._counted_at is None or now - self._counted_at >= FRESH

    async def _count(self) -> None:
        self._counted_at, self._let_in = self._clock.now(), 0
        self._pending = await self._book.pending()
        self._gauge.set(self._pending)
