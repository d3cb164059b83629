"""The dead letters of a queue on RabbitMQ: looked at without being taken, put back, or thrown away."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity

from shared.bus import envelope
from shared.bus.port import Confirmed, DeadLetter, Outcome
from shared.bus.rabbit.connection import CONNECT_SECONDS, BusUnreachable, address, reason_for
from shared.bus.rabbit.incoming import as_envelope
from shared.bus.rabbit.publisher import Publisher
from shared.bus.topology import dead_queue

AT_ONCE = 100
MOST_LOOKED_AT = 10_000
"""To list the oldest, all are looked at: a quorum queue puts what is handed back behind what was handed
back before, so its own order is lost on the first partial look."""


class UnknownQueue(LookupError):  # noqa: N818
    """The broker has no dead queue for the queue of that name."""


class ReplayStopped(RuntimeError):  # noqa: N818
    """A message could not be put back for sure; those from it on are still dead letters."""


class RabbitDeadLetters:
    """Answers the `DeadLetters` port; each call connects anew. Raises BusUnreachable and UnknownQueue.

    What a call has in its hands, others do not see until it ends. It hands messages back by closing its
    channel.
    """

    def __init__(self, url: str, timeout: timedelta = timedelta(seconds=10)) -> None:
        self._url, self._timeout = url, timeout

    async def list(self, queue: str, limit: int = 100) -> list[DeadLetter]:
        async with self._channel() as channel:
            held = [as_envelope(message) async for message in _letters(channel, queue, MOST_LOOKED_AT)]
        letters = sorted((envelope.dead_letter(0, queue, one) for one in held), key=_died)
        return [replace(letter, index=n) for n, letter in enumerate(letters[:limit], start=1)]

    async def replay(self, queue: str, ids: Sequence[str] | None = None) -> int:
        """Raises ReplayStopped at the first message that the broker does not confirm."""
        replayed = 0
        async with self._channel() as channel:
            publisher = Publisher(channel, self._timeout)
            async for messages in _in_groups(_chosen(channel, queue, ids)):
                again = [envelope.replayed(queue, as_envelope(message)) for message in messages]
                for message, outcome in zip(messages, await publisher.publish(again), strict=True):
                    if isinstance(outcome, Confirmed):
                        await message.ack()
                        replayed += 1
                    else:
                        raise ReplayStopped(_stopped(replayed, outcome))
        return replayed

    async def drop(self, queue: str, ids: Sequence[str] | None = None) -> int:
        dropped = 0
        async with self._channel() as channel:
            async for message in _chosen(channel, queue, ids):
                await message.ack()
                dropped += 1
        return dropped

    @asynccontextmanager
    async def _channel(self) -> AsyncIterator[AbstractChannel]:
        try:
            connection = await aio_pika.connect(self._url, timeout=CONNECT_SECONDS)
        except (AMQPError, OSError) as why:
            raise BusUnreachable(f"cannot reach RabbitMQ at {address(self._url)}: {reason_for(why)}") from why
        async with connection, connection.channel(on_return_raises=True) as channel:
            yield channel


async def _letters(
    channel: AbstractChannel, work: str, limit: int | None
) -> AsyncIterator[AbstractIncomingMessage]:
    """As many as there are now; what dies while we look is not ours. Unacknowledged ones go back."""
    try:
        queue = await channel.declare_queue(dead_queue(work), passive=True)
    except ChannelNotFoundEntity as why:
        raise UnknownQueue(f"the broker has no queue {dead_queue(work)}") from why
    waiting = queue.declaration_result.message_count or 0
    for _ in range(waiting if limit is None else min(limit, waiting)):
        message = await queue.get(fail=False)
        if message is None:
            return
        yield message


async def _chosen(
    channel: AbstractChannel, work: str, ids: Collection[str] | None
) -> AsyncIterator[AbstractIncomingMessage]:
    async for message in _letters(channel, work, None):
        if ids is None or envelope.identity(as_envelope(message)) in ids:
            yield message


async def _in_groups(
    messages: AsyncIterator[AbstractIncomingMessage],
) -> AsyncIterator[Sequence[AbstractIncomingMessage]]:
    group: list[AbstractIncomingMessage] = []
    async for message in messages:
        group.append(message)
        if len(group) == AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _died(letter: DeadLetter) -> datetime:
    return letter.died_at or datetime.min.replace(tzinfo=UTC)


def _stopped(replayed: int, outcome: Outcome) -> str:
    return f"{replayed} replayed, then it stopped: {getattr(outcome, 'reason', '')}"
