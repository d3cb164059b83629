"""The reconciler: what is done to timers behind the service's back is found, counted and healed."""

from datetime import timedelta
from typing import Any

import pytest

from services.sla.reconcile import BATCH, EVERY
from services.sla.turns import CHECK_OPEN
from tests.integration.sla.replicas import DUE, START, Replicas
from tests.parts.mongo import Mongo

FAR = START + timedelta(days=3650)


async def check_all(world: Replicas, pages: int) -> int:
    """Let the reconciler come round to every page once; how many it set right."""
    healed = 0
    for _ in range(pages // BATCH + 2):
        world.clock.advance(EVERY)
        healed += sum([await reconciler.work() for reconciler in world.reconcilers])
    return healed


async def test_a_sound_book_is_left_alone(mongo: Mongo) -> None:
    world = await Replicas(mongo, 2).open(complaints=30)
    before = {page["_id"]: page["wake_at"] async for page in world.pages.find()}
    world.clock.advance(CHECK_OPEN)
    assert await check_all(world, 30) == 0
    assert world.missed() == 0
    assert before == {page["_id"]: page["wake_at"] async for page in world.pages.find()}
    assert await world.pages.count_documents({"check_at": {"$gt": world.clock.now()}}) == 30


async def test_what_is_due_and_only_waits_for_its_turn_is_not_missed(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=5)
    world.clock.move_to(DUE + timedelta(minutes=1))
    assert await check_all(world, 5) == 0
    assert world.missed() == 0


@pytest.mark.parametrize(
    "tampering",
    [
        {"$unset": {"wake_at": ""}},
        {"$unset": {"wake_at": "", "check_at": ""}},
        {"$set": {"wake_at": FAR}},
        {"$set": {"wake_at": "tomorrow"}},
    ],
    ids=["deleted", "deleted with its check", "put off", "no time at all"],
)
@pytest.mark.parametrize("due", [False, True], ids=["before", "after"])
async def test_a_lost_timer_is_found_and_fires_once(
    mongo: Mongo, tampering: dict[str, Any], due: bool
) -> None:
    world = await Replicas(mongo, 2).open(complaints=40)
    await world.fire_all()
    lost = {"_id": {"$lt": "c000025"}}
    await world.pages.update_many(lost, tampering)
    world.clock.move_to(DUE + timedelta(hours=1) if due else START + CHECK_OPEN)
    if due:
        await world.fire_all()
        assert len(world.count("clock.breached")) == 15
    assert await check_all(world, 40) == 25
    assert world.missed() == 25
    world.clock.move_to(DUE + timedelta(hours=2))
    await world.fire_all()
    assert sorted(world.count("clock.breached").values()) == [1] * 40
    assert sorted(world.count("complaint.escalated").values()) == [1] * 40
    world.clock.advance(CHECK_OPEN)
    assert await check_all(world, 40) == 0


async def test_a_page_that_cannot_be_read_holds_up_no_other(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=3)
    await world.pages.update_one({"_id": "c000000"}, {"$set": {"gradings": {"1": "?"}}})
    await world.pages.update_one({"_id": "c000001"}, {"$unset": {"wake_at": ""}})
    world.clock.advance(CHECK_OPEN)
    assert await check_all(world, 3) == 1
    assert await world.pages.count_documents({"check_at": {"$lte": world.clock.now()}}) == 0


async def test_the_cost_of_a_round_is_bounded(mongo: Mongo) -> None:
    world = await Replicas(mongo, 1).open(complaints=BATCH + 30)
    await world.pages.update_many({}, {"$unset": {"wake_at": ""}})
    world.clock.advance(CHECK_OPEN)
    (reconciler,) = world.reconcilers
    assert await reconciler.work() == BATCH
    assert await reconciler.work() == 0, "not before the next second"
    world.clock.advance(EVERY)
    assert await reconciler.work() == 30
