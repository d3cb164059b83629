"""Publishing with a confirmed outcome per message: confirmed, refused, or nobody knows."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError

from shared.bus.envelope import ID
from shared.bus.judging import describe
from shared.bus.port import Confirmed, Message, Outcome, Refused, Unknown

LARGEST_BODY = 16 * 1024 * 1024
"""RabbitMQ 4's limit. A bigger message would make the broker close the channel on all others in the air."""


class Publisher:
    """Publishes on one channel, which must have confirms on and raise on returns. Never raises itself."""

    def __init__(self, channel: AbstractChannel, timeout: timedelta) -> None:
        self._channel, self._timeout = channel, timeout
        self._exchanges: dict[str, AbstractExchange] = {}

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        """All at once, one timeout for all; one outcome per message, in order."""
        if not messages:
            return []
        attempts = [asyncio.create_task(self._publish(message)) for message in messages]
        try:
            _, late = await asyncio.wait(attempts, timeout=self._timeout.total_seconds())
        except asyncio.CancelledError:
            await _end(attempts)
            raise
        await _end(late)
        return [self._outcome(attempt, attempt in late) for attempt in attempts]

    async def _publish(self, message: Message) -> Outcome:
        if len(message.body) > LARGEST_BODY:
            return Refused(f"the body is larger than {LARGEST_BODY} bytes")
        if self._channel.is_closed:
            return Refused("not connected to the broker")
        try:
            exchange = await self._exchange(message.exchange)
            await exchange.publish(_amqp(message), message.key, mandatory=True)
        except PublishError:
            return Refused(f"no queue takes {message.key!r}")
        except DeliveryError:
            return Refused("the broker refused it: a queue is full or not available")
        except ValueError as why:
            return Refused(describe(why))
        except Exception as why:
            return Unknown(describe(why))
        return Confirmed()

    async def _exchange(self, name: str) -> AbstractExchange:
        if name not in self._exchanges:
            self._exchanges[name] = await self._channel.get_exchange(name, ensure=False)
        return self._exchanges[name]

    def _outcome(self, attempt: "asyncio.Task[Outcome]", late: bool) -> Outcome:
        if late:
            return Unknown(f"no answer within {self._timeout.total_seconds():g} s")
        if attempt.cancelled():  # aiormq cancels whoever waits when it gives a connection up
            return Unknown("the connection broke")
        return attempt.result()


def _amqp(message: Message) -> aio_pika.Message:
    """The AMQP message id is new for every attempt: returned messages are matched by it alone."""
    return aio_pika.Message(
        message.body,
        content_type=message.content_type,
        headers={**message.headers, ID: message.id},
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=uuid4().hex,
    )


async def _end(attempts: "Sequence[asyncio.Task[Outcome]] | set[asyncio.Task[Outcome]]") -> None:
    for attempt in attempts:
        attempt.cancel()
    await asyncio.gather(*attempts, return_exceptions=True)
