"""What sla keeps of a complaint, and what it does with news: derive, compare, announce, set the alarm.

The page holds what was heard (gradings and milestones), what was announced, and `wake_at`, the next
moment at which something falls due. A timer is nothing but that moment; it is written together with
what it belongs to.
"""

from datetime import datetime
from typing import Any

from services.sla.announce import Announcer
from services.sla.history import Graded, History, Step
from services.sla.reckoning import Engine
from shared.clock import Clock
from shared.contracts.complaints import ComplaintProgressed
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Case
from shared.deployment import Deployment, Unit
from shared.policy.conditions import FactValueError
from shared.store.inbox import UnreadableError, served
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry

SOURCE = "sla"


class Timekeeper:
    """Applies events and the passing of time to a page of sla."""

    def __init__(self, deployment: Deployment, clock: Clock, telemetry: Telemetry) -> None:
        self._deployment = deployment
        self._clock = clock
        self._telemetry = telemetry
        self._engines: dict[str, Engine] = {}

    def __call__(self, page: Page, envelope: Envelope) -> None:
        if envelope.type == ComplaintGraded.TYPE:
            self._hear_grading(page, envelope)
        elif envelope.type == ComplaintProgressed.TYPE:
            progressed = ComplaintProgressed.of(envelope)
            milestone = progressed.milestone
            page.body.setdefault("steps", {})[milestone.id] = {
                "name": milestone.name,
                "at": milestone.occurred_at,
            }
            page.body["case"] = progressed.case.model_dump()
        try:
            self.reckon(page, cause=envelope)
        except FactValueError as error:
            raise UnreadableError(f"wrong facts: {error}") from None

    def _hear_grading(self, page: Page, envelope: Envelope) -> None:
        graded = ComplaintGraded.of(envelope)
        page.body["case"] = graded.case.model_dump()
        page.body.setdefault("gradings", {})[envelope.sequence] = {
            "at": graded.effective_at,
            "grade": graded.grade,
            "facts": graded.facts,
            "received_at": graded.received_at,
            "occurred_at": graded.occurred_at,
        }

    def fire(self, page: Page) -> None:
        """The alarm of a page rang: whatever fell due is announced, and says how late it is."""
        wake_at: datetime = page.body["wake_at"]
        self._telemetry.firing_lag.observe(max((self._clock.now() - wake_at).total_seconds(), 0))
        self.reckon(page)
        page.changed = True

    def reckon(self, page: Page, cause: Envelope | None = None) -> None:
        """Derive clocks and rungs from what was heard, say what is new, set `wake_at`."""
        for mark in ("lease", "lease_until", "wake_at"):
            page.body.pop(mark, None)
        if not page.body.get("gradings"):
            return
        now = self._clock.now()
        unit = served(self._deployment, page.body["case"]["unit"])
        history = _history(page.body, unit)
        found = self._engine(unit).reckon(history, now)
        happened: list[tuple[EventData, datetime]] = []
        announcer = Announcer(history, unit.people, now, lambda data, at: happened.append((data, at)))
        announcer.clocks(found.runs, page.body.setdefault("clocks", {}))
        page.body["rungs"] = announcer.rungs(found.rungs, page.body.get("rungs", []))
        if cause is None:  # what fell due is said in the order in which it did, of all clocks together
            happened.sort(key=lambda said: said[1])
        for data, at in happened:
            page.say(data, source=SOURCE, time=at, now=now, cause=cause)
        if (wake_at := found.wake_at(now)) is not None:
            page.body["wake_at"] = wake_at

    def _engine(self, unit: Unit) -> Engine:
        if unit.id not in self._engines:
            self._engines[unit.id] = Engine(unit.pack, unit.calendar)
        return self._engines[unit.id]


def _history(body: dict[str, Any], unit: Unit) -> History:
    """A fact that the pack declares no longer, since a newer version dropped it, plays no part."""
    gradings = [
        Graded(
            at=g["at"],
            sequence=int(sequence),
            grade=g["grade"],
            facts=unit.pack.heard(g["facts"]) | {"grade": g["grade"]},
            received_at=g["received_at"],
            occurred_at=g["occurred_at"],
        )
        for sequence, g in body["gradings"].items()
    ]
    steps = [Step(id_, s["name"], s["at"]) for id_, s in body.get("steps", {}).items()]
    return History(
        case=Case.model_validate(body["case"]),
        gradings=tuple(sorted(gradings, key=lambda g: (g.at, g.sequence))),
        steps=tuple(sorted(steps, key=lambda s: (s.at, s.id))),
        closing=frozenset(name for name, m in unit.pack.pack.milestones.items() if m.closes),
    )
