"""Five services in this process, on the memory bus and a real MongoDB, with the sample deployment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from opentelemetry.sdk.trace import SpanProcessor

from deploy.local.sample import SAMPLE
from deploy.local.world import World
from shared.clock import Clock
from shared.deployment import Deployment, load
from shared.policy.library import Library
from shared.settings import Settings
from tests.parts.mongo import Mongo


@asynccontextmanager
async def world(
    mongo: Mongo,
    clock: Clock,
    spans: SpanProcessor | None = None,
    config: Path = SAMPLE,
    deployment: Deployment | None = None,
) -> AsyncIterator[World]:
    """Opened, and closed afterwards. With a `deployment` or one that `config` says."""
    settings = Settings(mongo_url=mongo.url, database_prefix=mongo.prefix.rstrip("_"))
    opened = World(deployment or load(config, Library()), settings, clock, spans=spans)
    try:
        await opened.open()
        yield opened
    finally:
        await opened.close()


def client(of: World, service: str) -> httpx.AsyncClient:
    app = of.services[service].app
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{service}")
