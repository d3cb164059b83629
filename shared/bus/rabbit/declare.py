"""Declaring the topology on a broker, which may hold all of it already."""

from collections.abc import Iterable

from aio_pika.abc import AbstractChannel, AbstractQueue
from aio_pika.exceptions import ChannelPreconditionFailed

from shared.bus.port import Subscription
from shared.bus.rabbit.connection import one_line
from shared.bus.topology import EXCHANGES, Queue


class TopologyConflict(RuntimeError):  # noqa: N818
    """An exchange or queue of that name exists with other settings; one line says which."""


async def declare_exchanges(channel: AbstractChannel) -> None:
    for exchange in EXCHANGES:
        try:
            await channel.declare_exchange(exchange.name, exchange.type, durable=True)
        except ChannelPreconditionFailed as why:
            raise TopologyConflict(one_line(why)) from why


async def declare_queues(channel: AbstractChannel, queues: Iterable[Queue]) -> None:
    for queue in queues:
        await declare_queue(channel, queue)


async def declare_queue(channel: AbstractChannel, queue: Queue) -> AbstractQueue:
    try:
        return await channel.declare_queue(queue.name, durable=True, arguments=dict(queue.arguments))
    except ChannelPreconditionFailed as why:
        raise TopologyConflict(one_line(why)) from why


async def bind(queue: AbstractQueue, subscription: Subscription) -> None:
    """Bind every key; a subscription without keys gets all that a fanout exchange has."""
    for key in subscription.keys or ("",):
        await queue.bind(subscription.exchange, key)
