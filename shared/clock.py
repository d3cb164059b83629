"""The only place where the time is read. Everything else is handed a Clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, in whole milliseconds, as the store keeps time."""

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


class VirtualClock:
    """A clock that stands still until somebody moves it; scenarios and tests run on it."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move forward to `moment`. Time never runs backwards: ValueError if it is in the past."""
        moment = moment.astimezone(UTC)
        if moment < self._now:
            raise ValueError(
                f"time only moves forward: {moment.isoformat()} is before {self._now.isoformat()}"
            )
        self._now = moment

    def advance(self, by: timedelta) -> None:
        self.move_to(self._now + by)
