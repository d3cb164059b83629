"""Fixtures: `mongo_url`, a real MongoDB replica set; `mongo`, a database-name prefix of the test's own."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local.mongod import MongodFailed, PrivateMongod
from shared.store.mongo import Database
from tests.parts.containers import Unavailable, started
from tests.parts.ports import free_port


@dataclass(frozen=True, slots=True)
class Mongo:
    """Where the MongoDB is, and how this test's databases are called: `prefix` and then anything."""

    url: str
    prefix: str
    opened: list[Database] = field(default_factory=list)

    def database(self, name: str = "db") -> str:
        return f"{self.prefix}{name}"

    def open(self, name: str = "db") -> Database:
        """A connection of its own to that database; it is closed when the test ends."""
        self.opened.append(Database(self.url, self.database(name)))
        return self.opened[-1]


@pytest.fixture(scope="session")
def mongo_url() -> Iterator[str]:
    with ExitStack() as stack:
        yield _find(stack)


def _find(stack: ExitStack) -> str:
    """A given one, a container, an own one; skips where there is none. `stack` ends what was started."""
    given = os.environ.get("REDRESS_TEST_MONGO_URL")
    if given:
        return given
    try:
        return stack.enter_context(_container())
    except Unavailable as why:
        no_container = why
    try:
        return stack.enter_context(_own())
    except MongodFailed as why:
        pytest.skip(f"no MongoDB: REDRESS_TEST_MONGO_URL is not set; {no_container}; {why}")


@pytest.fixture
def mongo(mongo_url: str) -> Iterator[Mongo]:
    prefix = f"t{secrets.token_hex(5)}_"
    ours = Mongo(mongo_url, prefix)
    yield ours
    for database in ours.opened:
        database.close()
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_url)
    with client:
        for name in client.list_database_names():
            if name.startswith(prefix):
                client.drop_database(name)


@contextmanager
def _own() -> Iterator[str]:
    path = Path(tempfile.mkdtemp(prefix="redress-mongo-"))
    try:
        with PrivateMongod(path, free_port()) as mongod:
            yield mongod.url
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _container() -> Iterator[str]:
    with started("mongo:8", 27017, command="mongod --replSet redress") as box:
        address = f"{box.get_container_host_ip()}:{box.get_exposed_port(27017)}"
        url = f"mongodb://{address}/?directConnection=true"
        _initiate(url)
        yield url


def _initiate(url: str) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(url, serverSelectionTimeoutMS=500)
    end = time.monotonic() + 60
    with client:
        while time.monotonic() < end:
            try:
                hello = client.admin.command("hello")
                if hello["isWritablePrimary"]:
                    return
                if "setName" not in hello:
                    members = [{"_id": 0, "host": "127.0.0.1:27017"}]
                    client.admin.command("replSetInitiate", {"_id": "redress", "members": members})
            except PyMongoError:
                pass
            time.sleep(0.1)
    raise RuntimeError("the MongoDB container did not become primary")
