"""Connecting: a connection that comes back by itself, and one clear line when the first try fails."""

import asyncio

from aio_pika import RobustConnection
from aio_pika.connection import make_url
from aio_pika.exceptions import AMQPError, AuthenticationError, ProbableAuthenticationError
from yarl import URL

CONNECT_SECONDS = 10.0
RECONNECT_SECONDS = 1.0


class BusUnreachable(ConnectionError):  # noqa: N818
    """No connection to the broker; one line says where to and why not, without the password."""


async def connect(url: str, heartbeat: int) -> RobustConnection:
    """A connection that reconnects once it was there. Raises BusUnreachable when it cannot be made now."""
    connection = RobustConnection(make_url(url, heartbeat=heartbeat, reconnect_interval=RECONNECT_SECONDS))
    try:
        async with asyncio.timeout(CONNECT_SECONDS + 1):
            await connection.connect(timeout=CONNECT_SECONDS)
    except (AMQPError, OSError, RuntimeError) as why:
        await connection.close()
        raise BusUnreachable(f"cannot reach RabbitMQ at {address(url)}: {reason_for(why)}") from why
    return connection


def address(url: str) -> str:
    """The address as it may be shown: no password, no options."""
    return str(URL(url).with_password(None).with_query(None))


def is_up(connection: RobustConnection) -> bool:
    transport = connection.transport
    return connection.connected.is_set() and transport is not None and not transport.connection.is_closed


def one_line(why: BaseException) -> str:
    return " ".join(f"{why}".split()) or type(why).__name__


def reason_for(why: BaseException) -> str:
    if isinstance(why, ProbableAuthenticationError | AuthenticationError):
        return "it does not take this user name and password"
    if isinstance(why, TimeoutError):
        return f"no answer within {CONNECT_SECONDS:g} s"
    return one_line(why)
