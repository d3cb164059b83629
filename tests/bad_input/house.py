"""The sample deployment with all its services, and the record of what they say about its complaints."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.local.mail import MailCatcher
from deploy.local.world import World
from deploy.scenario.virtual import VirtualTime
from shared.bus.burial import ListedBurials
from shared.bus.port import SUBMISSIONS, Delivery, Done, Message, Subscription, Verdict
from shared.clock import VirtualClock
from shared.contracts.envelope import new_id
from shared.deployment import Deployment, DeploymentFile, SmsFile, deploy
from shared.policy.library import Library
from shared.policy.source import read
from shared.policy.validation import validated
from shared.settings import Settings
from tests.parts.mongo import Mongo

ROOT = Path(__file__).parents[2]
START = datetime(2026, 2, 11, 1, 0, tzinfo=UTC)
SAMPLES: tuple[dict[str, Any], ...] = tuple(
    json.loads(line) for line in (ROOT / "samples" / "complaints.jsonl").read_text("utf-8").splitlines()
)
STEPS = {
    "property": ("accepted", "dispatched", "progress_reported", "closed"),
    "bank": ("accepted", "guidance_asked", "replied", "closed"),
    "auto": ("restated", "registered", "plan_proposed", "closed"),
}
"""What the desk records in the course of the story, by unit."""


def sample_deployment(folder: Path) -> Deployment:
    """The one that ships, its text messages kept in `folder`."""
    source = read(ROOT / "deploy" / "local" / "redress.yaml")
    file = validated(DeploymentFile, source).model_copy(update={"sms": SmsFile(path=folder / "sms.jsonl")})
    return deploy(file, Library(), source)


@dataclass
class Record:
    """Everything that went over the bus, as it was sent."""

    said: list[Message] = field(default_factory=list)

    async def handle(self, batch: Sequence[Delivery]) -> list[Verdict]:
        self.said += [Message(d.key, d.id, d.body) for d in batch]
        return [Done() for _ in batch]

    def of(self, *keys: str) -> list[Message]:
        return [message for message in self.said if message.key in keys]


WRITTEN_AT_START = {"intake.editions"}
"""Which pack versions govern; no submission or event adds to it."""


@dataclass
class House:
    """The five services on one memory bus, in virtual time."""

    world: World
    clock: VirtualClock
    time: VirtualTime
    record: Record
    dead: ListedBurials
    intake: httpx.AsyncClient
    reporting: httpx.AsyncClient

    async def counts(self) -> dict[str, int]:
        """Documents by `service.collection`: what must not change when something is refused."""
        found = {}
        for name, service in self.world.services.items():
            for collection in service.indexes:
                store = service.parts.database.collection(collection)
                found[f"{name}.{collection}"] = int(await store.count_documents({}))
        return {place: count for place, count in found.items() if place not in WRITTEN_AT_START}

    async def forget(self) -> None:
        for service in self.world.services.values():
            await service.parts.database.drop()

    async def numbers_used(self) -> int:
        counters = self.world.services["intake"].parts.database.collection("counters")
        return sum([int(counter["last"]) async for counter in counters.find({})])


@asynccontextmanager
async def house(mongo: Mongo, deployment: Deployment, start: datetime = START) -> AsyncIterator[House]:
    mail, clock, record, dead = MailCatcher(), VirtualClock(start), Record(), ListedBurials()
    mail.start()
    settings = Settings(mongo_url=mongo.url, database_prefix=mongo.prefix + "house", smtp_url=mail.url)
    world = World(deployment, settings, clock, dead)
    try:
        await world.open()
        await world.bus.subscribe(Subscription("redress.witness", ("#",)), record.handle)
        async with _client(world, "intake") as intake, _client(world, "reporting") as reporting:
            yield House(world, clock, VirtualTime(world, clock), record, dead, intake, reporting)
    finally:
        await world.close()
        mail.stop()


def _client(world: World, service: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(world.services[service].app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{service}")


def submission_event(data: dict[str, Any]) -> Message:
    """A submission as call-centre software sends it."""
    id_ = new_id()
    event = {
        "specversion": "1.0",
        "id": id_,
        "source": "/call-centre/1",
        "type": "redress.complaint.submitted.v1",
        "time": START.isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
    return Message("complaint.submitted", id_, json.dumps(event).encode(), exchange=SUBMISSIONS)


async def play(house: House, samples: Sequence[dict[str, Any]] = SAMPLES) -> None:
    """Some weeks of the sample complaints: sent in, worked on, amended, late, closed; one is refused."""
    events = [submission_event(data) for data in (*samples, {**samples[0], "channel": "pigeon"})]
    await house.world.bus.publish(events)
    found = (await house.intake.get("/v1/complaints")).json()["items"]
    for day in range(4):
        await house.time.move_to(START + timedelta(days=8 * day, hours=1))
        for complaint in found:
            path = f"/v1/complaints/{complaint['id']}"
            body = {"milestone": STEPS[complaint["unit"]][day], "by": "agent-7", "data": {"content": "…"}}
            answer = await house.intake.post(f"{path}/milestones", json=body)
            assert answer.status_code == 201, answer.text
            if day == 1:
                await house.intake.patch(path, json={"product": "p-1", "by": "agent-7"})
    await house.time.move_to(START + timedelta(days=40))
    house.record.said += events
