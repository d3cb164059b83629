"""Two replicas of intake over one real database, and a bus that keeps what they say."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.intake.app import build
from shared.bus.memory import MemoryBus
from shared.bus.port import Confirmed, Message, Outcome, Refused, Tuning
from shared.clock import VirtualClock
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment
from shared.service import Parts, Service
from shared.settings import Settings
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry
from tests.parts.mongo import Mongo
from tests.parts.small_pack import deployment

NOW = datetime(2026, 2, 11, 1, 0, tzinfo=UTC)


class KeepingBus(MemoryBus):
    """A memory bus that confirms what intake says, and keeps it; `away` refuses it instead."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(Tuning(), clock)
        self.said: list[Envelope] = []
        self.away = False

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        if self.away:
            return [Refused("not connected") for _ in messages]
        self.said += [Envelope.model_validate_json(message.body) for message in messages]
        return [Confirmed() for _ in messages]

    def heard(self, key: str) -> list[Envelope]:
        return [envelope for envelope in self.said if envelope.key == key]


@dataclass
class Replica:
    """One running intake and a way to call it."""

    service: Service
    bus: KeepingBus
    http: httpx.AsyncClient

    @property
    def database(self) -> Database:
        return self.service.parts.database


@dataclass
class Intake:
    """The replicas of one test, its clock, and what it submits."""

    clock: VirtualClock
    replicas: list[Replica] = field(default_factory=list)

    @property
    def one(self) -> Replica:
        return self.replicas[0]

    def said(self, key: str) -> list[Envelope]:
        return [envelope for replica in self.replicas for envelope in replica.bus.heard(key)]

    async def submit(self, **change: Any) -> dict[str, Any]:
        answer = await self.one.http.post("/v1/complaints", json=submission(**change))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def look(self, complaint_id: str) -> dict[str, Any]:
        answer = await self.one.http.get(f"/v1/complaints/{complaint_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def submission(**change: Any) -> dict[str, Any]:
    good = {
        "unit": "here",
        "channel": "phone",
        "text": "厨房漏水",
        "product": "flat",
        "complainant": {"phone": "138"},
    }
    return {name: value for name, value in (good | change).items() if value is not None}


@pytest.fixture
def served() -> Deployment:
    return deployment("here", "there")


@pytest.fixture
def settings() -> Settings:
    return Settings(outbox_cap=3)


@pytest.fixture
async def intake(mongo: Mongo, served: Deployment, settings: Settings) -> AsyncIterator[Intake]:
    intake = Intake(VirtualClock(NOW))
    async with AsyncExitStack() as stack:
        for _ in range(2):
            bus = KeepingBus(intake.clock)
            database = mongo.open("intake")
            service = build(Parts(settings, intake.clock, bus, database, served, Telemetry("intake")))
            await service.prepare()
            transport = httpx.ASGITransport(service.app)
            http = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://intake")
            )
            intake.replicas.append(Replica(service, bus, http))
        yield intake
