"""The whole sla database dropped and rebuilt: the API shows the same, byte for byte, then and later."""

from datetime import datetime, timedelta

from deploy.local.world import World
from deploy.rebuilding import Rebuilding
from deploy.scenario.virtual import VirtualTime
from shared.clock import VirtualClock
from tests.parts.mongo import Mongo
from tests.parts.world import client, world

START = datetime.fromisoformat("2026-02-11T09:00+08:00")


async def submitted(here: World, clock: VirtualClock, count: int) -> list[str]:
    """Complaints to the bank; every third is answered."""
    ids = []
    clock.advance(timedelta(minutes=5))
    async with client(here, "intake") as intake:
        for n in range(count):
            body = {"unit": "bank", "channel": "visit", "text": f"第{n}件", "received_at": START.isoformat()}
            answer = await intake.post("/v1/complaints", json=body)
            ids.append(answer.json()["id"])
            if n % 3 == 0:
                step = {"milestone": "replied", "by": "agent", "occurred_at": clock.now().isoformat()}
                recorded = await intake.post(f"/v1/complaints/{ids[-1]}/milestones", json=step)
                assert recorded.status_code == 201, recorded.text
    return ids


async def shown(here: World, ids: list[str]) -> list[bytes]:
    async with client(here, "intake") as intake:
        return [(await intake.get(f"/v1/complaints/{id_}")).content for id_ in ids]


def rebuilding(here: World, clock: VirtualClock) -> Rebuilding:
    intake, grading, sla = (here.services[name].parts.database for name in ("intake", "grading", "sla"))
    return Rebuilding(intake, grading, sla, here.services["sla"].parts.deployment, clock)


async def test_rebuilt_in_the_middle_nothing_differs_and_all_goes_on(mongo: Mongo) -> None:
    clock = VirtualClock(START)
    async with world(mongo, clock) as here:
        time = VirtualTime(here, clock)
        ids = await submitted(here, clock, 12)
        await time.move_to(START + timedelta(days=5))
        before = await shown(here, ids)
        kept = [page async for page in here.services["sla"].parts.database.collection("complaints").find()]
        assert len(kept) == 12
        assert await rebuilding(here, clock).run(lambda _n: None) == 12
        await time.settle()
        assert await shown(here, ids) == before
        await time.move_to(START + timedelta(days=40))
        after = await shown(here, ids)
        for n, text in enumerate(after):
            assert text.count(b'"type":"clock.started"') == before[n].count(b'"type":"clock.started"')
            assert text.count(b'"type":"clock.breached"') == (0 if n % 3 == 0 else 1)


async def test_what_fell_due_while_the_database_was_gone_is_said_once(mongo: Mongo) -> None:
    clock = VirtualClock(START)
    async with world(mongo, clock) as here:
        time = VirtualTime(here, clock)
        ids = await submitted(here, clock, 3)
        await here.services["sla"].parts.database.drop()
        clock.move_to(START + timedelta(days=40))
        await rebuilding(here, clock).run(lambda _n: None)
        clock.advance(timedelta(seconds=10))  # the sweeper sends what is not confirmed after a while
        await time.settle()
        after = await shown(here, ids)
        assert [text.count(b'"type":"clock.breached"') for text in after] == [0, 1, 1]
        again = rebuilding(here, clock)
        await again.run(lambda _n: None)
        clock.advance(timedelta(seconds=10))
        await time.settle()
        assert await shown(here, ids) == after
