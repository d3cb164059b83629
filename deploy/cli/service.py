"""`redress service NAME`: one service, as its image runs it."""

import importlib
from typing import Annotated

import typer
import uvloop

from deploy.cli import fail, read_settings
from shared.bus.port import Subscription, Tuning
from shared.clock import SystemClock
from shared.contracts.registry import SERVICES, keys_read_by
from shared.deployment import load
from shared.policy.library import Library
from shared.service import Parts, Service
from shared.settings import Settings
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry

EVERY_SUBSCRIPTION = [Subscription(f"redress.{name}", keys_read_by(name)) for name in SERVICES]
"""Every service declares the queues of all: what is said before another one first starts waits for it."""


def service(name: Annotated[str, typer.Argument(help="intake, grading, sla, notify or reporting")]) -> None:
    """Run one service, connected to RabbitMQ and MongoDB."""
    from shared.telemetry.logs import set_up

    if name not in SERVICES:
        fail(f"there is no service {name!r}; expected one of {', '.join(SERVICES)}", 2)
    set_up(name)
    settings = read_settings()
    library = Library(*([settings.packs] if settings.packs else []))
    deployment = load(settings.config, library)
    build = importlib.import_module(f"services.{name}.app").build

    async def run() -> None:
        from shared.bus.rabbit import BusUnreachable, RabbitBus, TopologyConflict
        from shared.running import CannotListen, serve

        clock = SystemClock()
        bus = RabbitBus(settings.amqp_url.get_secret_value(), _tuning(settings), clock)
        database = Database(settings.mongo_url.get_secret_value(), f"{settings.database_prefix}_{name}")
        try:
            await bus.connect()
            await bus.declare(EVERY_SUBSCRIPTION)
            if wrong := await database.ready():
                fail(wrong)
            wired: Service = build(Parts(settings, clock, bus, database, deployment, Telemetry(name)))
            await serve([(wired, settings.http_port)])
        except (BusUnreachable, TopologyConflict, CannotListen) as error:
            fail(str(error))
        finally:
            await bus.close()
            database.close()

    uvloop.run(run())


def _tuning(settings: Settings) -> Tuning:
    from datetime import timedelta

    return Tuning(
        batch=settings.batch,
        linger=timedelta(milliseconds=settings.linger_ms),
        prefetch=settings.batch * 2,
    )
