"""The only module that knows motor. Moving to PyMongo's own asyncio API means rewriting this file.

Writes are acknowledged by the majority, journaled, and retried by the driver once. Reads see only what
can no longer be lost: whoever answers "that is in already" must not have it from a write that a crash or
a failover may still undo.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any, TypeVar

import structlog
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import IndexModel
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError, ServerSelectionTimeoutError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

T = TypeVar("T")
Collection = Any
"""A motor collection; motor is untyped."""
Session = Any
MAX_COMMIT_TRIES = 20
DURABLE = WriteConcern("majority", j=True)
SETTLED = ReadConcern("majority")
CODEC: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, tzinfo=UTC)
"""Moments come out in Python's own UTC: beside any other zone, another object for UTC included, each
comparison costs ten times as much."""
ABANDONED = timedelta(seconds=4)
"""How long nothing moves in a transaction before it counts as left behind by a process that was killed; the
server would let it hold its documents, such as a counter of numbers, for a minute."""
BUSY = timedelta(seconds=12)
"""How long a transaction is tried while others are in the way."""
log = structlog.get_logger()


class BusyError(ConnectionFailure):
    """The store answers, but not to this just now. To be treated as an outage: wait and try again."""


class Database:
    """One service's database. Collections and indexes are made by `prepare`, never on the way."""

    def __init__(self, url: str, name: str) -> None:
        self._client: Any = AsyncIOMotorClient(
            url, tz_aware=True, retryWrites=True, serverSelectionTimeoutMS=5000, appname=name
        )
        self._db = self._client.get_database(name, CODEC, write_concern=DURABLE, read_concern=SETTLED)
        self.name = name

    def collection(self, name: str) -> Collection:
        return self._db[name]

    async def prepare(self, indexes: Mapping[str, Sequence[IndexModel]]) -> None:
        """Make the collections and their indexes; what is there already stays."""
        have = set(await self._db.list_collection_names())
        for name, models in indexes.items():
            if name not in have:
                await self._make(name)
            if models:
                await self._db[name].create_indexes(list(models))

    async def _make(self, name: str) -> None:
        try:
            await self._db.create_collection(name, check_exists=False)
        except OperationFailure as error:
            if error.code != 48:  # NamespaceExists: another replica was faster
                raise

    async def transaction(self, body: Callable[[Session], Awaitable[T]]) -> T:
        """Run `body` in a transaction; start over, after a short wait, when another writer got in between.

        `body` must have no effect outside the transaction. What it raises aborts and is passed on.
        BusyError when others are in the way for too long.
        """
        now = asyncio.get_running_loop().time
        began, attempt = now(), 0
        while True:
            try:
                return await self._once(body)
            except PyMongoError as error:
                away = isinstance(error, ServerSelectionTimeoutError)
                if away or not error.has_error_label("TransientTransactionError"):
                    raise
                if now() - began > BUSY.total_seconds():
                    raise BusyError(f"others are in the way: {str(error).splitlines()[0][:150]}") from error
            if now() - began > ABANDONED.total_seconds():
                await self._end_abandoned()
            attempt += 1
            await asyncio.sleep(secrets.randbelow(min(2 ** (attempt + 2), 200)) / 1000)

    async def _end_abandoned(self) -> None:
        """End transactions of this service in which nothing has moved for long: whoever began them is dead.

        Should one be alive after all, it finds its transaction gone and starts over.
        """
        still = {"type": "idleSession", "appName": self.name}
        idle = {"transaction.timeInactiveMicros": {"$gte": ABANDONED // timedelta(microseconds=1)}}
        pipeline = [{"$currentOp": {"idleSessions": True}}, {"$match": still | idle}]
        try:
            ids = [{"id": found["lsid"]["id"]} async for found in self._client.admin.aggregate(pipeline)]
            if ids:
                log.warning("abandoned_transactions_ended", count=len(ids), database=self.name)
                await self._client.admin.command("killSessions", ids)
        except PyMongoError as error:  # the server ends them too, but takes a minute
            log.warning("abandoned_transactions_left", database=self.name, error=type(error).__name__)

    async def _once(self, body: Callable[[Session], Awaitable[T]]) -> T:
        async with await self._client.start_session() as session:
            session.start_transaction(write_concern=DURABLE)
            try:
                result = await body(session)
            except BaseException:
                await session.abort_transaction()
                raise
            await self._commit(session)
            return result

    async def _commit(self, session: Session) -> None:
        """An unknown commit is asked again as a commit; the body is never run twice for it."""
        for attempt in range(MAX_COMMIT_TRIES):
            try:
                await session.commit_transaction()
                return
            except PyMongoError as error:
                last = attempt == MAX_COMMIT_TRIES - 1
                if last or not error.has_error_label("UnknownTransactionCommitResult"):
                    raise

    async def ready(self) -> str | None:
        """None when the primary answers; else what is wrong, in one line."""
        try:
            await self._client.admin.command("ping")
        except (ConnectionFailure, OperationFailure) as error:
            return f"MongoDB: {str(error).splitlines()[0].partition(', full error')[0][:200]}"
        return None

    async def drop(self) -> None:
        """Remove the whole database; tests and `rebuild` use it."""
        await self._client.drop_database(self.name)

    async def empty(self) -> None:
        """Remove every document; scenarios use it between two stories."""
        for name in await self._db.list_collection_names():
            await self._db[name].delete_many({})

    def close(self) -> None:
        self._client.close()
