"""A connected RabbitBus on the test's own virtual host, directly or through a proxy that misbehaves."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import aio_pika
import pytest

from shared.bus.port import Tuning
from shared.bus.rabbit import RabbitBus
from shared.clock import SystemClock
from tests.parts.ports import LOOPBACK
from tests.parts.proxy import Proxy, proxy_to
from tests.parts.rabbit import Rabbit

QUEUE = "redress.probe"
QUICK = Tuning(
    publish_timeout=timedelta(seconds=2),
    handler_timeout=timedelta(seconds=5),
    heartbeat=2,
    retry_delays=(timedelta(milliseconds=300), timedelta(milliseconds=700)),
)
SINGLY = dataclasses.replace(QUICK, batch=1)


@pytest.fixture
async def bus(rabbit: Rabbit) -> AsyncIterator[RabbitBus]:
    bus = RabbitBus(rabbit.url, QUICK, SystemClock())
    await bus.connect()
    yield bus
    await bus.close()


@pytest.fixture
async def proxy(rabbit: Rabbit) -> AsyncIterator[Proxy]:
    parts = urlsplit(rabbit.url)
    async with proxy_to(parts.hostname or LOOPBACK, parts.port or 5672) as proxy:
        yield proxy


@pytest.fixture
async def shaky(rabbit: Rabbit, proxy: Proxy) -> AsyncIterator[RabbitBus]:
    """A bus whose connection goes through `proxy`."""
    login, _, address = rabbit.url.removeprefix("amqp://").rpartition("@")
    vhost = address.partition("/")[2]
    bus = RabbitBus(f"amqp://{login}@{LOOPBACK}:{proxy.port}/{vhost}", QUICK, SystemClock())
    await bus.connect()
    yield bus
    proxy.heal()
    await bus.close()


async def waiting(rabbit: Rabbit, queue: str = QUEUE) -> int:
    """Messages in the queue that nobody has in hand. The broker's statistics would be seconds old."""
    async with await aio_pika.connect(rabbit.url) as connection:
        declared = await (await connection.channel()).get_queue(queue)
        return declared.declaration_result.message_count or 0
