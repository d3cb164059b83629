"""Listens to the bus as anybody may, and answers what has been said of a complaint."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.scenario.story import Told
from shared.bus.port import Delivery, Done, Verdict
from shared.contracts.envelope import Envelope
from shared.in_charge import handing, in_charge
from shared.store.inbox import read


@dataclass
class Witness:
    """Every event of a run, in the order it was heard."""

    events: list[Envelope] = field(default_factory=list)

    async def handle(self, batch: Sequence[Delivery]) -> list[Verdict]:
        self.events += [read(delivery) for delivery in batch]
        return [Done() for _ in batch]

    def of(self, complaint: str, prefix: str) -> Iterator[Envelope]:
        return (e for e in self.events if e.subject == complaint and e.key.startswith(prefix))

    def grading(self, complaint: str) -> dict[str, Any] | None:
        """The latest `complaint.graded`."""
        last = max(self.of(complaint, "complaint.graded"), key=lambda e: e.sequence, default=None)
        return last.data if last else None

    def clocks(self, complaint: str) -> dict[str, dict[str, Any]]:
        """The latest reading of every run, by key; a withdrawn breach is not a withdrawn clock."""
        heard = sorted(self.of(complaint, "clock."), key=lambda e: e.sequence)
        return {e.data["clock"]["key"]: e.data["clock"] for e in heard}

    def escalations(self, complaint: str) -> list[str]:
        return [e.data["role"] for e in self.of(complaint, "complaint.escalated")]

    def in_charge(self, complaint: str) -> str | None:
        """The role that has the complaint in hand."""
        said = sorted(self.of(complaint, "c"), key=lambda e: (e.time, e.source, e.number))
        return in_charge(handing(e.key, e.data) for e in said)

    def told(self, complaint: str, wanted: Told) -> bool:
        return any(_fits(e.data["message"], wanted) for e in self.of(complaint, "notification.sent"))

    def told_about(self, complaint: str) -> list[str]:
        """Who was told what, for people to read."""
        sent = (e.data["message"] for e in self.of(complaint, "notification.sent"))
        return [f"{m['role']} by {m['channel']} about {m['about']}" for m in sent]


def _fits(message: dict[str, Any], wanted: Told) -> bool:
    return (
        message["role"] == wanted.role
        and wanted.channel in (None, message["channel"])
        and wanted.about in (None, message["about"])
    )
