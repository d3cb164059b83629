"""What a handler gets, and what its verdicts and its failing do, on either adapter."""

import asyncio
from collections.abc import Sequence

from shared.bus.port import Confirmed, Dead, Delivery, Done, Retry, Verdict
from tests.contract.bus.conftest import QUEUE, QUICK, Kit
from tests.parts.handlers import Recorder, event
from tests.parts.waiting import until


async def test_a_delivery_is_what_was_published(kit: Kit) -> None:
    recorder = Recorder()
    await kit.consume(recorder)
    await kit.bus.publish([event(1, "clock.met", traceparent="00-a-b-01")])
    await until(lambda: recorder.done == ["e1"])
    assert recorder.seen == [
        Delivery(
            QUEUE,
            "clock.met",
            "e1",
            b'{"n":1}',
            content_type="application/cloudevents+json",
            headers={"traceparent": "00-a-b-01"},
        )
    ]


async def test_messages_come_in_order_and_in_batches(kit: Kit) -> None:
    recorder = Recorder()
    await kit.consume(recorder)
    await kit.bus.publish([event(n) for n in range(500)])
    await until(lambda: len(recorder.done) == 500)
    assert recorder.done == [f"e{n}" for n in range(500)]
    assert max(len(batch) for batch in recorder.batches) <= QUICK.batch
    assert len(recorder.batches) < 100


async def test_retry_then_success(kit: Kit) -> None:
    recorder = Recorder(lambda d: Done() if d.attempt == 3 else Retry("not yet"))
    await kit.consume(recorder, "clock.#")
    await kit.bus.publish([event(1, "clock.met", traceparent="00-a-b-01")])
    await until(lambda: recorder.done == ["e1"])
    assert [delivery.attempt for delivery in recorder.seen] == [1, 2, 3]
    assert {delivery.key for delivery in recorder.seen} == {"clock.met"}
    assert [delivery.headers for delivery in recorder.seen] == [{"traceparent": "00-a-b-01"}] * 3
    firsts = [delivery.first_at for delivery in recorder.seen]
    assert firsts[0] is None
    assert firsts[1] is not None
    assert firsts[1] == firsts[2]
    assert await kit.dead.list(QUEUE) == []


async def test_a_retry_that_never_works_is_dead_with_reason_and_counts(kit: Kit) -> None:
    recorder = Recorder(lambda _: Retry("the store is away"))
    await kit.consume(recorder)
    await kit.bus.publish([event(1, "clock.met", traceparent="00-a-b-01")])
    await until(lambda: len(recorder.seen) == 3)
    letter = (await kit.letters(1))[0]
    assert (letter.queue, letter.key, letter.id, letter.body) == (QUEUE, "clock.met", "e1", b'{"n":1}')
    assert (letter.reason, letter.attempts, letter.trace) == ("the store is away", 3, "00-a-b-01")
    assert letter.first_at is not None
    assert letter.died_at is not None
    assert letter.first_at <= letter.died_at


async def test_a_dead_verdict_is_dead_at_once(kit: Kit) -> None:
    recorder = Recorder(lambda _: Dead("not JSON"))
    await kit.consume(recorder)
    await kit.bus.publish([event(1)])
    letter = (await kit.letters(1))[0]
    assert (letter.reason, letter.attempts) == ("not JSON", 1)
    assert len(recorder.seen) == 1


async def test_one_poison_among_two_hundred_leaves_the_others_applied(kit: Kit) -> None:
    applied: list[str] = []

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await asyncio.sleep(0)
        if any(delivery.id == "e77" for delivery in deliveries):
            raise KeyError("seventy-seven\nand the whole body of it")
        applied.extend(delivery.id for delivery in deliveries)
        return [Done()] * len(deliveries)

    await kit.consume(handler)
    assert await kit.bus.publish([event(n) for n in range(200)]) == [Confirmed()] * 200
    letter = (await kit.letters(1))[0]
    assert (letter.id, letter.attempts) == ("e77", 3)
    assert letter.reason.startswith("KeyError: 'seventy-seven")
    await until(lambda: len(applied) >= 199)
    assert sorted(applied) == sorted(f"e{n}" for n in range(200) if n != 77)


async def test_a_handler_with_the_wrong_number_of_verdicts_loses_nothing(kit: Kit) -> None:
    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        await asyncio.sleep(0)
        return []

    await kit.consume(handler)
    await kit.bus.publish([event(1), event(2)])
    letters = await kit.letters(2)
    assert {letter.reason for letter in letters} == {"HandlerFailed: 0 verdicts for 1 deliveries"}


async def test_a_cancellation_inside_the_handler_is_a_failure_like_any_other(kit: Kit) -> None:
    recorder = Recorder()

    async def handler(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        if any(delivery.attempt == 1 for delivery in deliveries):
            raise asyncio.CancelledError
        return await recorder(deliveries)

    await kit.consume(handler)
    await kit.bus.publish([event(1)])
    await until(lambda: recorder.done == ["e1"])
    assert recorder.seen[0].attempt == 2


async def test_a_handler_may_publish(kit: Kit) -> None:
    outcomes: list[object] = []

    async def grade(deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        outcomes.extend(await kit.bus.publish([event(9, "complaint.graded")]))
        return [Done()] * len(deliveries)

    graded = Recorder()
    await kit.consume(grade, "complaint.received", queue="redress.grading")
    await kit.consume(graded, "complaint.graded", queue="redress.sla")
    await kit.bus.publish([event(1)])
    await until(lambda: graded.done == ["e9"])
    assert outcomes == [Confirmed()]
