"""The calls that a service makes of its store, kept while it works and made again without it: what the store
and its driver cost by themselves."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from pymongo import InsertOne, ReplaceOne
from rich.console import Console
from rich.progress import Progress

from shared.store.mongo import Collection, Database

AGAIN = "again-"
"""Before the ids of what is looked for and written a second time."""


class Kept:
    """A collection that keeps what is asked of it while it is `keeping`."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.keeping = False
        self.calls: list[tuple[str, Any, Mapping[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    def __call__(self, name: str) -> Callable[..., Any]:
        def call(given: Any, *more: Any, **options: Any) -> Any:
            if self.keeping:
                self.calls.append((name, given, options))
            return getattr(self._collection, name)(given, *more, **options)

        return call

    @property
    def find(self) -> Callable[..., Any]:
        return self("find")

    @property
    def aggregate(self) -> Callable[..., Any]:
        return self("aggregate")

    @property
    def bulk_write(self) -> Callable[..., Any]:
        return self("bulk_write")

    async def again(self, console: Console) -> tuple[float, float]:
        """Make every call once more, reading before writing; seconds by the clock and of CPU. What was made
        is made under other ids, and these are looked for before they are there."""
        todo = sorted(self.calls, key=lambda call: call[0] == "bulk_write")
        ready = [(name, _other(name, given), options) for name, given, options in todo]
        began, cpu = time.perf_counter(), time.process_time()
        with Progress(console=console) as progress:
            for name, given, options in progress.track(ready, description="its calls of the store"):
                if name == "bulk_write":
                    await self._collection.bulk_write(given, **options)
                else:
                    await getattr(self._collection, name)(given, **options).to_list(None)
        return time.perf_counter() - began, time.process_time() - cpu


class KeepingDatabase(Database):
    """Keeps the calls of its pages."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url, name)
        self.pages = Kept(super().collection("complaints"))

    def collection(self, name: str) -> Collection:
        return self.pages if name == "complaints" else super().collection(name)


def _other(name: str, given: Any) -> Any:
    if name == "find" and "$in" in given.get("_id", {}):
        return {**given, "_id": {"$in": [AGAIN + id_ for id_ in given["_id"]["$in"]]}}
    return [_written(write) for write in given] if name == "bulk_write" else given


def _written(write: InsertOne[Any] | ReplaceOne[Any]) -> InsertOne[Any] | ReplaceOne[Any]:
    document = write._doc
    if isinstance(write, InsertOne):
        return InsertOne({**document, "_id": AGAIN + document["_id"]})
    return ReplaceOne({"_id": document["_id"]}, document)
