"""What only the memory bus promises: when publish returns, everything that follows from it has happened."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from shared.bus.burial import Burial, ListedBurials
from shared.bus.memory import MemoryBus, MemoryDeadLetters
from shared.bus.port import (
    Confirmed,
    Dead,
    Delivery,
    Done,
    Message,
    Refused,
    Retry,
    Subscription,
    Tuning,
    UnavailableError,
    Unknown,
    Verdict,
)
from shared.clock import VirtualClock
from tests.parts.handlers import Recorder, event

CLOCK = VirtualClock(datetime(2026, 2, 11, 1, tzinfo=UTC))


def passing_on(bus: MemoryBus, key: str, outcomes: list[object]) -> Recorder:
    class PassingOn(Recorder):
        async def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
            for delivery in deliveries:
                outcomes.extend(await bus.publish([Message(key, delivery.id, b"")]))
            return await super().__call__(deliveries)

    return PassingOn()


async def test_the_whole_chain_has_settled_when_publish_returns() -> None:
    bus, last, outcomes = MemoryBus(Tuning(), CLOCK), Recorder(), list[object]()
    await bus.subscribe(Subscription("a", ("one",)), passing_on(bus, "two", outcomes))
    await bus.subscribe(Subscription("b", ("two",)), passing_on(bus, "three", outcomes))
    await bus.subscribe(Subscription("c", ("three",)), last)
    assert await bus.publish([Message("one", "e1", b"")]) == [Confirmed()]
    assert last.done == ["e1"]
    assert outcomes == [Confirmed(), Confirmed()]


async def test_the_ladder_is_climbed_without_waiting() -> None:
    recorder = Recorder(lambda d: Done() if d.attempt == 6 else Retry("not yet"))
    bus = MemoryBus(Tuning(), CLOCK)
    await bus.subscribe(Subscription("a", ("#",)), recorder)
    await bus.publish([event(1)])
    assert [(d.attempt, d.first_at) for d in recorder.seen[1:]] == [(n, CLOCK.now()) for n in range(2, 7)]


async def test_what_runs_when_it_is_drained_may_still_publish_and_others_may_not() -> None:
    bus, last, outcomes, started = MemoryBus(Tuning(), CLOCK), Recorder(), list[object](), asyncio.Event()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        started.set()
        await asyncio.sleep(0.05)
        outcomes.extend(await bus.publish([Message("two", "e2", b"")]))
        return [Done()]

    await bus.subscribe(Subscription("a", ("one",)), handler)
    await bus.subscribe(Subscription("b", ("two",)), last)
    publishing = asyncio.create_task(bus.publish([Message("one", "e1", b"")]))
    await started.wait()
    await bus.drain(timedelta(seconds=2))
    assert await bus.publish([Message("two", "e3", b"")]) == [Refused("the bus is drained")]
    assert (await publishing, outcomes, last.done) == ([Confirmed()], [Confirmed()], ["e2"])


async def test_a_dead_letter_that_cannot_be_kept_leaves_the_publisher_in_doubt() -> None:
    class Full(ListedBurials):
        async def keep(self, burial: Burial) -> None:
            raise OSError("disk full")

    bus, other = MemoryBus(Tuning(), CLOCK, Full()), Recorder()
    await bus.subscribe(Subscription("a", ("#",)), Recorder(lambda _: Dead("bad")))
    await bus.subscribe(Subscription("b", ("#",)), other)
    assert await bus.publish([event(1)]) == [Unknown("OSError: disk full")]
    assert other.done == ["e1"]


async def test_replaying_what_nobody_consumes_keeps_the_dead_letter() -> None:
    burials = ListedBurials()
    await burials.keep(Burial("t1", Delivery("gone", "k", "e1", b""), "bad", CLOCK.now()))
    dead = MemoryDeadLetters(MemoryBus(Tuning(), CLOCK, burials), burials)
    with pytest.raises(LookupError, match="gone"):
        await dead.replay("gone")
    assert [letter.id for letter in await dead.list("gone")] == ["e1"]


async def test_while_the_store_is_away_nothing_dies_and_the_publisher_keeps_the_message() -> None:
    async def away(_batch: Sequence[Delivery]) -> Sequence[Verdict]:
        raise UnavailableError("the store is away")

    burials = ListedBurials()
    bus = MemoryBus(Tuning(), CLOCK, burials)
    await bus.subscribe(Subscription("q", ("#",)), away)
    (outcome,) = await bus.publish([event(1)])
    assert isinstance(outcome, Unknown)
    assert await burials.of("q") == []


async def test_a_store_that_is_busy_for_a_moment_leaves_nothing_in_the_outbox() -> None:
    bus, tries = MemoryBus(Tuning(), CLOCK), 0

    async def busy_twice(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise UnavailableError("others are in the way")
        return [Done() for _ in deliveries]

    await bus.subscribe(Subscription("redress.q", ("#",)), busy_twice)
    assert await bus.publish([event(1)]) == [Confirmed()]
    assert tries == 3
