"""How fresh the figures are, as a metric: the event time of the newest event that this process applied."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import Gauge

from shared.store.inbox import Save
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry


class Freshness:
    """Stands around a save and notes what was saved."""

    def __init__(self, save: Save, telemetry: Telemetry) -> None:
        self._save = save
        self._newest: datetime | None = None
        self._gauge = Gauge(
            "redress_reporting_newest_event_timestamp_seconds",
            "Event time of the newest event applied here",
            registry=telemetry.registry,
        )

    async def save(self, pages: Sequence[Page]) -> set[str]:
        lost = await self._save(pages)
        heard = [page.body["heard_at"] for page in pages if page.id not in lost and "heard_at" in page.body]
        self._newest = max([*heard, *([self._newest] if self._newest else [])], default=None)
        if self._newest is not None:
            self._gauge.set(self._newest.timestamp())
        return lost
