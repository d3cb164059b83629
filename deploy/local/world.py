"""Five services in one process, as `redress up` and scenarios run them."""

from collections.abc import Mapping
from types import MappingProxyType

from opentelemetry.sdk.trace import SpanProcessor

import services.grading.app
import services.intake.app
import services.notify.app
import services.reporting.app
import services.sla.app
from shared.bus.burial import Burials
from shared.bus.memory import MemoryBus
from shared.bus.port import Tuning
from shared.clock import Clock
from shared.deployment import Deployment
from shared.service import Parts, Service
from shared.settings import Settings
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry

BUILDERS = MappingProxyType(
    {
        "intake": services.intake.app.build,
        "grading": services.grading.app.build,
        "sla": services.sla.app.build,
        "notify": services.notify.app.build,
        "reporting": services.reporting.app.build,
    }
)


class World:
    """The five services on one memory bus, each with its own database."""

    def __init__(
        self,
        deployment: Deployment,
        settings: Settings,
        clock: Clock,
        burials: Burials | None = None,
        spans: SpanProcessor | None = None,
    ) -> None:
        self.clock = clock
        self.bus = MemoryBus(Tuning(batch=settings.batch), clock, burials)
        self.services: Mapping[str, Service] = {
            name: build(
                Parts(
                    settings=settings,
                    clock=clock,
                    bus=self.bus,
                    database=Database(
                        settings.mongo_url.get_secret_value(), f"{settings.database_prefix}_{name}"
                    ),
                    deployment=deployment,
                    telemetry=Telemetry(name, spans),
                )
            )
            for name, build in BUILDERS.items()
        }

    async def open(self) -> None:
        """Every store and subscription is ready before anything is sent."""
        for service in self.services.values():
            await service.prepare()

    async def empty(self) -> None:
        """Forget everything that was kept; collections and indexes stay."""
        for service in self.services.values():
            await service.parts.database.empty()

    async def close(self) -> None:
        """Let go of the stores."""
        for service in self.services.values():
            service.parts.database.close()
            service.parts.telemetry.close()
