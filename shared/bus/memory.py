"""The bus inside one process: `publish` returns when every handler, and all that they published, is through.

There is no queue that holds a message: what nobody consumes is refused and stays in the outbox it came from.
Retries come at once, without the delays, since the publisher waits for them.
"""

import asyncio
import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from shared.bus.burial import Burial, Burials, ListedBurials
from shared.bus.judging import describe, judge
from shared.bus.port import (
    SUBMISSIONS,
    Confirmed,
    Dead,
    DeadLetter,
    Delivery,
    Done,
    Handler,
    Message,
    Outcome,
    Refused,
    Retry,
    Subscription,
    Tuning,
    UnavailableError,
    Unknown,
    Verdict,
)
from shared.bus.routing import matches
from shared.clock import Clock

PATIENCE = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between tries of a batch whose handler's store is away or busy; then it stays in its outbox."""

_within_a_handler: ContextVar[bool] = ContextVar("within_a_handler", default=False)


@dataclass(frozen=True, slots=True)
class _Bound:
    subscription: Subscription
    handler: Handler

    def takes(self, message: Message) -> bool:
        subscription = self.subscription
        if message.exchange != subscription.exchange:
            return False
        return subscription.exchange == SUBMISSIONS or any(matches(k, message.key) for k in subscription.keys)


class MemoryBus:
    """Answers the `Bus` port. Handlers run inside `publish`, queue by queue in the order of subscription."""

    def __init__(self, tuning: Tuning, clock: Clock, burials: Burials | None = None) -> None:
        self._tuning, self._clock = tuning, clock
        self._burials: Burials = burials if burials is not None else ListedBurials()
        self._bound: dict[str, _Bound] = {}
        self._running = 0
        self._idle = asyncio.Event()
        self._publishing = 0
        self._settled = asyncio.Event()
        self._drained = False

    @property
    def settles(self) -> bool:
        return True

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        if self._drained and not _within_a_handler.get():
            return [Refused("the bus is drained") for _ in messages]
        with self._under_way():
            return await self._all(messages)

    async def settled(self) -> None:
        """Wait until all that was published has been handled, and all that followed from it."""
        while self._publishing:
            self._settled.clear()
            await self._settled.wait()

    @contextmanager
    def _under_way(self) -> Iterator[None]:
        self._publishing += 1
        try:
            yield
        finally:
            self._publishing -= 1
            self._settled.set()

    async def _all(self, messages: Sequence[Message]) -> list[Outcome]:
        failures: dict[int, str] = {}
        taken: set[int] = set()
        for bound in tuple(self._bound.values()):
            wanted = [n for n, message in enumerate(messages) if bound.takes(message)]
            taken.update(wanted)
            for chunk in _chunks(wanted, self._tuning.batch):
                failed = await self._try(bound, [_delivery(bound, messages[n]) for n in chunk])
                failures.update((n, failed) for n in chunk if failed)
        return [_outcome(n in taken, failures.get(n), message) for n, message in enumerate(messages)]

    async def subscribe(self, subscription: Subscription, handler: Handler) -> None:
        """Raises ValueError for a queue that is subscribed already."""
        if subscription.queue in self._bound:
            raise ValueError(f"{subscription.queue} is subscribed already")
        self._bound[subscription.queue] = _Bound(subscription, handler)

    async def drain(self, grace: timedelta) -> None:
        self._drained = True
        if self._running and grace:
            self._idle.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), grace.total_seconds())

    async def close(self) -> None:
        await self.drain(timedelta())

    async def ready(self) -> str | None:
        return "drained: it consumes no more" if self._drained else None

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Hand these to the handler of the queue they are for, to the end. LookupError if it has none."""
        for queue in dict.fromkeys(delivery.queue for delivery in deliveries):
            if queue not in self._bound:
                raise LookupError(f"nobody consumes {queue}")
            await self._work_off(self._bound[queue], [d for d in deliveries if d.queue == queue])

    async def _try(self, bound: _Bound, deliveries: Sequence[Delivery]) -> str | None:
        """What went wrong beside the handler: its store is away for longer than `PATIENCE`, or the dead
        letters cannot be kept."""
        for pause in (*PATIENCE, None):
            try:
                await self._work_off(bound, deliveries)
            except UnavailableError as why:
                if pause is None:
                    return describe(why)
                await asyncio.sleep(pause)
            except Exception as why:
                return describe(why)
            else:
                return None
        return None

    async def _work_off(self, bound: _Bound, deliveries: Sequence[Delivery]) -> None:
        with self._handling():
            left = deliveries
            while left:
                verdicts = await judge(bound.handler, left, self._tuning.handler_timeout)
                left = [
                    again for d, v in zip(left, verdicts, strict=True) if (again := await self._next(d, v))
                ]

    async def _next(self, delivery: Delivery, verdict: Verdict) -> Delivery | None:
        """The attempt that follows, if any; burying it if there is none."""
        now = self._clock.now()
        first_at = delivery.first_at or now
        match verdict:
            case Done():
                return None
            case Retry() if delivery.attempt <= len(self._tuning.retry_delays):
                return dataclasses.replace(delivery, attempt=delivery.attempt + 1, first_at=first_at)
            case Retry(reason) | Dead(reason):
                died = dataclasses.replace(delivery, first_at=first_at)
                await self._burials.keep(Burial(uuid4().hex, died, reason, now))
                return None

    @contextmanager
    def _handling(self) -> Iterator[None]:
        self._running += 1
        before = _within_a_handler.set(True)
        try:
            yield
        finally:
            _within_a_handler.reset(before)
            self._running -= 1
            if not self._running:
                self._idle.set()


class MemoryDeadLetters:
    """Answers the `DeadLetters` port for a memory bus and the burials that it was given."""

    def __init__(self, bus: MemoryBus, burials: Burials) -> None:
        self._bus, self._burials = bus, burials

    async def list(self, queue: str, limit: int = 100) -> list[DeadLetter]:
        kept = await self._burials.of(queue)
        return [burial.letter(index) for index, burial in enumerate(kept[:limit], start=1)]

    async def replay(self, queue: str, ids: Sequence[str] | None = None) -> int:
        """What fails again is dead again when this returns. LookupError if nobody consumes `queue`."""
        chosen = await self._chosen(queue, ids)
        await self._bus.deliver([burial.revived() for burial in chosen])
        await self._burials.remove({burial.ticket for burial in chosen})
        return len(chosen)

    async def drop(self, queue: str, ids: Sequence[str] | None = None) -> int:
        chosen = await self._chosen(queue, ids)
        await self._burials.remove({burial.ticket for burial in chosen})
        return len(chosen)

    async def _chosen(self, queue: str, ids: Sequence[str] | None) -> Sequence[Burial]:
        return [b for b in await self._burials.of(queue) if ids is None or b.delivery.id in ids]


def _chunks(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def _delivery(bound: _Bound, message: Message) -> Delivery:
    return Delivery(
        queue=bound.subscription.queue,
        key=message.key,
        id=message.id,
        body=message.body,
        content_type=message.content_type,
        headers=dict(message.headers),
    )


def _outcome(is_taken: bool, failure: str | None, message: Message) -> Outcome:
    if not is_taken:
        return Refused(f"no queue takes {message.key!r}")
    return Unknown(failure) if failure else Confirmed()
