"""What a publisher is told, by either adapter."""

import pytest

from shared.bus.port import SUBMISSIONS, Confirmed, Message, Refused, Subscription
from tests.contract.bus.conftest import QUEUE, Kit
from tests.parts.handlers import Recorder, event
from tests.parts.waiting import until


async def test_a_message_that_a_queue_takes_is_confirmed(kit: Kit) -> None:
    await kit.consume(Recorder())
    assert await kit.bus.publish([event(1)]) == [Confirmed()]


async def test_a_message_that_no_queue_takes_is_refused(kit: Kit) -> None:
    await kit.consume(Recorder(), "clock.*")
    outcome = (await kit.bus.publish([event(1)]))[0]
    assert isinstance(outcome, Refused)
    assert "complaint.received" in outcome.reason


async def test_outcomes_come_one_per_message_in_order(kit: Kit) -> None:
    await kit.consume(Recorder(), "clock.#")
    messages = [event(1, "clock.met"), event(2, "complaint.graded"), event(3, "clock.breached")]
    confirmed = [isinstance(outcome, Confirmed) for outcome in await kit.bus.publish(messages)]
    assert confirmed == [True, False, True]


async def test_the_same_event_twice_in_one_call_has_two_outcomes(kit: Kit) -> None:
    await kit.consume(Recorder(), "clock.#")
    taken, not_taken = event(1, "clock.met"), event(1, "complaint.graded")
    for messages in ([taken, not_taken], [not_taken, taken]):
        outcomes = await kit.bus.publish(messages)
        assert [isinstance(outcome, Confirmed) for outcome in outcomes] == [m is taken for m in messages]


async def test_nothing_to_publish_has_no_outcome(kit: Kit) -> None:
    assert await kit.bus.publish([]) == []


async def test_an_exchange_that_is_not_ours_is_refused_and_the_others_are_not_hurt(kit: Kit) -> None:
    await kit.consume(Recorder())
    outcomes = await kit.bus.publish([Message("k", "e1", b"", exchange="amq.nothing"), event(2)])
    assert [type(outcome) for outcome in outcomes] == [Refused, Confirmed]


async def test_a_routing_key_of_any_kind_reaches_the_submissions(kit: Kit) -> None:
    recorder = Recorder()
    await kit.bus.subscribe(Subscription(SUBMISSIONS, (), SUBMISSIONS), recorder)
    messages = [Message(key, f"s-{key}", b"{}", exchange=SUBMISSIONS) for key in ("", "x", "branch.7.phone")]
    assert await kit.bus.publish(messages) == [Confirmed()] * 3
    await until(lambda: len(recorder.done) == 3)
    assert {delivery.queue for delivery in recorder.seen} == {SUBMISSIONS}


@pytest.mark.parametrize(
    ("pattern", "taken"),
    [
        ("clock.*", {"clock.met", "clock.due_changed"}),
        ("clock.#", {"clock", "clock.met", "clock.due_changed", "clock.a.b"}),
        ("#", {"clock", "clock.met", "clock.due_changed", "clock.a.b", "complaint.met"}),
        ("*.met", {"clock.met", "complaint.met"}),
        ("#.b", {"clock.a.b"}),
        ("*.*.*", {"clock.a.b"}),
        ("clock.#.b", {"clock.a.b"}),
        ("complaint.met", {"complaint.met"}),
    ],
)
async def test_topic_patterns_take_what_amqp_says(kit: Kit, pattern: str, taken: set[str]) -> None:
    await kit.consume(Recorder(), pattern)
    keys = ["clock", "clock.met", "clock.due_changed", "clock.a.b", "complaint.met"]
    outcomes = await kit.bus.publish([event(n, key) for n, key in enumerate(keys)])
    assert {key for key, outcome in zip(keys, outcomes, strict=True) if outcome == Confirmed()} == taken


async def test_every_queue_that_is_bound_gets_its_own_copy(kit: Kit) -> None:
    one, two = Recorder(), Recorder()
    await kit.consume(one, queue="redress.one")
    await kit.consume(two, "complaint.*", queue="redress.two")
    await kit.bus.publish([event(1), event(2, "clock.met")])
    await until(lambda: len(one.done) == 2 and len(two.done) == 1)
    assert one.done == ["e1", "e2"]
    assert two.done == ["e1"]


async def test_a_queue_is_subscribed_once(kit: Kit) -> None:
    await kit.consume(Recorder())
    with pytest.raises(ValueError, match=QUEUE):
        await kit.consume(Recorder())
