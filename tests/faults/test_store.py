"""Fault 20 and half a bulk write: a store that is away, slow, cut off, or takes only a part."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from pymongo import AsyncMongoClient, MongoClient

from deploy.local.mongod import PrivateMongod
from shared.bus.rabbit import RabbitDeadLetters
from tests.parts.effects import Ledger, refs
from tests.parts.mongo import Mongo
from tests.parts.ports import free_port
from tests.parts.rabbit import Rabbit
from tests.parts.trial import submission
from tests.parts.waiting import until_async
from tests.parts.whole import Whole

pytestmark = pytest.mark.timeout(120)
NAMES = ("intake", "grading", "sla", "notify", "reporting")


class FailingMongod(PrivateMongod):
    """A mongod of this module's own, which can be killed, and told to fail (`failCommand`)."""

    def _command(self, binary: Path) -> list[str]:
        return [*super()._command(binary), "--setParameter", "enableTestCommands=1"]

    def kill(self) -> None:
        assert self.pid is not None
        os.kill(self.pid, signal.SIGKILL)
        self.stop()


@pytest.fixture(scope="module")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FailingMongod]:
    with FailingMongod(tmp_path_factory.mktemp("mongod"), free_port()) as running:
        yield running


@pytest.fixture
def mongo(mongod: FailingMongod) -> Iterator[Mongo]:
    """In the place of the one that all tests share."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongod.url)
    yield Mongo(mongod.url, f"t{os.urandom(5).hex()}_")
    with client:
        client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})


@pytest.fixture
async def store(mongod: FailingMongod) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    async with AsyncMongoClient[dict[str, Any]](mongod.url) as client:
        yield client


async def nothing_dead(rabbit: Rabbit) -> None:
    letters = RabbitDeadLetters(rabbit.url)
    for queue in ("redress.submissions", *(f"redress.{name}" for name in NAMES)):
        assert await letters.list(queue) == [], queue


async def test_20_the_store_is_killed_while_messages_wait(
    whole: Whole, ledger: Ledger, rabbit: Rabbit, mongod: FailingMongod
) -> None:
    """What was accepted is there; what is in hand waits, without an attempt counted, and is done once."""
    await whole.start("intake", "sla", "notify", "reporting")
    await whole.submit([submission(ref) for ref in refs(10)])
    await asyncio.to_thread(mongod.kill)
    try:
        await by_message(rabbit, refs(5, start=11))
        (answer,) = await whole.submit([submission("not-taken")])
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
    finally:
        await asyncio.to_thread(mongod.start)
    await whole.start("grading")
    await ledger.once(refs(15), seconds=60)
    await nothing_dead(rabbit)


async def by_message(rabbit: Rabbit, names: list[str]) -> None:
    """Submissions by message, while nobody can take them in."""
    async with await aio_pika.connect(rabbit.url) as connection:
        exchange = await (await connection.channel()).get_exchange("redress.submissions")
        for ref in names:
            await exchange.publish(aio_pika.Message(json.dumps(submission(ref)).encode()), "submit")


CLOSED = {"closeConnection": True}
SLOW = {"blockConnection": True, "blockTimeMS": 1500}
STEPPED_DOWN = {"errorCode": 10107, "errorLabels": ["RetryableWriteError"]}
CONFLICT = {"errorCode": 112, "errorLabels": ["TransientTransactionError"]}
NOT_MAJORITY = {"writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"}}


@pytest.mark.parametrize(
    ("commands", "times", "how"),
    [
        (["commitTransaction"], 3, CLOSED),
        (["insert", "update"], 12, CLOSED),
        (["insert", "update", "find"], 8, SLOW),
        (["insert", "update", "findAndModify"], 12, STEPPED_DOWN),
        (["commitTransaction", "findAndModify"], 6, CONFLICT),
        (["insert", "update"], 8, NOT_MAJORITY),
    ],
    ids=["cut in commit", "cut in a write", "slow", "stepped down", "conflict", "no majority"],
)
async def test_20_a_store_that_fails_now_and_then(
    whole: Whole,
    ledger: Ledger,
    rabbit: Rabbit,
    store: AsyncMongoClient[dict[str, Any]],
    commands: list[str],
    times: int,
    how: dict[str, Any],
) -> None:
    await whole.start()
    point = {"configureFailPoint": "failCommand", "mode": {"times": times}}
    await store.admin.command(point | {"data": {"failCommands": commands, **how}})
    names = refs(15)
    left = list(names)
    while left:
        said = await whole.submit([submission(ref) for ref in left])
        assert {answer.status_code for answer in said} <= {201, 503}
        left = [ref for ref, answer in zip(left, said, strict=True) if answer.status_code == 503]
    await ledger.once(names, seconds=60)
    await nothing_dead(rabbit)


async def test_20_an_exhausted_pool(whole: Whole, ledger: Ledger, rabbit: Rabbit) -> None:
    """One connection to the store for each service: everybody waits for it, and all is done."""
    whole.mongo_url += "&maxPoolSize=1"
    await whole.start()
    await whole.submit([submission(ref) for ref in refs(30)])
    await ledger.once(refs(30), seconds=60)
    await nothing_dead(rabbit)


async def test_half_a_bulk_write(
    whole: Whole, ledger: Ledger, rabbit: Rabbit, store: AsyncMongoClient[dict[str, Any]]
) -> None:
    """One page of forty is refused by the store: the others stand, and it follows when it may."""
    await whole.start()
    database = store[f"{whole.prefix}grading"]
    unwanted = {"copies.1.complaint.ref": {"$ne": "c7"}}
    await database.command({"collMod": "complaints", "validator": unwanted})
    await whole.submit([submission(ref) for ref in refs(40)])

    async def but_one() -> bool:
        return await database["complaints"].count_documents({}) == 39

    await until_async(but_one, what="39 pages")
    letters = RabbitDeadLetters(rabbit.url)

    async def dead() -> bool:
        return len(await letters.list("redress.grading")) > 0

    await until_async(dead, 20, "giving up on the one")
    await database.command({"collMod": "complaints", "validator": {}})
    assert await letters.replay("redress.grading") > 0
    await ledger.once(refs(40))
