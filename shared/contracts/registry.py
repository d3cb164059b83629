"""Every event there is: its model, who gives it out, who reads it. Routing and documents come from here."""

from dataclasses import dataclass

from shared.contracts.clocks import (
    ClockBreached,
    ClockDueChanged,
    ClockMet,
    ClockStarted,
    ClockWarned,
    ClockWithdrawn,
    ComplaintEscalated,
)
from shared.contracts.complaints import (
    ComplaintAmended,
    ComplaintProgressed,
    ComplaintReceived,
    ComplaintRejected,
)
from shared.contracts.customers import CustomerMeasured, CustomerTiered
from shared.contracts.envelope import EventData, routing_key
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.notices import NotificationFailed, NotificationSent
from shared.contracts.submission import ComplaintSubmitted

SERVICES = ("intake", "grading", "sla", "notify", "reporting")


@dataclass(frozen=True, slots=True)
class Contract:
    """One event type: the model of its data, its owner, and the services that read it."""

    model: type[EventData]
    owner: str
    readers: tuple[str, ...]

    @property
    def type(self) -> str:
        return self.model.TYPE

    @property
    def key(self) -> str:
        return routing_key(self.type)


_HEARD_BY_GRADING = ("intake", "grading", "notify", "reporting")
_DESK = ("intake", "notify", "reporting")

CONTRACTS: tuple[Contract, ...] = (
    Contract(ComplaintSubmitted, "call-centre software", ("intake",)),
    Contract(ComplaintReceived, "intake", ("grading", "notify", "reporting")),
    Contract(ComplaintAmended, "intake", ("grading", "notify", "reporting")),
    Contract(ComplaintProgressed, "intake", ("grading", "sla", "notify", "reporting")),
    Contract(ComplaintRejected, "intake", ("reporting",)),
    Contract(ComplaintGraded, "grading", ("intake", "sla", "notify", "reporting")),
    Contract(CustomerMeasured, "intake", ("grading",)),
    Contract(CustomerTiered, "grading", ("intake",)),
    Contract(ClockStarted, "sla", _DESK),
    Contract(ClockDueChanged, "sla", _DESK),
    Contract(ClockWarned, "sla", _HEARD_BY_GRADING),
    Contract(ClockBreached, "sla", _HEARD_BY_GRADING),
    Contract(ClockMet, "sla", _DESK),
    Contract(ClockWithdrawn, "sla", _HEARD_BY_GRADING),
    Contract(ComplaintEscalated, "sla", _DESK),
    Contract(NotificationSent, "notify", ("intake", "reporting")),
    Contract(NotificationFailed, "notify", ("intake", "reporting")),
)

BY_TYPE = {contract.type: contract for contract in CONTRACTS}


def keys_read_by(service: str) -> tuple[str, ...]:
    """The routing keys that a service's queue is bound to; submissions come by their own exchange."""
    return tuple(c.key for c in CONTRACTS if service in c.readers and c.model is not ComplaintSubmitted)
