"""While the store is away nothing is promised: HTTP says so soon, the bus keeps its messages."""

import asyncio

import httpx

from services.intake.app import build
from shared.bus.port import SUBMISSIONS, Delivery, UnavailableError
from shared.clock import VirtualClock
from shared.deployment import Deployment
from shared.service import Parts
from shared.settings import Settings
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry
from tests.integration.intake.conftest import NOW, KeepingBus, submission
from tests.parts.ports import free_port


async def test_http_answers_503_and_the_bus_is_told_to_wait(served: Deployment) -> None:
    clock = VirtualClock(NOW)
    database = Database(f"mongodb://127.0.0.1:{free_port()}/", "away")
    bus = KeepingBus(clock)
    service = build(Parts(Settings(), clock, bus, database, served, Telemetry("intake")))
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as http, asyncio.timeout(60):
        said = httpx.Request("POST", "http://x", json=submission()).content
        handler = service.subscriptions[1][1]
        answer, outage = await asyncio.gather(
            http.post("/v1/complaints", json=submission()),
            handler([Delivery(SUBMISSIONS, "complaint.submitted", "m", said)]),
            return_exceptions=True,
        )
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert isinstance(outage, UnavailableError)
    assert not bus.said
    database.close()
