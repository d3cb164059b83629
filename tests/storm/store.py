"""What stands in the databases of the services, read from the side."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import MongoClient

from shared.bus.topology import dead_queue
from tests.parts.stack import SERVICES
from tests.storm.world import PREFIX, World

Document = dict[str, Any]
_BOOKS = (
    *((service, "complaints") for service in SERVICES),
    ("intake", "rejections"),
    ("notify", "messages"),
)


class Store:
    """A look at everything that was stored, and at what still waits."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._client: MongoClient[Document] = MongoClient(world.mongod.url, tz_aware=True)

    def close(self) -> None:
        self._client.close()

    def all(self, service: str, collection: str = "complaints") -> list[Document]:
        return list(self._collection(service, collection).find())

    def waiting(self, accepted: int, now: datetime) -> Mapping[str, int]:
        """What is not through yet, by name; empty when all is quiet."""
        found = {
            "complaints to come": accepted - self._collection("intake").count_documents({}),
            "timers due": self._collection("sla").count_documents({"wake_at": {"$lte": now}}),
            "messages in hand": self._collection("notify", "messages").count_documents(
                {"state": {"$in": ["pending", "sending"]}}
            ),
        }
        for service, collection in _BOOKS:
            left = self._collection(service, collection).count_documents({"pending_since": {"$exists": True}})
            found[f"outbox {service}.{collection}"] = left
        found |= {f"queue {name}": count for name, count in self.queues().items() if name not in DEAD}
        return {name: count for name, count in found.items() if count}

    def queues(self) -> Mapping[str, int]:
        """Messages by queue, ready or in somebody's hands."""
        listed = self._world.broker.api("GET", "queues/%2F?columns=name,messages")
        return {queue["name"]: queue.get("messages", 0) for queue in listed}

    def _collection(self, service: str, name: str = "complaints") -> Any:
        database = self._client.get_database(f"{PREFIX}_{service}", CodecOptions(tz_aware=True))
        return database[name]


DEAD = {dead_queue(f"redress.{name}") for name in (*SERVICES, "submissions")}
