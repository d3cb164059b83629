"""How much unsent work intake takes on while the broker is away, and when it says no."""

from datetime import datetime, timedelta

from shared.service import Parts
from shared.store.book import Book
from shared.web import ProblemError

FRESH = timedelta(seconds=1)
RETRY_AFTER = 5
"""Seconds after which whoever was turned away may ask again."""


class Capacity:
    """Counts the complaints with unsent events about once a second, however many requests ask."""

    def __init__(self, parts: Parts, book: Book) -> None:
        self._clock, self._book, self._gauge = parts.clock, book, parts.telemetry.outbox
        self._cap = parts.settings.outbox_cap
        self._pending = 0
        self._counted_at: datetime | None = None

    async def check(self) -> None:
        """ProblemError 503 with Retry-After when more than the cap are waiting."""
        now = self._clock.now()
        if self._counted_at is None or now - self._counted_at >= FRESH:
            self._counted_at = now
            self._pending = await self._book.pending()
            self._gauge.set(self._pending)
        if self._pending > self._cap:
            raise ProblemError(
                503,
                f"{self._pending} complaints wait for the broker; no more are taken for now",
                retry_after=RETRY_AFTER,
            )
