"""A calendar edited while grading runs: windows reach by the new one from the next look on."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.clock import VirtualClock
from shared.deployment import load
from shared.edits import EVERY, CalendarEdits
from tests.parts.gradings import Replicas, gradings
from tests.parts.in_memory import InMemory
from tests.parts.mongo import Mongo
from tests.parts.windowed_pack import TEXT
from tests.parts.windowed_stories import NOW, case

pytestmark = pytest.mark.mongo
MONDAY = datetime(2026, 1, 5, 4, tzinfo=UTC)
TEN_LATER = datetime(2026, 1, 19, 4, tzinfo=UTC)
ELEVEN_LATER = datetime(2026, 1, 20, 4, tzinfo=UTC)
FLOOD = {"closed": {"2026-01-08": {"zh": "水灾", "en": "flood"}}}


class Company:
    """A replica that reads a redress.yaml, and the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.replicas: Replicas

    def write(self, calendar: Mapping[str, object]) -> None:
        unit = {"id": "here", "pack": "windowed", "calendar": calendar}
        self.file.write_text(json.dumps({"units": [unit]}, ensure_ascii=False), "utf-8")

    async def look(self) -> None:
        service, _ = self.replicas.services[0]
        (edits,) = [worker for worker in service.workers if isinstance(worker, CalendarEdits)]
        self.replicas.clock.advance(EVERY)
        await edits.work()

    async def customers(self, event: str, *received: datetime) -> int:
        """How many customers the last of these complaints of one event is told of."""
        cases = [case(f"{event}-{n}", at, customer=f"u{n}", event=event) for n, at in enumerate(received)]
        for c in cases:
            await self.replicas.hear(c.events)
        latest = self.replicas.latest("complaint.graded")[cases[-1].complaint.id]
        return int(latest.data["facts"]["event_customers"])


@pytest.fixture
async def company(mongo: Mongo, tmp_path: Path) -> AsyncIterator[Company]:
    found = Company(tmp_path / "redress.yaml")
    found.write({})
    deployment = load(found.file, InMemory(windowed=TEXT))
    async with gradings(mongo, deployment, VirtualClock(NOW), count=1) as found.replicas:
        yield found


async def test_a_window_of_working_days_reaches_further_over_a_day_that_was_closed(company: Company) -> None:
    assert await company.customers("before", MONDAY, TEN_LATER) == 2
    assert await company.customers("too-late", MONDAY, ELEVEN_LATER) == 1
    await company.look()
    company.write(FLOOD)
    await company.look()
    assert await company.customers("after", MONDAY, ELEVEN_LATER) == 2


async def test_a_wrong_edit_leaves_windows_as_they_are(company: Company) -> None:
    company.write({"closed": "soon"})
    await company.look()
    assert await company.customers("after", MONDAY, ELEVEN_LATER) == 1
