"""Thousands of spoiled messages on each queue: every one is applied, answered or dead, and the counts add up.

`REDRESS_TEST_MUTATIONS` says how many for each queue; `make mutations` takes ten thousand.
"""

import asyncio
import io
import os
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aio_pika
import httpx
import pytest

from deploy.local.world import BUILDERS
from shared.bus.envelope import KEY, REASON
from shared.bus.port import EVENTS, SUBMISSIONS, Delivery, Done, Handler, Message, Tuning, Verdict
from shared.bus.rabbit import RabbitBus
from shared.clock import SystemClock
from shared.contracts.export import EXAMPLES
from shared.contracts.registry import CONTRACTS, SERVICES, keys_read_by
from shared.service import Parts, Service
from shared.settings import Settings
from shared.telemetry.telemetry import Telemetry
from tests.bad_input.house import house, play, sample_deployment
from tests.bad_input.mutations import Spoiled, Spoiler
from tests.parts.mongo import Mongo
from tests.parts.rabbit import Rabbit
from tests.parts.waiting import until_async

MANY = int(os.environ.get("REDRESS_TEST_MUTATIONS", "1000"))
SEED = int(os.environ.get("REDRESS_TEST_SEED", "1"))
QUICK = Tuning(retry_delays=(timedelta(milliseconds=100),))
AN_EXCEPTION = re.compile(r"^[A-Z]\w+(Error|Exception|Document|TooLarge|Failed)\b")
"""A reason that starts like this was nobody's decision."""


class Ledger:
    """What a handler said of each message, by queue and the message's id; the last word counts."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], Verdict] = {}

    def watching(self, handler: Handler) -> Handler:
        async def handle(batch: Sequence[Delivery]) -> Sequence[Verdict]:
            verdicts = await handler(batch)
            for delivery, verdict in zip(batch, verdicts, strict=True):
                self.said[delivery.queue, delivery.id] = verdict
            return verdicts

        return handle

    def of(self, queue: str, kind: type[Verdict]) -> int:
        return sum(1 for (q, _), verdict in self.said.items() if q == queue and isinstance(verdict, kind))


@asynccontextmanager
async def running(
    name: str, rabbit: Rabbit, mongo: Mongo, folder: Path, ledger: Ledger
) -> AsyncIterator[Service]:
    """One service at work on the real broker and store; the others' queues are there and hold."""
    clock = SystemClock()
    bus = RabbitBus(rabbit.url, QUICK, clock)
    await bus.connect()
    database = mongo.open(name)
    built = BUILDERS[name](
        Parts(Settings(mongo_url=mongo.url), clock, bus, database, sample_deployment(folder), Telemetry(name))
    )
    await database.prepare(built.indexes)
    await declare_all(bus)
    for subscription, handler in built.subscriptions:
        await bus.subscribe(subscription, ledger.watching(handler))
    yield built
    await bus.close()


async def declare_all(bus: RabbitBus) -> None:
    from deploy.cli.service import EVERY_SUBSCRIPTION

    await bus.declare(EVERY_SUBSCRIPTION)


@pytest.fixture(scope="module")
def real(mongo_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """What the system really says, and an example of each event that this story does not have."""
    said = asyncio.run(recorded(mongo_url, tmp_path_factory.mktemp("recorded")))
    heard = {message.key for message in said}
    missing = [contract for contract in CONTRACTS if contract.key not in heard]
    return said + [
        Message(c.key, f"example-{c.key}", (EXAMPLES / c.type / "full.json").read_bytes()) for c in missing
    ]


async def recorded(mongo_url: str, folder: Path) -> list[Message]:
    async with house(Mongo(mongo_url, f"t{secrets.token_hex(5)}_"), sample_deployment(folder)) as played:
        await play(played)
        await played.forget()
        return played.record.said


def meant_for(queue: str, real: Sequence[Message]) -> list[Message]:
    keys = ("complaint.submitted",) if queue == SUBMISSIONS else keys_read_by(queue.partition(".")[2])
    return [message for message in real if message.key in keys]


async def put(rabbit: Rabbit, queue: str, messages: Sequence[Spoiled]) -> None:
    """Straight onto the queue, whatever they are."""
    async with await aio_pika.connect(rabbit.url) as connection, connection.channel() as channel:
        for start in range(0, len(messages), 500):
            await asyncio.gather(
                *(
                    channel.default_exchange.publish(
                        aio_pika.Message(m.body, headers={KEY: m.key, **m.headers}, message_id=m.id), queue
                    )
                    for m in messages[start : start + 500]
                )
            )


async def depth(rabbit: Rabbit, queue: str) -> int:
    async with await aio_pika.connect(rabbit.url) as connection:
        declared = await (await connection.channel()).get_queue(queue)
        return declared.declaration_result.message_count or 0


async def dead_letters(rabbit: Rabbit, queue: str) -> list[tuple[str, str]]:
    """(id, reason) of each; taken off the dead queue."""
    found = []
    async with await aio_pika.connect(rabbit.url) as connection, connection.channel() as channel:
        dead = await channel.get_queue(f"{queue}.dead")
        for _ in range(dead.declaration_result.message_count or 0):
            message = await dead.get(no_ack=True)
            found.append((str(message.headers.get("ce-id", "")), str(message.headers.get(REASON, ""))))
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("queue", [SUBMISSIONS, *(f"{EVENTS}.{name}" for name in SERVICES)])
async def test_every_spoiled_message_is_applied_answered_or_dead(
    queue: str, real: list[Message], rabbit: Rabbit, mongo: Mongo, tmp_path: Path, logs: io.StringIO
) -> None:
    name = "intake" if queue == SUBMISSIONS else queue.partition(".")[2]
    messages = list(Spoiler(meant_for(queue, real), SEED)(MANY))
    ledger = Ledger()
    async with running(name, rabbit, mongo, tmp_path, ledger) as service:
        await put(rabbit, queue, messages)

        async def all_settled() -> bool:
            return ledger.of(queue, Done) + await depth(rabbit, f"{queue}.dead") == MANY

        await until_async(all_settled, seconds=60 + MANY / 20, what="a verdict for every message")
        assert await depth(rabbit, queue) == 0
        assert await service.parts.bus.ready() is None
        transport = httpx.ASGITransport(service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
            assert (await http.get("/readyz")).status_code == 200
        dead = await dead_letters(rabbit, queue)
        assert len(dead) + ledger.of(queue, Done) == MANY
        assert len({id_ for id_, _ in dead}) == len(dead)
        undecided = Counter(reason for _, reason in dead if not reason or AN_EXCEPTION.match(reason))
        assert not undecided
        assert "Traceback" not in logs.getvalue()
        await service.stop(None)
        await nothing_half_done(queue, service, ledger)


async def nothing_half_done(queue: str, service: Service, ledger: Ledger) -> None:
    database = service.parts.database
    for collection in service.indexes:
        store = database.collection(collection)
        assert await store.count_documents({"pending_since": {"$exists": True}}) == 0
    if queue == SUBMISSIONS:
        complaints = await database.collection("complaints").count_documents({})
        rejections = await database.collection("rejections").count_documents({})
        numbered = sum([counter["last"] async for counter in database.collection("counters").find({})])
        assert complaints + rejections == ledger.of(queue, Done)
        assert complaints == numbered
