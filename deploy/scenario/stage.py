"""The stage a scenario is played on: a deployment of one unit, the five services, a mail catcher."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.local.mail import MailCatcher
from deploy.local.sample import everybody
from deploy.local.world import BUILDERS, World
from deploy.scenario.story import Scenario, first_moment
from deploy.scenario.virtual import VirtualTime
from deploy.scenario.witness import Witness
from shared.bus.burial import ListedBurials
from shared.bus.port import Subscription
from shared.clock import SystemClock, VirtualClock
from shared.contracts.envelope import new_id
from shared.deployment import DeploymentFile, Mail, SmsFile, Unit, UnitSpec, deploy
from shared.policy.library import Library
from shared.policy.source import Source
from shared.settings import Settings
from shared.store.mongo import Database


@dataclass(frozen=True)
class House:
    """What all stories of a run share. The databases are emptied after each and dropped after the last."""

    mongo_url: str
    mail: MailCatcher
    prefix: str = field(default_factory=lambda: f"scenario_{new_id().replace('-', '')[-16:]}")

    async def close(self) -> None:
        for name in BUILDERS:
            database = Database(self.mongo_url, f"{self.prefix}_{name}")
            await database.drop()
            database.close()


@dataclass(frozen=True)
class Stage:
    """What a story is played with."""

    unit: Unit
    time: VirtualTime
    clock: VirtualClock
    witness: Witness
    burials: ListedBurials
    intake: httpx.AsyncClient
    reporting: httpx.AsyncClient


@asynccontextmanager
async def staged(scenario: Scenario, source: Source, library: Library, house: House) -> AsyncIterator[Stage]:
    """Set the stage; what was kept is removed afterwards. `SourceError` when pack or people are wrong."""
    with tempfile.TemporaryDirectory(prefix="redress-scenario-") as folder:
        deployment = deploy(_deployment(scenario, library, house.mail.url, Path(folder)), library, source)
        clock = VirtualClock(first_moment(scenario, SystemClock().now()))
        settings = Settings(mongo_url=house.mongo_url, database_prefix=house.prefix, smtp_url=house.mail.url)
        burials = ListedBurials()
        world = World(deployment, settings, clock, burials)
        witness = Witness()
        try:
            await world.open()
            await world.bus.subscribe(Subscription("redress.witness", ("#",)), witness.handle)
            async with _client(world, "intake") as intake, _client(world, "reporting") as reporting:
                unit = next(iter(deployment))
                yield Stage(unit, VirtualTime(world, clock), clock, witness, burials, intake, reporting)
        finally:
            await world.empty()
            await world.close()


def _client(world: World, service: str) -> httpx.AsyncClient:
    app = world.services[service].app
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=f"http://{service}")


def _deployment(scenario: Scenario, library: Library, mail_url: str, folder: Path) -> DeploymentFile:
    """One unit that runs the pack. A role that the story does not fill gets an address of its own."""
    _, pack = library.written(scenario.pack)
    unit = UnitSpec(
        id=pack.pack,
        pack=scenario.pack,
        params=scenario.params,
        people={**everybody(pack, "scenario.example"), **scenario.people},
        calendar=scenario.calendar,
        calendars=scenario.calendars,
    )
    return DeploymentFile(units=(unit,), mail=Mail(url=mail_url), sms=SmsFile(path=folder / "sms.jsonl"))
