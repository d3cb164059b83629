"""A process that is killed inside a transaction must not keep the others waiting for a minute."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import ConnectionFailure

from shared.store import mongo as store
from shared.store.mongo import Database, Session
from tests.parts.mongo import Mongo


@pytest.fixture
async def database(mongo: Mongo) -> Database:
    opened = mongo.open()
    await opened.prepare({"counters": []})
    await opened.collection("counters").insert_one({"_id": 1, "last": 0})
    return opened


@pytest.fixture
def left_behind(mongo: Mongo, database: Database) -> Iterator[ClientSession]:
    """What a killed process leaves: a transaction that holds the counter and goes nowhere."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongo.url, appname=database.name)
    with client, client.start_session() as session:
        session.start_transaction()
        client[database.name]["counters"].update_one({"_id": 1}, {"$inc": {"last": 1}}, session=session)
        yield session


async def count(database: Database) -> None:
    async def body(session: Session) -> None:
        await database.collection("counters").update_one({"_id": 1}, {"$inc": {"last": 1}}, session=session)

    await database.transaction(body)


@pytest.mark.usefixtures("left_behind")
async def test_an_abandoned_transaction_is_ended(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ABANDONED", timedelta(seconds=0.3))
    async with asyncio.timeout(5):
        await count(database)
    assert (await database.collection("counters").find_one({"_id": 1}))["last"] == 1


@pytest.mark.usefixtures("left_behind")
async def test_one_that_is_not_for_us_to_end_reads_as_an_outage(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY", timedelta(seconds=0.3))
    with pytest.raises(ConnectionFailure, match="in the way"):
        await count(database)
