"""Which exchanges and queues there are, as data: names and arguments that RabbitMQ 3.10 and 4.x both take.

Every work queue `q` has a dead queue `q.dead`, and one retry queue per rung of the ladder of delays. The
delay is part of the retry queue's name, because a queue's arguments can never be changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from shared.bus.port import EVENTS, SUBMISSIONS

Argument = str | int
Arguments = dict[str, Argument]

DELIVERY_LIMIT = 100
"""How often the broker hands out one message that comes back neither done nor refused.

High, because a crash also counts for every innocent message that was in the air. Ordinary failures never
come near it: they leave the queue for the ladder of delays."""
NEVER = 1_000_000_000
"""A delivery limit that looking at dead letters does not reach. RabbitMQ 4 would set 20 where none is
given, and 3.10 does not take its -1."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange. `type` is AMQP's."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue and its `x-` arguments."""

    name: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class QueueSet:
    """A work queue, its retry queues from the shortest rung up, and where its dead letters are kept."""

    work: Queue
    retries: tuple[Queue, ...]
    dead: Queue

    def every(self) -> tuple[Queue, ...]:
        """In the order to declare them: a queue comes after those that it hands its messages to."""
        return (self.dead, self.work, *self.retries)


EXCHANGES = (Exchange(EVENTS, "topic"), Exchange(SUBMISSIONS, "fanout"))


def service_queue(service: str) -> str:
    """The work queue of a service: `redress.grading`."""
    return f"{EVENTS}.{service}"


def dead_queue(work: str) -> str:
    return f"{work}.dead"


def retry_queue(work: str, delay: timedelta) -> str:
    return f"{work}.retry.{milliseconds(delay)}ms"


def milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def queue_set(work: str, delays: Sequence[timedelta]) -> QueueSet:
    """Everything that belongs to the work queue called `work`."""
    dead = Queue(dead_queue(work), {"x-queue-type": "quorum", "x-delivery-limit": NEVER})
    return QueueSet(
        work=Queue(work, {**_handing_over_to(dead.name), "x-delivery-limit": DELIVERY_LIMIT}),
        retries=tuple(_retry(work, delay) for delay in delays),
        dead=dead,
    )


def _retry(work: str, delay: timedelta) -> Queue:
    return Queue(retry_queue(work, delay), {**_handing_over_to(work), "x-message-ttl": milliseconds(delay)})


def _handing_over_to(queue: str) -> Arguments:
    """Dead-lettering that keeps a message until the other queue has it, which needs `reject-publish`."""
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
