"""What the store says is there, is there for good."""

from typing import Any

import pytest
from pymongo import monitoring
from pymongo.monitoring import CommandListener, CommandStartedEvent

from shared.store.mongo import Database, Session
from tests.parts.mongo import Mongo

FOR_GOOD = {"w": "majority", "j": True}


class Listener(CommandListener):
    """Keeps the commands that go to the server."""

    def __init__(self) -> None:
        self.commands: dict[str, Any] = {}

    def started(self, event: CommandStartedEvent) -> None:
        self.commands[event.command_name] = dict(event.command)

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    heard = Listener()
    everywhere = monitoring._LISTENERS._replace(command_listeners=[heard])
    monkeypatch.setattr(monitoring, "_LISTENERS", everywhere)
    return heard


@pytest.fixture
async def database(listener: Listener, mongo: Mongo) -> Database:
    opened = mongo.open()
    await opened.prepare({"things": []})
    return opened


async def test_a_commit_is_for_good_whatever_the_server_s_default(
    database: Database, listener: Listener
) -> None:
    async def body(session: Session) -> None:
        await database.collection("things").insert_one({"_id": 1}, session=session)

    await database.transaction(body)
    assert listener.commands["commitTransaction"]["writeConcern"] == FOR_GOOD


async def test_what_may_still_be_lost_is_not_read(database: Database, listener: Listener) -> None:
    await database.collection("things").find_one({"_id": 1})
    assert listener.commands["find"]["readConcern"] == {"level": "majority"}


async def test_a_write_is_for_good(database: Database, listener: Listener) -> None:
    await database.collection("things").insert_one({"_id": 1})
    assert listener.commands["insert"]["writeConcern"] == FOR_GOOD
