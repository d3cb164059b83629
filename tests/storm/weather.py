"""What kind of storm: which complaints come, how many processes there are, and who is struck."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.parts.stack import SERVICES
from tests.storm.mix import FATES, Fate

ROUND = ("services", "services", "broker", "services", "mongod", "services")


@dataclass(frozen=True)
class Weather:
    """`replicas`: processes of a service, where there is more than one. `round`: one blow after the other,
    each upon some of the services in `struck`, the broker or the store. `until_due`: it goes on until all
    that falls due has."""

    fates: Mapping[Fate, float] = field(default_factory=lambda: FATES)
    replicas: Mapping[str, int] = field(default_factory=dict)
    round: tuple[str, ...] = ROUND
    struck: tuple[str, ...] = SERVICES
    until_due: bool = False

    @property
    def names(self) -> list[str]:
        """`grading`, and `grading-2` where there are replicas."""
        return [
            service if n == 1 else f"{service}-{n}"
            for service in SERVICES
            for n in range(1, self.replicas.get(service, 1) + 1)
        ]

    @property
    def struck_names(self) -> list[str]:
        return [name for name in self.names if name.split("-")[0] in self.struck]


def everything(replicas: int = 1) -> Weather:
    """Complaints of every kind, and everything is struck."""
    return Weather(replicas=dict.fromkeys(SERVICES, replicas))


TIMERS = Weather(
    fates={"falls_due": 1.0}, replicas={"sla": 2}, round=("services",), struck=("sla",), until_due=True
)
"""Every clock runs out while both replicas of sla are killed, again and again."""
