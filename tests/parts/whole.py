"""The five services in this process, each with its own connections to a real broker and store.

Quicker than five processes, and every replica can be given a broken bus, proxy or store of its own.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import httpx
from pydantic import SecretStr

from deploy.cli.service import EVERY_SUBSCRIPTION
from shared.bus.port import Handler, Tuning
from shared.bus.rabbit import RabbitBus
from shared.clock import SystemClock
from shared.contracts.registry import SERVICES
from shared.deployment import Deployment
from shared.service import Parts, Service
from shared.settings import Settings
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry

QUICK = Tuning(
    batch=50,
    linger=timedelta(milliseconds=5),
    prefetch=100,
    publish_timeout=timedelta(seconds=1.5),
    handler_timeout=timedelta(seconds=20),
    heartbeat=2,
    retry_delays=(timedelta(milliseconds=300), timedelta(milliseconds=700)),
)
Build = Callable[[Parts], Service]
Wrap = Callable[[Handler], Handler]


@dataclass
class Running:
    """One replica at work."""

    service: Service
    bus: RabbitBus
    http: httpx.AsyncClient
    workers: asyncio.Task[None] | None = None

    @property
    def database(self) -> Database:
        return self.service.parts.database

    def handler(self, place: int = 0) -> Handler:
        return self.service.subscriptions[place][1]

    def metric(self, name: str, **labels: str) -> float:
        return self.service.parts.telemetry.registry.get_sample_value(name, labels) or 0.0

    def handled(self, key: str) -> float:
        """How many deliveries of this event it answered with `Done`, repeats and all."""
        return self.metric("redress_events_total", type=key, outcome="done")

    async def ready(self) -> bool:
        return (await self.http.get("/readyz")).status_code == 200

    async def stop(self) -> None:
        await self.service.stop(self.workers)
        await self.http.aclose()
        await self.bus.close()
        self.database.close()
        self.service.parts.telemetry.close()


@dataclass
class Whole:
    """Starts and stops replicas; `running` has them by name, which may carry a number: `grading-2`."""

    amqp_url: str
    mongo_url: str
    prefix: str
    smtp_url: str
    deployment: Deployment
    tuning: Tuning = QUICK
    settings: Mapping[str, Any] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)

    async def start(self, *names: str, **how: Any) -> "Whole":
        for name in names or SERVICES:
            await self.launch(name, **how)
        return self

    async def launch(
        self,
        name: str,
        *,
        amqp: str | None = None,
        mongo: str | None = None,
        bus: type[RabbitBus] = RabbitBus,
        tuning: Tuning | None = None,
        build: Build | None = None,
        wrap: Wrap | None = None,
        alone: bool = False,
    ) -> Running:
        """`alone`: declare no other service's queue. `wrap` goes around the handler of its own queue."""
        kind = name.split("-")[0]
        clock = SystemClock()
        line = bus(amqp or self.amqp_url, tuning or self.tuning, clock)
        await line.connect()
        if not alone:
            await line.declare(EVERY_SUBSCRIPTION)
        database = Database(mongo or self.mongo_url, f"{self.prefix}{kind}")
        settings = Settings(smtp_url=SecretStr(self.smtp_url), grace_seconds=5, **self.settings)
        parts = Parts(settings, clock, line, database, self.deployment, Telemetry(kind))
        service = (build or import_module(f"services.{kind}.app").build)(parts)
        if wrap is not None:
            (first, handler), *others = service.subscriptions
            service = replace(service, subscriptions=[(first, wrap(handler)), *others])
        transport = httpx.ASGITransport(service.app)
        http = httpx.AsyncClient(transport=transport, base_url=f"http://{kind}", timeout=30)
        self.running[name] = Running(service, line, http)
        await service.prepare()
        self.running[name].workers = asyncio.create_task(service.run_workers())
        return self.running[name]

    def __getitem__(self, name: str) -> Running:
        return self.running[name]

    async def stop(self, *names: str) -> None:
        for name in names or tuple(self.running):
            with suppress(ConnectionError):
                await self.running.pop(name).stop()

    async def submit(self, submissions: Sequence[Mapping[str, Any]]) -> list[httpx.Response]:
        """All at once over HTTP."""
        http = self["intake"].http
        return list(await asyncio.gather(*(http.post("/v1/complaints", json=s) for s in submissions)))
