"""The private MongoDB keeps its data over a restart, also when it comes back on another port."""

from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.local.mongod import MongodFailed, PrivateMongod, find_mongod
from tests.parts.mongo import Mongo
from tests.parts.ports import free_port

needs_mongod = pytest.mark.skipif(find_mongod() is None, reason="no mongod binary here")


@needs_mongod
@pytest.mark.mongo
def test_data_survive_a_restart_on_another_port(tmp_path: Path) -> None:
    with PrivateMongod(tmp_path / "data", free_port()) as first:
        client: MongoClient[dict[str, Any]] = MongoClient(first.url)
        with client:
            client.db.things.with_options().insert_one({"_id": 1})
    with PrivateMongod(tmp_path / "data", free_port()) as second:
        client = MongoClient(second.url)
        with client:
            assert client.db.things.find_one() == {"_id": 1}


@needs_mongod
@pytest.mark.mongo
def test_a_start_that_fails_says_why_in_one_line(tmp_path: Path) -> None:
    port = free_port()
    with PrivateMongod(tmp_path / "one", port), pytest.raises(MongodFailed) as caught:
        PrivateMongod(tmp_path / "two", port).start()
    assert "\n" not in str(caught.value)


def test_the_mongo_fixture_gives_a_replica_set(mongo: Mongo) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(mongo.url)
    with client:
        assert client.admin.command("hello")["setName"]
        client[mongo.database()].things.insert_one({"_id": 1})
