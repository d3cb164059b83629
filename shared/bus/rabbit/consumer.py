"""Consuming one queue: deliveries to batches, batches to the handler, verdicts to acknowledgements.

What cannot be moved to a retry or dead queue for sure goes back to its own queue, after a pause.
"""

import asyncio
import logging
import re
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from hashlib import sha256

from aio_pika import RobustConnection
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue, AbstractRobustChannel

from shared.bus import envelope
from shared.bus.batches import Batches
from shared.bus.judging import is_being_cancelled, judge
from shared.bus.port import (
    Confirmed,
    Dead,
    Delivery,
    Done,
    Handler,
    Message,
    Retry,
    Subscription,
    Tuning,
    UnavailableError,
    Verdict,
)
from shared.bus.rabbit.connection import is_up
from shared.bus.rabbit.declare import bind, declare_exchanges, declare_queue, declare_queues
from shared.bus.rabbit.gone import ignoring_gone, saying_goodbye
from shared.bus.rabbit.incoming import as_envelope, live
from shared.bus.rabbit.publisher import Publisher
from shared.bus.tags import Tags
from shared.bus.topology import queue_set, retry_queue
from shared.clock import Clock

log = logging.getLogger(__name__)

SHORTEST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
RPC_SECONDS = 5.0


class Consumer:
    """One subscription at work, one batch at a time, on a channel of its own."""

    def __init__(
        self,
        connection: RobustConnection,
        publisher: Publisher,
        subscription: Subscription,
        handler: Handler,
        tuning: Tuning,
        clock: Clock,
    ) -> None:
        self._connection, self._publisher = connection, publisher
        self._subscription, self._handler = subscription, handler
        self._tuning, self._clock = tuning, clock
        self._queues = queue_set(subscription.queue, tuning.retry_delays)
        linger = tuning.linger * subscription.patience
        self._batches: Batches[AbstractIncomingMessage] = Batches(tuning.batch, linger)
        self._tags, self._tags_of = Tags(), object()
        self._pause = SHORTEST_PAUSE

    @property
    def queue(self) -> str:
        return self._subscription.queue

    async def start(self) -> None:
        """Declare, bind, consume. Raises TopologyConflict, or aio-pika's errors when the broker goes away."""
        await self._declare_detours()
        self._channel: AbstractRobustChannel = self._connection.channel(publisher_confirms=False)
        try:
            await self._consume()
        except BaseException:
            with ignoring_gone():
                await self._channel.close()
            raise
        self._work = asyncio.create_task(self._run(), name=f"consume {self.queue}")

    async def _consume(self) -> None:
        await self._channel.initialize()
        await self._channel.set_qos(prefetch_count=self._tuning.prefetch)
        await declare_exchanges(self._channel)
        self._amqp_queue: AbstractQueue = await declare_queue(self._channel, self._queues.work)
        await bind(self._amqp_queue, self._subscription)
        self._tag = await self._amqp_queue.consume(self._arrived)

    async def stop(self, grace: timedelta) -> None:
        """Take nothing more, let the running batch end within `grace`, hand the rest back."""
        self._batches.close()
        if is_up(self._connection):
            async with saying_goodbye(RPC_SECONDS):
                await self._amqp_queue.cancel(self._tag)
        await asyncio.wait({self._work}, timeout=grace.total_seconds())
        self._work.cancel()
        await asyncio.wait({self._work})
        if is_up(self._connection):
            async with saying_goodbye(RPC_SECONDS):
                await self._channel.close()

    async def faults(self) -> str | None:
        """Ask the broker whether the queue is consumed: its word counts, not the client's."""
        transport = self._connection.transport
        if transport is None or self._channel.is_closed:
            return f"{self.queue}: the channel is closed"
        if self._work.done():
            return f"{self.queue}: its worker has ended"
        probe = await transport.connection.channel(publisher_confirms=False, timeout=RPC_SECONDS)
        try:
            declared = await probe.queue_declare(self.queue, passive=True, timeout=RPC_SECONDS)
        finally:
            await probe.close()
        underlay = await self._channel.get_underlay_channel()
        ours = self._tag in getattr(underlay, "consumers", ())
        return None if declared.consumer_count and ours else f"{self.queue}: nobody consumes it"

    async def _declare_detours(self) -> None:
        """The queues that a failed message goes to. On a channel that ends, so that no reconnect waits."""
        async with self._connection.channel(publisher_confirms=False) as channel:
            await declare_queues(channel, self._queues.every())

    async def _arrived(self, message: AbstractIncomingMessage) -> None:
        self._batches.put(message)

    async def _run(self) -> None:
        while batch := await self._batches.take():
            messages = [message for message in batch if live(message)]
            if messages and not await self._survive(self._work_off(messages)):
                await self._survive(self._give_back(messages))

    async def _survive(self, step: Coroutine[None, None, None]) -> bool:
        """Whether it went well. Nothing but the end of this task may end the consuming."""
        try:
            await step
        except asyncio.CancelledError:
            if is_being_cancelled():
                raise
            return False
        except Exception:
            log.exception("%s: a batch could not be worked off", self.queue)
            return False
        return True

    async def _work_off(self, messages: Sequence[AbstractIncomingMessage]) -> None:
        deliveries = [envelope.delivery(self.queue, as_envelope(message)) for message in messages]
        verdicts = await self._judged(deliveries)
        settled = await self._settle(deliveries, verdicts)
        held = [message for message, is_settled in zip(messages, settled, strict=True) if not is_settled]
        with ignoring_gone():
            await self._acknowledge(
                [m for m, is_settled in zip(messages, settled, strict=True) if is_settled]
            )
        if held:
            await self._give_back(held)
        else:
            self._pause = SHORTEST_PAUSE

    async def _judged(self, deliveries: Sequence[Delivery]) -> list[Verdict]:
        """While the handler's store is away the batch stays in hand and waits: an outage is no attempt.

        Raises UnavailableError when the consumer is to stop meanwhile; the batch then goes back.
        """
        pause = SHORTEST_PAUSE
        while True:
            try:
                return await judge(self._handler, deliveries, self._tuning.handler_timeout)
            except UnavailableError as why:
                log.warning("%s: waiting for the store, next try in %s: %s", self.queue, pause, why)
                if await self._batches.closed_within(pause):
                    raise
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _settle(self, deliveries: Sequence[Delivery], verdicts: Sequence[Verdict]) -> list[bool]:
        """Move what failed to where it belongs. True for each delivery that may now be acknowledged."""
        detours = [self._detour(*pair) for pair in zip(deliveries, verdicts, strict=True)]
        outcomes = iter(await self._publisher.publish([detour for detour in detours if detour is not None]))
        return [detour is None or isinstance(next(outcomes), Confirmed) for detour in detours]

    def _detour(self, delivery: Delivery, verdict: Verdict) -> Message | None:
        now = self._clock.now()
        match verdict:
            case Done():
                return None
            case Retry(reason) if delivery.attempt <= len(self._tuning.retry_delays):
                delay = self._tuning.retry_delays[delivery.attempt - 1]
                return envelope.retried(delivery, retry_queue(self.queue, delay), reason, now)
            case Retry(reason) | Dead(reason):
                told = _shown(delivery.id)
                log.warning("%s: %s is dead after attempt %d", self.queue, told, delivery.attempt)
                return envelope.buried(delivery, reason, now)

    async def _acknowledge(self, messages: Sequence[AbstractIncomingMessage]) -> None:
        by_tag = {message.delivery_tag or 0: message for message in messages}
        for tag, multiple in self._tags_for(messages).acknowledge(sorted(by_tag)):
            await by_tag[tag].ack(multiple=multiple)

    async def _give_back(self, messages: Sequence[AbstractIncomingMessage]) -> None:
        """Reject with requeue, which every version counts towards the delivery limit, and never at once."""
        log.warning("%s: %d messages go back to the queue in %s", self.queue, len(messages), self._pause)
        await self._batches.closed_within(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        with ignoring_gone():
            for message in messages:
                await message.reject(requeue=True)
            self._tags_for(messages).settle(message.delivery_tag or 0 for message in messages)
            await self._declare_detours()

    def _tags_for(self, messages: Sequence[AbstractIncomingMessage]) -> Tags:
        """Tags count from 1 on every channel, and a reconnect makes a new one."""
        if messages and messages[0].channel is not self._tags_of:
            self._tags, self._tags_of = Tags(), messages[0].channel
        return self._tags


def _shown(id_: str) -> str:
    """A message's id as logs may show it. Who sends calls it what they like, and that may be personal."""
    return (
        id_
        if re.fullmatch(r"[\w.:/\-]{1,80}", id_, re.ASCII)
        else f"#{sha256(id_.encode()).hexdigest()[:16]}"
    )
