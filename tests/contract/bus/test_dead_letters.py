"""Looking at dead letters, putting them back, throwing them away, on either adapter."""

import pytest

from shared.bus.port import Dead, Delivery, Done, Verdict
from tests.contract.bus.conftest import QUEUE, Kit
from tests.parts.handlers import Recorder, event
from tests.parts.waiting import until


class Mending:
    """A verdict function that buries everything until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    def __call__(self, delivery: Delivery) -> Verdict:
        return Done() if self.mended else Dead(f"no good: {delivery.id}")


@pytest.fixture
def mending() -> Mending:
    return Mending()


@pytest.fixture
async def recorder(kit: Kit, mending: Mending) -> Recorder:
    """Five events, dead on QUEUE."""
    recorder = Recorder(mending)
    await kit.consume(recorder)
    await kit.bus.publish([event(n, "clock.met") for n in range(5)])
    await kit.letters(5)
    return recorder


@pytest.mark.usefixtures("recorder")
async def test_looking_twice_shows_the_same_in_the_same_order(kit: Kit) -> None:
    first = await kit.dead.list(QUEUE)
    assert [(letter.index, letter.id) for letter in first] == [(n + 1, f"e{n}") for n in range(5)]
    assert [letter.id for letter in await kit.dead.list(QUEUE, limit=2)] == ["e0", "e1"]
    assert await kit.dead.list(QUEUE) == first


@pytest.mark.usefixtures("recorder")
async def test_looking_thirty_times_kills_nothing(kit: Kit) -> None:
    for _ in range(30):
        assert len(await kit.dead.list(QUEUE)) == 5


async def test_all_of_them_are_replayed_as_they_first_came(
    kit: Kit, mending: Mending, recorder: Recorder
) -> None:
    mending.mended = True
    assert await kit.dead.replay(QUEUE) == 5
    await until(lambda: len(recorder.done) == 5)
    assert recorder.done == [f"e{n}" for n in range(5)]
    again = recorder.seen[-1]
    assert (again.key, again.attempt, again.first_at) == ("clock.met", 1, None)
    assert await kit.dead.list(QUEUE) == []


async def test_only_those_named_are_replayed(kit: Kit, mending: Mending, recorder: Recorder) -> None:
    mending.mended = True
    assert await kit.dead.replay(QUEUE, ["e1", "e3", "nobody"]) == 2
    await until(lambda: recorder.done == ["e1", "e3"])
    assert [letter.id for letter in await kit.dead.list(QUEUE)] == ["e0", "e2", "e4"]


async def test_what_fails_again_is_dead_again(kit: Kit, recorder: Recorder) -> None:
    assert await kit.dead.replay(QUEUE, ["e2"]) == 1
    await until(lambda: len(recorder.seen) == 6)
    assert sorted(letter.id for letter in await kit.letters(5)) == [f"e{n}" for n in range(5)]


@pytest.mark.usefixtures("recorder")
async def test_those_named_are_dropped_and_then_all(kit: Kit) -> None:
    assert await kit.dead.drop(QUEUE, ["e0"]) == 1
    assert [letter.id for letter in await kit.dead.list(QUEUE)] == ["e1", "e2", "e3", "e4"]
    assert await kit.dead.drop(QUEUE) == 4
    assert await kit.dead.list(QUEUE) == []
