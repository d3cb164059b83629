"""A page that cannot be fired, whatever spoiled it, holds up no other; and one that lost a fact goes on."""

import io
from datetime import timedelta
from pathlib import Path

from services.sla.claims import LEASE
from tests.bad_input.house import START, house, sample_deployment, submission_event
from tests.parts.mongo import Mongo

GOOD = {"unit": "auto", "channel": "phone", "text": "刹车异响"}
FACT = "gradings.0000000001.facts.claim_amount"


async def test_the_others_fire(mongo: Mongo, tmp_path: Path, logs: io.StringIO) -> None:
    async with house(mongo, sample_deployment(tmp_path)) as here:
        await here.world.bus.publish([submission_event(GOOD | {"ref": f"r{n}"}) for n in range(3)])
        sla = here.world.services["sla"]
        pages, (timers, *_) = sla.parts.database.collection("complaints"), sla.workers
        first = await pages.find_one({}, sort=[("_id", 1)])
        await pages.update_one({"_id": first["_id"]}, {"$set": {FACT: "much"}})
        here.clock.move_to(START + timedelta(hours=1))
        assert await timers.work() == 2
        assert "timer_failed" in logs.getvalue()
        assert len(here.record.of("clock.breached")) == 2
        due = await timers.due_at()
        assert due is not None
        assert due > here.clock.now()
        await pages.update_one({"_id": first["_id"]}, {"$unset": {FACT: 1}})
        await here.time.move_to(here.clock.now() + LEASE)
        assert len(here.record.of("clock.breached")) == 3


async def test_a_fact_that_the_pack_no_longer_has_plays_no_part(mongo: Mongo, tmp_path: Path) -> None:
    async with house(mongo, sample_deployment(tmp_path)) as here:
        await here.world.bus.publish([submission_event(GOOD)])
        pages = here.world.services["sla"].parts.database.collection("complaints")
        await pages.update_one({}, {"$set": {"gradings.0000000001.facts.gone": True}})
        await here.time.move_to(START + timedelta(hours=1))
        assert len(here.record.of("clock.breached")) == 1
