"""What is declared, what the broker does with it, and one clear line when it cannot be."""

import asyncio

import aio_pika
import pytest

from shared.bus.port import Confirmed, Message, Subscription
from shared.bus.rabbit import BusUnreachable, RabbitBus, RabbitDeadLetters, TopologyConflict, UnknownQueue
from shared.bus.topology import DELIVERY_LIMIT
from shared.clock import SystemClock
from tests.integration.bus.conftest import QUEUE, QUICK
from tests.parts.handlers import Recorder, event
from tests.parts.ports import LOOPBACK, free_port
from tests.parts.rabbit import Rabbit

ALL = Subscription(QUEUE, ("#",))


async def test_declaring_twice_is_no_conflict(bus: RabbitBus) -> None:
    await bus.declare([ALL])
    await bus.declare([ALL])
    await bus.subscribe(ALL, Recorder())


async def test_other_settings_of_a_queue_are_one_line(bus: RabbitBus, rabbit: Rabbit) -> None:
    rabbit.api("PUT", f"queues/{rabbit.vhost}/{QUEUE}", {"durable": True, "arguments": {}})
    with pytest.raises(TopologyConflict, match=QUEUE) as caught:
        await bus.subscribe(ALL, Recorder())
    assert "\n" not in str(caught.value)


async def test_submissions_are_held_before_anybody_consumes_them(bus: RabbitBus) -> None:
    assert await bus.publish([Message("any.key", "s1", b"{}", exchange="redress.submissions")]) == [
        Confirmed()
    ]


async def test_every_queue_is_durable_quorum_and_hands_over_at_least_once(
    bus: RabbitBus, rabbit: Rabbit
) -> None:
    await bus.subscribe(ALL, Recorder())
    queues = {
        q["name"]: q for q in rabbit.api("GET", f"queues/{rabbit.vhost}") if q["name"].startswith(QUEUE)
    }
    assert set(queues) == {QUEUE, f"{QUEUE}.dead", f"{QUEUE}.retry.300ms", f"{QUEUE}.retry.700ms"}
    assert all(
        queue["durable"] and queue["arguments"]["x-queue-type"] == "quorum" for queue in queues.values()
    )
    handing_over = [queue for name, queue in queues.items() if not name.endswith(".dead")]
    assert {queue["arguments"]["x-dead-letter-strategy"] for queue in handing_over} == {"at-least-once"}


async def test_what_the_broker_itself_gives_up_is_a_dead_letter_too(bus: RabbitBus, rabbit: Rabbit) -> None:
    await bus.declare([ALL])
    await bus.publish([event(1, "clock.met", traceparent="00-a-b-01")])
    async with await aio_pika.connect(rabbit.url) as connection:
        queue = await (await connection.channel()).get_queue(QUEUE)
        for _ in range(DELIVERY_LIMIT + 1):
            message = await queue.get()
            assert message is not None
            await message.reject(requeue=True)
    await asyncio.sleep(0.5)
    letter = (await RabbitDeadLetters(rabbit.url).list(QUEUE))[0]
    assert (letter.id, letter.key, letter.trace) == ("e1", "clock.met", "00-a-b-01")
    assert letter.reason == "the broker gave up: delivery_limit"
    assert letter.died_at is not None


@pytest.mark.parametrize(
    ("login", "said"), [("guest:wrong", "user name and password"), ("no:body", "password")]
)
async def test_wrong_credentials_are_one_line_without_the_password(
    rabbit: Rabbit, login: str, said: str
) -> None:
    await refused(f"amqp://{login}@{rabbit.url.rpartition('@')[2]}", said)


async def test_a_missing_virtual_host_is_one_line(rabbit: Rabbit) -> None:
    await refused(f"{rabbit.broker.amqp}/no-such-host", "no-such-host")


async def test_nobody_listening_is_one_line() -> None:
    await refused(f"amqp://guest:guest@{LOOPBACK}:{free_port()}/", "refused|Connect call failed")


async def test_dead_letters_of_an_unknown_queue_are_one_line(rabbit: Rabbit) -> None:
    with pytest.raises(UnknownQueue, match=r"redress\.nobody\.dead"):
        await RabbitDeadLetters(rabbit.url).list("redress.nobody")


async def refused(url: str, said: str) -> None:
    with pytest.raises(BusUnreachable, match=said) as caught:
        await RabbitBus(url, QUICK, SystemClock()).connect()
    assert "\n" not in str(caught.value)
    assert "wrong" not in str(caught.value).replace("guest:wrong", "wrong!")
    with pytest.raises(BusUnreachable, match=said):
        await RabbitDeadLetters(url).list(QUEUE)
