"""A calendar edited while sla runs moves the deadlines that rest on it; a wrong edit changes nothing."""

import json
from collections.abc import Mapping
from pathlib import Path

import structlog

from services.sla.calendars import EVERY as SAID_ANEW
from shared.deployment import load
from shared.edits import EVERY, CalendarEdits
from tests.integration.sla.replicas import Replicas
from tests.integration.sla.test_calendars import look, moved
from tests.parts.in_memory import InMemory
from tests.parts.mongo import Mongo
from tests.parts.packs import PEOPLE, SMALL

FLOOD = {"closed": {"2026-02-24": {"zh": "水灾", "en": "flood"}}}
LONGER = "2026-02-26T10:00:00Z"


class Company:
    """Replicas that each read the same redress.yaml, and the file."""

    def __init__(self, folder: Path, mongo: Mongo, replicas: int) -> None:
        self.file = folder / "redress.yaml"
        self.write({})
        self.deployments = [load(self.file, InMemory(small=SMALL)) for _ in range(replicas)]
        self.world = Replicas(mongo, replicas, deployments=self.deployments)

    def write(self, calendar: Mapping[str, object], **more: object) -> None:
        unit = {"id": "u1", "pack": "small", "people": PEOPLE, "calendar": calendar}
        self.file.write_text(json.dumps({"units": [unit | more]}, ensure_ascii=False), "utf-8")

    def edits(self, replica: int) -> CalendarEdits:
        (found,) = [w for w in self.world.services[replica].workers if isinstance(w, CalendarEdits)]
        return found

    async def look(self) -> int:
        """Every replica looks at the file, then at its pages."""
        for n in range(len(self.deployments)):
            await self.edits(n).work()
        return await look(self.world)


async def test_an_edit_moves_open_deadlines_once_however_many_replicas(mongo: Mongo, tmp_path: Path) -> None:
    company = Company(tmp_path, mongo, 2)
    world = await company.world.open(complaints=20)
    await company.look()
    company.write(FLOOD)
    assert await company.look() == 0
    world.clock.advance(EVERY)
    assert await company.look() == 20
    assert {m["clock"]["due"] for m in moved(world)} == {LONGER}
    assert {m["reason"]["en"] for m in moved(world)} == {"the calendar changed; the limit was reckoned anew"}
    world.clock.advance(SAID_ANEW)
    assert await company.look() == 0
    assert len(moved(world)) == 20
    assert world.missed() == 0


async def test_a_replica_that_has_not_looked_yet_does_not_turn_it_back(mongo: Mongo, tmp_path: Path) -> None:
    company = Company(tmp_path, mongo, 2)
    world = await company.world.open(complaints=5)
    await company.look()
    company.write(FLOOD)
    world.clock.advance(max(EVERY, SAID_ANEW))
    await company.edits(1).work()
    early, late = world.calendar_keepers[1], world.calendar_keepers[0]
    assert await early.work() == 5
    await world.timers[1].work()
    assert await late.work() == 0
    world.clock.advance(EVERY)
    await company.look()
    assert [m["clock"]["due"] for m in moved(world)] == [LONGER] * 5


async def test_a_wrong_edit_is_refused_in_one_line_and_a_right_one_is_taken_after_it(
    mongo: Mongo, tmp_path: Path
) -> None:
    company = Company(tmp_path, mongo, 1)
    world = await company.world.open(complaints=3)
    await company.look()
    with structlog.testing.capture_logs() as logs:
        for wrong in ({"zone": "Mars/Olympus"}, {"closed": "soon"}):
            company.write(wrong)
            for _ in range(3):
                world.clock.advance(EVERY)
                assert await company.look() == 0
        company.file.unlink()
        world.clock.advance(EVERY)
        assert await company.look() == 0
    assert [entry["event"] for entry in logs] == ["edit_refused"] * 3
    assert "an IANA time zone is expected, not 'Mars/Olympus'" in logs[0]["problems"][0]
    assert logs[0]["problems"][0].startswith(f"{company.file}:1")
    company.write(FLOOD)
    world.clock.advance(max(EVERY, SAID_ANEW))
    assert await company.look() == 3
    assert {m["clock"]["due"] for m in moved(world)} == {LONGER}


async def test_what_is_no_calendar_waits_for_the_next_start_and_that_is_said(
    mongo: Mongo, tmp_path: Path
) -> None:
    company = Company(tmp_path, mongo, 1)
    await company.world.open()
    await company.look()
    company.write(FLOOD, title={"en": "Renamed"})
    company.world.clock.advance(EVERY)
    with structlog.testing.capture_logs() as logs:
        await company.look()
    assert [entry["event"] for entry in logs] == ["calendars_taken_over", "edit_waits_for_restart"]
    assert company.deployments[0].unit("u1").spec.title.en == ""
