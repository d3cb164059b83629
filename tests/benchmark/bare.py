"""The bare loop: as many messages and documents as a submission moves through the five services, and
nothing else. Five processes, aio-pika and motor, batches, multiple acks, majority writes with journal.

`python -m tests.benchmark.bare ROLE AMQP_URL MONGO_URL` is one process; `bench_system` starts them.
"""

import asyncio
import json
import sys
from collections.abc import Sequence

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import UpdateOne
from pymongo.write_concern import WriteConcern

EXCHANGE = "bare"
READERS = {
    "submitted": ("intake",),
    "received": ("grading", "notify", "reporting"),
    "graded": ("intake", "sla", "notify", "reporting"),
    "reply": ("intake", "notify", "reporting"),
    "half-year": ("intake", "notify", "reporting"),
}
"""The same fan-out as a bank submission has: one submission, one grade, two clocks."""
NEXT = {
    ("intake", "submitted"): ("received",),
    ("grading", "received"): ("graded",),
    ("sla", "graded"): ("reply", "half-year"),
}
UNWRITTEN = {("notify", "reply"), ("notify", "half-year")}
"""What the service of that name leaves aside."""
BATCH, LINGER = 200, 0.02


class Role:
    """Consumes its queue: per message one document written, and what follows published."""

    def __init__(self, name: str, amqp_url: str, mongo_url: str) -> None:
        self.name, self.amqp_url = name, amqp_url
        client = AsyncIOMotorClient(mongo_url)
        self.pages = client.get_database(f"bare_{name}").get_collection(
            "pages", write_concern=WriteConcern("majority", j=True)
        )
        self.waiting: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()

    async def run(self) -> None:
        connection = await aio_pika.connect(self.amqp_url)
        self.publishing = await connection.channel(publisher_confirms=True, on_return_raises=True)
        self.exchange = await self.publishing.declare_exchange(EXCHANGE, "topic", durable=True)
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=BATCH * 2)
        queue = await channel.declare_queue(
            f"bare.{self.name}", durable=True, arguments={"x-queue-type": "quorum"}
        )
        for key, readers in READERS.items():
            if self.name in readers:
                await queue.bind(EXCHANGE, key)
        await queue.consume(self.waiting.put)
        while True:
            await self.work(await self.batch())

    async def batch(self) -> list[AbstractIncomingMessage]:
        taken = [await self.waiting.get()]
        await asyncio.sleep(LINGER)
        while len(taken) < BATCH and not self.waiting.empty():
            taken.append(self.waiting.get_nowait())
        return taken

    async def work(self, batch: Sequence[AbstractIncomingMessage]) -> None:
        bodies = [json.loads(message.body) for message in batch]
        writes = [
            UpdateOne({"_id": b["id"]}, {"$set": {b["key"]: b}}, upsert=True)
            for b in bodies
            if (self.name, b["key"]) not in UNWRITTEN
        ]
        if writes:
            await self.pages.bulk_write(writes, ordered=False)
        said = [{**b, "key": key} for b in bodies for key in NEXT.get((self.name, b["key"]), ())]
        await asyncio.gather(*(self.publish(body) for body in said))
        await batch[-1].ack(multiple=True)

    async def publish(self, body: dict[str, object]) -> None:
        message = aio_pika.Message(json.dumps(body).encode(), delivery_mode=2)
        await self.exchange.publish(message, str(body["key"]), mandatory=True)


if __name__ == "__main__":
    asyncio.run(Role(*sys.argv[1:4]).run())
