"""What a service needs in a test: real store, memory bus, a clock, a deployment."""

from shared.bus.memory import MemoryBus
from shared.bus.port import Bus, Tuning
from shared.clock import Clock
from shared.deployment import Deployment
from shared.service import Parts
from shared.settings import Settings
from shared.telemetry.telemetry import Telemetry
from tests.parts.mongo import Mongo


def parts(mongo: Mongo, name: str, clock: Clock, deployment: Deployment, bus: Bus | None = None) -> Parts:
    """Parts over `mongo`; replicas of one service share the database by sharing `name`."""
    return Parts(
        settings=Settings(mongo_url=mongo.url),
        clock=clock,
        bus=bus or MemoryBus(Tuning(), clock),
        database=mongo.open(name),
        deployment=deployment,
        telemetry=Telemetry(name),
    )
