"""The bus on RabbitMQ: one connection that comes back, one publishing channel, a channel per subscription."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from aio_pika import RobustConnection
from aio_pika.exceptions import AMQPError

from shared.bus.port import SUBMISSIONS, Handler, Message, Outcome, Refused, Subscription, Tuning
from shared.bus.rabbit.connection import BusUnreachable, address, connect, is_up, one_line
from shared.bus.rabbit.consumer import RPC_SECONDS, Consumer
from shared.bus.rabbit.declare import bind, declare_exchanges, declare_queue
from shared.bus.rabbit.gone import saying_goodbye
from shared.bus.rabbit.publisher import Publisher
from shared.bus.topology import EXCHANGES, queue_set
from shared.clock import Clock

_TAKEN_SUBMISSIONS = Subscription(SUBMISSIONS, (), SUBMISSIONS)
_OPEN_EXCHANGES = frozenset(exchange.name for exchange in EXCHANGES)


class RabbitBus:
    """Answers the `Bus` port. `url` is an AMQP address with virtual host; `connect` before anything else."""

    def __init__(self, url: str, tuning: Tuning, clock: Clock) -> None:
        self._url, self._tuning, self._clock = url, tuning, clock
        self._connection: RobustConnection | None = None
        self._publisher: Publisher | None = None
        self._consumers: dict[str, Consumer] = {}
        self._drained = False

    @property
    def settles(self) -> bool:
        return False

    async def connect(self) -> None:
        """Connect and declare the exchanges. Raises BusUnreachable or TopologyConflict, each in one line."""
        self._connection = await connect(self._url, self._tuning.heartbeat)
        try:
            channel = self._connection.channel(on_return_raises=True)
            await channel.initialize()
            await self.declare([_TAKEN_SUBMISSIONS])
        except AMQPError as why:
            await self.close()
            raise BusUnreachable(
                f"RabbitMQ at {address(self._url)} lets nothing be declared: {one_line(why)}"
            ) from why
        except BaseException:
            await self.close()
            raise
        self._publisher = Publisher(channel, self._tuning.publish_timeout)

    async def declare(self, subscriptions: Sequence[Subscription]) -> None:
        """Make queues and bindings without consuming, so that they hold what comes before their service."""
        async with self._connected().channel(publisher_confirms=False) as channel:
            await declare_exchanges(channel)
            for subscription in subscriptions:
                queues = queue_set(subscription.queue, ())
                await declare_queue(channel, queues.dead)
                await bind(await declare_queue(channel, queues.work), subscription)

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        publisher = self._publisher
        if publisher is None:
            return [Refused("not connected to the broker") for _ in messages]
        known = [message for message in messages if message.exchange in _OPEN_EXCHANGES]
        outcomes = iter(await publisher.publish(known))
        return [
            next(outcomes)
            if message.exchange in _OPEN_EXCHANGES
            else Refused(f"there is no exchange {message.exchange!r}")
            for message in messages
        ]

    async def subscribe(self, subscription: Subscription, handler: Handler) -> None:
        """Raises TopologyConflict; ValueError for a queue that this bus consumes already."""
        connection, publisher = self._connected(), self._publisher
        if subscription.queue in self._consumers:
            raise ValueError(f"{subscription.queue} is subscribed already")
        assert publisher is not None
        consumer = Consumer(connection, publisher, subscription, handler, self._tuning, self._clock)
        await consumer.start()
        self._consumers[subscription.queue] = consumer

    async def drain(self, grace: timedelta) -> None:
        self._drained = True
        await asyncio.gather(*(consumer.stop(grace) for consumer in self._consumers.values()))
        self._consumers.clear()

    async def close(self) -> None:
        await self.drain(timedelta())
        connection, self._connection, self._publisher = self._connection, None, None
        if connection is not None:
            async with saying_goodbye(RPC_SECONDS):
                await connection.close()

    async def ready(self) -> str | None:
        if self._connection is None or not is_up(self._connection):
            return "not connected to the broker"
        if self._drained:
            return "drained: it consumes no more"
        try:
            async with asyncio.timeout(RPC_SECONDS):
                faults = [await consumer.faults() for consumer in self._consumers.values()]
        except Exception as why:
            return f"the broker does not answer as it should: {one_line(why)}"
        return "; ".join(fault for fault in faults if fault) or None

    def _connected(self) -> RobustConnection:
        if self._connection is None:
            raise RuntimeError("RabbitBus: connect() comes first")
        return self._connection
