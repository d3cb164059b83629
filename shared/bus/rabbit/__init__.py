"""RabbitMQ behind the bus port. Only this package knows aio-pika."""

from shared.bus.rabbit.bus import RabbitBus
from shared.bus.rabbit.connection import BusUnreachable
from shared.bus.rabbit.dead_letters import RabbitDeadLetters, ReplayStopped, UnknownQueue
from shared.bus.rabbit.declare import TopologyConflict

__all__ = [
    "BusUnreachable",
    "RabbitBus",
    "RabbitDeadLetters",
    "ReplayStopped",
    "TopologyConflict",
    "UnknownQueue",
]
