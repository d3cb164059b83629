"""What Redress asks of a message bus. Two adapters answer it: `rabbit` and `memory`.

A publish has three outcomes, because a broker that does not answer may still have the message.
A handler takes a batch and gives one verdict per delivery; what it raises counts as `Retry` for
every delivery of the batch, after each was tried again alone, so that one poison message never
takes its neighbours with it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

EVENTS = "redress"
"""The topic exchange that carries every event."""
SUBMISSIONS = "redress.submissions"
"""The exchange, and the queue, that call-centre software may publish to."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to publish. `id` is the event's id; the routing key is `key`."""

    key: str
    id: str
    body: bytes
    content_type: str = "application/cloudevents+json"
    exchange: str = EVENTS
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The bus has the message and at least one queue took it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The bus does not have the message: no queue was bound, a queue was full, not connected."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows: no answer in time, or the connection broke after the write. Publish it again."""

    reason: str


Outcome = Confirmed | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as a handler gets it. `attempt` counts from 1; `first_at` is when attempt 1 failed."""

    queue: str
    key: str
    id: str
    body: bytes
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    first_at: datetime | None = None
    redelivered: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """Applied (or already applied before): acknowledge."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again later, up the ladder of delays; after the last rung it is dead."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dead:
    """It will never work (not JSON, unknown type): to the dead letters, with the reason."""

    reason: str


Verdict = Done | Retry | Dead


class UnavailableError(Exception):
    """Raised by a handler whose own store is away. The bus waits and hands it the same batch again:
    an outage is no attempt, and no message dies of it."""


Handler = Callable[[Sequence[Delivery]], Awaitable[Sequence[Verdict]]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One queue and what is bound to it. `keys` are topic patterns (`clock.#`).

    `patience`: how many lingers a batch may take to fill. Who only keeps what others decided can wait a
    little, and then writes the events of one complaint together.
    """

    queue: str
    keys: tuple[str, ...]
    exchange: str = EVENTS
    patience: int = 1


@dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers of a bus: how much is in the air, how long it waits, how often it tries."""

    batch: int = 200
    linger: timedelta = timedelta(milliseconds=20)
    prefetch: int = 400
    publish_timeout: timedelta = timedelta(seconds=10)
    handler_timeout: timedelta = timedelta(seconds=120)
    heartbeat: int = 10
    retry_delays: tuple[timedelta, ...] = (
        timedelta(seconds=1),
        timedelta(seconds=5),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
    )


class Bus(Protocol):
    """Publish with a confirmed outcome per message; consume in batches; drain."""

    @property
    def settles(self) -> bool:
        """Whether all that follows from a publish has happened when it returns."""

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        """One outcome per message, in order. Never raises for what the broker does or fails to do."""

    async def subscribe(self, subscription: Subscription, handler: Handler) -> None:
        """Bind the queue and start handing its messages to `handler` in batches."""

    async def drain(self, grace: timedelta) -> None:
        """Stop taking messages; finish what is being handled within `grace`, hand back the rest."""

    async def close(self) -> None:
        """Leave the broker."""

    async def ready(self) -> str | None:
        """None when every subscription is consumed for real; else what is wrong, in one line."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, and why. `index` counts from 1, oldest first."""

    index: int
    queue: str
    key: str
    id: str
    reason: str
    attempts: int
    first_at: datetime | None
    died_at: datetime | None
    trace: str | None
    body: bytes


class DeadLetters(Protocol):
    """The dead letters of one service's queues: look, put back, throw away."""

    async def list(self, queue: str, limit: int = 100) -> list[DeadLetter]: ...

    async def replay(self, queue: str, ids: Sequence[str] | None = None) -> int:
        """Back onto the queue they died on, attempts counted from 1 again. All of them without ids."""

    async def drop(self, queue: str, ids: Sequence[str] | None = None) -> int: ...
