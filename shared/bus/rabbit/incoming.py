"""Reading what aio-pika hands over."""

from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import ChannelInvalidStateError

from shared.bus.envelope import Envelope


def as_envelope(message: AbstractIncomingMessage) -> Envelope:
    return Envelope(
        routing_key=message.routing_key or "",
        body=message.body,
        content_type=message.content_type or "",
        message_id=message.message_id or "",
        headers=message.headers,
        redelivered=bool(message.redelivered),
    )


def live(message: AbstractIncomingMessage) -> bool:
    """Whether it can still be acknowledged. If not, its channel is gone and the broker sends it again."""
    try:
        return message.channel is not None
    except ChannelInvalidStateError:
        return False
