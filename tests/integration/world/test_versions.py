"""A procedure moves on while complaints are open: each keeps the version it was received under."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.world import World
from deploy.scenario.virtual import VirtualTime
from shared.clock import VirtualClock
from shared.policy.source import SourceError
from tests.parts.mongo import Mongo
from tests.parts.versions import Company
from tests.parts.world import client, world

START = datetime.fromisoformat("2026-02-11T09:00+08:00")


async def submitted(here: World, clock: VirtualClock) -> str:
    body = {
        "unit": "here",
        "channel": "phone",
        "text": "有人受伤",
        "complainant": {"id": "u1", "email": "u1@example.com"},
        "received_at": clock.now().isoformat(),
    }
    async with client(here, "intake") as intake:
        answer = await intake.post("/v1/complaints", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


async def looked_at(here: World, id_: str) -> dict[str, Any]:
    async with client(here, "intake") as intake:
        found: dict[str, Any] = (await intake.get(f"/v1/complaints/{id_}")).json()
        return found


async def page(here: World, path: str) -> str:
    async with client(here, "reporting") as reporting:
        return (await reporting.get(path)).text


def as_graded(complaint: dict[str, Any]) -> tuple[str, str, list[str]]:
    clocks = [f"{clock['limit']} {clock['state']}" for clock in complaint["clocks"]]
    return complaint["pack_version"], complaint["grade"], clocks


async def test_each_complaint_keeps_its_version_to_the_end(mongo: Mongo, tmp_path: Path) -> None:
    clock, company = VirtualClock(START), Company(tmp_path)
    async with world(mongo, clock, deployment=company.as_it_began()) as here:
        first = await submitted(here, clock)
        await VirtualTime(here, clock).settle()
    async with world(mongo, clock, deployment=company.moved_on()) as here:
        time = VirtualTime(here, clock)
        second = await submitted(here, clock)
        async with client(here, "intake") as intake:
            amended = await intake.patch(f"/v1/complaints/{first}", json={"product": "lift"})
            assert amended.status_code == 200, amended.text
        await time.move_to(START + timedelta(minutes=31))
        assert as_graded(await looked_at(here, first)) == ("1.0.0", "major", ["60 minutes running"])
        assert as_graded(await looked_at(here, second)) == ("2.0.0", "grave", ["30 minutes breached"])
        await time.move_to(START + timedelta(minutes=61))
        assert as_graded(await looked_at(here, first))[2] == ["60 minutes breached"]
        messages = here.services["notify"].parts.database.collection("messages")
        said = {message["notice"]: message["text"] async for message in messages.find({"case.id": second})}
        assert said["thanks"] == "many thanks"
        assert "重大" in await page(here, f"/complaints/{first}")
        assert "严重" in await page(here, f"/complaints/{second}")
        dashboard = await page(here, "/?unit=here")
        assert "重大" in dashboard
        assert "严重" in dashboard


async def test_a_version_with_complaints_that_is_named_no_longer_stops_the_start(
    mongo: Mongo, tmp_path: Path
) -> None:
    clock, company = VirtualClock(START), Company(tmp_path)
    async with world(mongo, clock, deployment=company.as_it_began()) as here:
        await submitted(here, clock)
    with pytest.raises(SourceError, match=r"yaml:3: units\.0\.earlier: .* under trial@1\.0\.0: name it here"):
        async with world(mongo, clock, deployment=company.moved_on(earlier=())):
            pass
    async with world(mongo, clock, deployment=company.moved_on()) as here:
        assert here.services


async def test_a_version_that_received_nothing_may_go(mongo: Mongo, tmp_path: Path) -> None:
    clock, company = VirtualClock(START), Company(tmp_path)
    async with world(mongo, clock, deployment=company.as_it_began()):
        pass
    async with world(mongo, clock, deployment=company.moved_on(earlier=())) as here:
        assert await submitted(here, clock)
