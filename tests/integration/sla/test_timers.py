"""Timers on a real MongoDB: two replicas race, nothing fires twice, nothing is missed; a claim runs out."""

import asyncio
from datetime import timedelta
from typing import Any

from services.sla.claims import LEASE
from services.sla.reconcile import BATCH as CHECKS
from services.sla.timers import BATCH, Timers, in_due_order
from tests.integration.sla.replicas import DUE, START, Replicas, complaint
from tests.parts.mongo import Mongo
from tests.parts.packs import SMALL


async def test_racing_replicas_fire_every_timer_once(mongo: Mongo) -> None:
    world = await Replicas(mongo, 3).open(complaints=500)
    world.clock.move_to(DUE + timedelta(seconds=1))

    async def until_quiet(timers: Timers) -> int:
        fired = 0
        while (done := await timers.work()) or await timers.due_at() <= world.clock.now():  # type: ignore[operator]
            fired += done
        return fired

    fired = await asyncio.gather(*(until_quiet(t) for t in world.timers))
    assert sum(fired) >= 500
    assert sorted(world.count("clock.breached").values()) == [1] * 500
    assert sorted(world.count("complaint.escalated").values()) == [1] * 500
    assert sorted(world.count("clock.warned").values()) == [2] * 500


async def test_the_oldest_fire_first_without_a_cap(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=BATCH + 50)
    (timers,) = world.timers
    assert await timers.work() == 0
    world.clock.move_to(DUE + timedelta(days=10))
    assert await timers.due_at() is not None
    assert [await timers.work(), await timers.work()] == [BATCH + 50, 0]


async def test_what_a_dead_replica_had_claimed_is_fired_by_another_when_the_claim_runs_out(
    mongo: Mongo,
) -> None:
    world = await Replicas(mongo, 2).open(complaints=3)
    dead, alive = world.timers
    world.clock.move_to(DUE + timedelta(seconds=1))
    assert len(await dead._claim()) == 3
    assert await alive.work() == 0
    world.clock.advance(LEASE)
    assert await alive.work() == 3
    assert sorted(world.count("clock.breached").values()) == [1, 1, 1]


async def test_a_replica_that_is_stopped_hands_back_what_it_had_in_hand(mongo: Mongo) -> None:
    world = await Replicas(mongo, 2).open(complaints=BATCH + 50)
    stopped, other = world.timers
    world.clock.move_to(DUE + timedelta(seconds=1))
    working = asyncio.create_task(stopped.work())
    while not await claimed(world):
        await asyncio.sleep(0)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert working.cancelled()
    assert not await claimed(world)
    while await other.work():
        pass
    await world.services[0].workers[-1].work()  # what was written, but not sent any more
    breaches = {event.id: event.subject for event in world.said if event.key == "clock.breached"}
    assert len(breaches) == len(set(breaches.values())) == BATCH + 50


async def claimed(world: Replicas) -> dict[str, Any]:
    """By replica, what the store says it has in hand."""
    held: dict[str, Any] = await world.claims.find_one({}) or {"claims": {}}
    claims: dict[str, Any] = held["claims"]
    return claims


async def test_nothing_is_claimed_any_more_when_all_has_fired(mongo: Mongo) -> None:
    world = await Replicas(mongo, 2).open(complaints=BATCH + 50)
    world.clock.move_to(DUE + timedelta(seconds=1))
    await world.fire_all()
    assert not await claimed(world)


async def test_a_claim_that_reaches_too_far_is_nobodys(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=5)
    pages = [page["_id"] async for page in world.pages.find({}, {"_id": 1})]
    forever = {"until": DUE + timedelta(days=3650), "pages": pages}
    await world.claims.insert_one({"_id": "timers", "rev": 7, "claims": {"nobody": [forever]}})
    world.clock.move_to(DUE + timedelta(seconds=1))
    await world.fire_all()
    assert len(world.count("clock.breached")) == 5


async def test_of_two_that_choose_at_the_same_time_the_second_chooses_anew(mongo: Mongo) -> None:
    world = await Replicas(mongo, 2).open(complaints=BATCH + 50)
    world.clock.move_to(DUE + timedelta(seconds=1))
    one, other = await asyncio.gather(*(timers._claim() for timers in world.timers))
    assert sorted((len(one), len(other))) == [50, BATCH]
    assert not {page.id for page in one} & {page.id for page in other}


async def test_a_look_for_timers_reads_what_is_due_and_not_what_is_open(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=400)
    now = START + timedelta(days=1)
    await world.pages.update_many({"_id": {"$lt": "c000010"}}, {"$set": {"wake_at": now}})
    taken = {"_id": {"$nin": ["c000390", "c000391"]}}
    due = await in_due_order(world.pages.find({"wake_at": {"$lte": now}, **taken}), BATCH).explain()
    assert stages(due["queryPlanner"]["winningPlan"]) == ["LIMIT", "FETCH", "IXSCAN"]
    assert due["executionStats"]["nReturned"] == 10
    assert due["executionStats"]["totalDocsExamined"] == 10
    ahead = await in_due_order(world.pages.find({"wake_at": {"$exists": True}, **taken}), 1).explain()
    assert ahead["executionStats"]["totalDocsExamined"] == 1
    checks = {"$or": [{"check_at": None}, {"check_at": {"$lte": now}}]}
    checked = await world.pages.find(checks).sort("check_at", 1).limit(CHECKS).explain()
    assert "COLLSCAN" not in stages(checked["queryPlanner"]["winningPlan"])
    assert "SORT" not in stages(checked["queryPlanner"]["winningPlan"])
    assert checked["executionStats"]["totalDocsExamined"] <= CHECKS


def stages(plan: dict[str, Any]) -> list[str]:
    inner = [plan["inputStage"]] if "inputStage" in plan else plan.get("inputStages", [])
    return [plan["stage"], *(stage for part in inner for stage in stages(part))]


HOURLY = SMALL.replace("default: 5 working days", "default: 60 minutes")
HOUR, OUTAGE = timedelta(hours=1), timedelta(minutes=10)


async def test_ten_minutes_without_any_replica(mongo: Mongo) -> None:
    """What fell due meanwhile fires when they are back: all, once, the oldest first; each says how late."""
    world = await Replicas(mongo, 2, HOURLY).open()
    every_second = range(int(OUTAGE.total_seconds()))
    world.clock.move_to(START + OUTAGE)
    await world.bus.publish([complaint(n, timedelta(seconds=n)) for n in every_second])
    world.clock.move_to(START + HOUR - timedelta(seconds=1))
    await world.fire_all()
    assert not world.count("clock.breached")
    world.clock.move_to(START + HOUR + OUTAGE)
    await world.fire_all()
    breaches = [e for e in world.said if e.key == "clock.breached"]
    assert [e.time for e in breaches] == [START + HOUR + timedelta(seconds=n) for n in every_second]
    assert [e.data["late_by"] for e in breaches] == [OUTAGE.total_seconds() - n for n in every_second]
    assert sorted(world.count("complaint.escalated").values()) == [1] * len(every_second)
