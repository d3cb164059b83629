"""What to do when the channel went away under us: nothing, the broker hands the messages out again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

from shared.bus.judging import is_being_cancelled


@contextmanager
def ignoring_gone() -> Iterator[None]:
    """Ignore what aio-pika then raises. That includes CancelledError, though nobody cancelled this task."""
    try:
        yield
    except (AMQPError, ChannelInvalidStateError, ConnectionError, TimeoutError):
        pass
    except asyncio.CancelledError:
        if is_being_cancelled():
            raise


@asynccontextmanager
async def saying_goodbye(seconds: float) -> AsyncIterator[None]:
    """For the last words to a broker, which may be away by now: they are not waited for longer than this."""
    with ignoring_gone():
        async with asyncio.timeout(seconds):
            yield
