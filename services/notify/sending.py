"""Sends what is due. Several replicas share the work by claims; a message is in one sender's hands at a time.

What is promised: a message reaches its provider at least once as long as the provider takes it within
the retries, and it is never handed over twice knowingly. Right before it is handed over it is marked
`sending`. If the sender dies after that mark and before the answer is written down, or the provider
gives no answer, nobody can know whether the message left: it ends as `unknown`, is not sent again, and
`notification.failed` says so. If the sender dies before the mark, the claim lapses and another sends it.
A stop lets the messages in hand finish.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter

from services.notify.channels.port import Channel, Outcome, Refused, Sent, Temporary, Unknown
from services.notify.messages import Message, Messages
from shared.clock import Clock
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry
from shared.telemetry.traces import span

log = structlog.get_logger()
BATCH = 50
AT_ONCE = 8
SEND_LIMIT = timedelta(seconds=100)
"""The longest that a channel may take with one message, in the machine's time; less than the lease."""
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 60, 120, 240, 480))
"""How long to wait after each failed attempt; after the last one the message is given up."""
LOOK_AGAIN = timedelta(seconds=1)


class Sender:
    """A `Worker`. `grace`: how long a stop waits for the messages in hand."""

    name = "sender"

    def __init__(
        self,
        messages: Messages,
        channels: Mapping[str, Channel],
        clock: Clock,
        telemetry: Telemetry,
        grace: timedelta = timedelta(seconds=20),
        delays: Sequence[timedelta] = DELAYS,
        limit: timedelta = SEND_LIMIT,
    ) -> None:
        self._messages, self._channels, self._clock = messages, channels, clock
        self._telemetry, self._grace, self._delays = telemetry, grace, delays
        self._limit = limit.total_seconds()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._stopping = False
        self._late = Counter(
            "redress_messages_late_total",
            "Messages that left after the procedure's limit for telling",
            registry=telemetry.registry,
        )
        self._counted = Counter(
            "redress_messages_total",
            "Messages by outcome",
            ["channel", "outcome"],
            registry=telemetry.registry,
        )

    async def due_at(self) -> datetime | None:
        return await self._messages.due_at()

    async def work(self) -> int:
        """Send a batch. When stopped meanwhile, what was handed over is finished and written down first."""
        self._stopping = False
        batch = asyncio.create_task(self._batch())
        try:
            return await asyncio.shield(batch)
        except asyncio.CancelledError:
            self._stopping = True
            await asyncio.wait({batch}, timeout=self._grace.total_seconds())
            await self._rest()
            raise

    async def _batch(self) -> int:
        expired = await self._messages.expired(BATCH)
        claimed = await self._messages.claim(BATCH)
        results = await asyncio.gather(
            *(self._lost(message) for message in expired),
            *(self._in_turn(message) for message in claimed),
            return_exceptions=True,
        )
        await self._messages.book.send(result for result in results if isinstance(result, Page))
        for result in results:
            if isinstance(result, BaseException):
                raise result
        if not results:
            await self._rest()
        return len(results)

    async def _rest(self) -> None:
        for channel in self._channels.values():
            await channel.rest()

    async def _in_turn(self, message: Message) -> Page | None:
        async with self._places:
            if self._stopping:
                await self._messages.again(message, self._clock.now(), "the sender was stopped")
                return None
            trace = message.document["cause"].get("traceparent")
            name = f"send {message.channel}"
            complaint = str(message.document["complaint"])
            with span(self._telemetry.tracer, name, SpanKind.CLIENT, trace, complaint=complaint):
                return await self._one(message)

    async def _one(self, message: Message) -> Page | None:
        if message.document["address"] is None:
            self._count(message, "no_address")
            role, channel = message.document["role"], message.channel
            return await self._messages.failed(
                message, "no_address", f"nobody in role {role!r} has an address for {channel}"
            )
        if message.retracts and not await self._left(message):
            return None
        begun = await self._messages.begin(message)
        if begun is None:
            return None
        return await self._settled(begun, await self._handed_over(begun))

    async def _left(self, message: Message) -> bool:
        """Whether something that this message takes back has left, so that it has to be sent."""
        states = await self._messages.states(message.retracts)
        if states & {"sent", "unknown"}:
            return True
        if "sending" in states:
            later = self._clock.now() + LOOK_AGAIN
            await self._messages.again(message, later, "what it takes back is being sent")
        else:
            await self._messages.cancel(message)
        return False

    async def _handed_over(self, message: Message) -> Outcome:
        try:
            async with asyncio.timeout(self._limit):
                return await self._channels[message.channel].send(message.outgoing(self._clock.now()))
        except TimeoutError:
            return Unknown(f"no answer within {self._limit:.0f} s")
        except Exception as error:
            log.exception("channel_broke", channel=message.channel, message_id=message.id)
            return Unknown(f"the channel broke: {type(error).__name__}")

    async def _settled(self, message: Message, outcome: Outcome) -> Page | None:
        self._count(message, type(outcome).__name__.lower())
        match outcome:
            case Sent():
                self._late.inc(message.late_by(self._clock.now()) > 0)
                return await self._messages.sent(message)
            case Refused(reason):
                return await self._messages.failed(message, "refused", reason)
            case Unknown(reason):
                return await self._messages.failed(message, "unknown", reason)
            case Temporary(reason) if message.attempts <= len(self._delays):
                later = self._clock.now() + self._delays[message.attempts - 1]
                await self._messages.again(message, later, reason)
            case Temporary(reason):
                given_up = f"given up after {message.attempts} attempts: {reason}"
                return await self._messages.failed(message, "refused", given_up)
        return None

    async def _lost(self, message: Message) -> Page | None:
        self._count(message, "unknown")
        reason = "the sender stopped after handing it over, before an answer was written down"
        return await self._messages.failed(message, "unknown", reason)

    def _count(self, message: Message, outcome: str) -> None:
        self._counted.labels(message.channel, outcome).inc()
        if outcome != "sent":
            log.warning("message_not_sent", message_id=message.id, channel=message.channel, outcome=outcome)
