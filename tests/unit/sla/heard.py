"""Events as sla hears them, and a page that hears them."""

from datetime import datetime
from typing import Any

from services.sla.heard import Timekeeper
from shared.clock import VirtualClock
from shared.contracts.complaints import ComplaintProgressed, Milestone
from shared.contracts.envelope import Envelope, event
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Case
from shared.deployment import Deployment
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry
from tests.parts.packs import deployment

CASE = Case(id="c1", number="1", unit="u1", pack="small", pack_version="1.0.0")


def at(text: str) -> datetime:
    """Shanghai wall time: `02-11 09:00` of 2026."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}:00+08:00")


def graded(
    n: int,
    grade: str,
    when: datetime,
    received: datetime | None = None,
    occurred: datetime | None = None,
    **facts: object,
) -> Envelope:
    data = ComplaintGraded(
        case=CASE,
        kind="complaint",
        channel="phone",
        grade=grade,
        facts={"channel": "phone", **facts},
        occurred_at=occurred or received or when,
        received_at=received or when,
        effective_at=when,
    )
    return event(data, source="grading", subject="c1", sequence=n, time=when)


def step(n: int, name: str, when: datetime, **data: object) -> Envelope:
    milestone = Milestone(id=f"m{n}", name=name, occurred_at=when, recorded_at=when, data=data)
    return event(
        ComplaintProgressed(case=CASE, milestone=milestone),
        source="intake",
        subject="c1",
        sequence=n,
        time=when,
    )


class Sla:
    """One page of sla on a virtual clock."""

    def __init__(self, start: datetime, served: Deployment | None = None) -> None:
        self.clock = VirtualClock(start)
        self.keeper = Timekeeper(served or deployment(), self.clock, Telemetry("sla"))
        self.page = Page("c1")
        self.said: list[Envelope] = []

    def hear(self, *events: Envelope) -> "Sla":
        for envelope in events:
            if not self.page.has_seen(envelope):
                self.keeper(self.page, envelope)
                self.page.mark_seen(envelope)
            self._collect()
        return self

    def move_to(self, moment: datetime) -> "Sla":
        """Let time pass; alarms ring at their own moment."""
        while (wake := self.page.body.get("wake_at")) and wake <= moment:
            self.clock.move_to(max(wake, self.clock.now()))
            self.keeper.fire([self.page])
            self._collect()
        self.clock.move_to(moment)
        return self

    def _collect(self) -> None:
        self.said += [Envelope.model_validate_json(e["body"]) for e in self.page.outbox]
        self.page.outbox.clear()

    def spoken(self) -> list[str]:
        return [envelope.key for envelope in self.said]

    def clocks(self) -> dict[str, Any]:
        """The latest reading of each run."""
        return {e.data["clock"]["key"]: e.data["clock"] for e in self.said if e.key.startswith("clock.")}

    def rungs(self) -> list[tuple[str, str, datetime]]:
        """(rung, role, moment) of every escalation, in the order in which they were said."""
        return [
            (f"{e.data['ladder']}/{e.data['rung']}", e.data["role"], e.time)
            for e in self.said
            if e.key == "complaint.escalated"
        ]

    def moves(self, clock: str) -> list[str]:
        """Why a clock's deadline moved, each time."""
        said = (e.data for e in self.said if e.key == "clock.due_changed")
        return [data["reason"]["en"] for data in said if data["clock"]["id"] == clock]

    def due(self, key: str) -> datetime:
        return datetime.fromisoformat(self.clocks()[key]["due"])
