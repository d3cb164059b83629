"""An edited calendar moves the deadlines that rest on it, once, and says why."""

from typing import Any

from services.sla.calendars import EVERY
from tests.integration.sla.replicas import DUE, Replicas
from tests.parts.mongo import Mongo
from tests.unit.sla.heard import at

FLOOD = {"closed": {"2026-02-24": {"zh": "水灾", "en": "flood"}}}


async def look(world: Replicas) -> int:
    """Each keeper of calendars until it finds nothing, then what they woke is fired."""
    woken = 0
    for keeper in world.calendar_keepers:
        while some := await keeper.work():
            woken += some
    await world.fire_all()
    return woken


def moved(world: Replicas) -> list[dict[str, Any]]:
    return [e.data for e in world.said if e.key == "clock.due_changed"]


async def test_open_deadlines_are_reckoned_anew_once_and_say_why(mongo: Mongo) -> None:
    before = await Replicas(mongo, 1).open(complaints=20)
    assert await look(before) == 0
    after = await Replicas(mongo, 2, calendar=FLOOD).open()
    assert await look(after) == 20
    assert len(moved(after)) == 20
    assert {m["reason"]["en"] for m in moved(after)} == {"the calendar changed; the limit was reckoned anew"}
    assert {m["clock"]["due"] for m in moved(after)} == {"2026-02-26T10:00:00Z"}
    assert after.missed() == 0
    after.clock.advance(EVERY)
    assert await look(after) == 0


async def test_a_replica_of_the_old_deployment_does_not_turn_it_back(mongo: Mongo) -> None:
    before = await Replicas(mongo, 1).open(complaints=5)
    await look(before)
    after = await Replicas(mongo, 1, calendar=FLOOD).open()
    await look(after)
    before.clock.advance(EVERY)
    assert await look(before) == 0
    assert moved(before) == []


async def test_the_reconciler_takes_it_for_no_missed_timer(mongo: Mongo) -> None:
    before = await Replicas(mongo, 1).open(complaints=5)
    shorter = {"extra": {"2026-02-15": {"en": "stocktaking"}}}
    after = await Replicas(mongo, 1, calendar=shorter).open()
    after.clock.move_to(at("02-24 19:00"))
    for reconciler in after.reconcilers:
        await reconciler.work()
    assert after.missed() == 0
    await look(after)
    assert {m["clock"]["due"] for m in moved(after)} == {"2026-02-24T10:00:00Z"}
    assert after.count("clock.breached").total() == 5
    assert before.missed() == 0


async def test_looking_reads_no_more_than_what_differs(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=50)
    fingerprint = next(iter(world.services[0].parts.deployment)).calendars.fingerprint
    other = {"$or": [{"calendars": {"$lt": fingerprint}}, {"calendars": {"$gt": fingerprint}}]}
    asleep = {"$or": [{"wake_at": None}, {"wake_at": {"$gt": DUE}}]}
    plan = await world.pages.find({"case.unit": "u1", "$and": [other, asleep]}).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    assert plan["executionStats"]["totalDocsExamined"] == 0
