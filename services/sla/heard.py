"""What sla keeps of a complaint, and what it does with news: derive, compare, announce, set the alarm.

The page holds what was heard (gradings and milestones), what was announced, and `wake_at`, the next
moment at which something falls due. A timer is nothing but that moment; it is written together with
what it belongs to.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.sla.announce import Announcer
from services.sla.history import Graded, History, Step
from services.sla.reckoning import Engine, Reckoned
from shared.clock import Clock
from shared.contracts.clocks import ClockBreached, ClockWarned, ComplaintEscalated
from shared.contracts.complaints import ComplaintProgressed
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Case
from shared.deployment import Deployment, Unit
from shared.policy.bound import Edition
from shared.policy.conditions import FactValueError
from shared.store.inbox import UnreadableError, governing
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry

SOURCE = "sla"
CHECK_OPEN, CHECK_REST = timedelta(minutes=10), timedelta(days=30)
"""When the reconciler looks at a page again: one that waits for something, and one at rest."""
FELL_DUE = (ClockWarned, ClockBreached, ComplaintEscalated)
Happened = tuple[EventData, datetime]


@dataclass(frozen=True, slots=True)
class Owed:
    """What a page should be waiting for: the oldest moment that fell due and was not said, else the next one
    ahead, else None. `stale`: something is true that was not said, for whatever reason."""

    at: datetime | None
    stale: bool


class Timekeeper:
    """Applies events and the passing of time to a page of sla."""

    def __init__(self, deployment: Deployment, clock: Clock, telemetry: Telemetry) -> None:
        self._deployment = deployment
        self._clock = clock
        self._telemetry = telemetry
        self._engines: dict[tuple[str, Edition], Engine] = {}

    def __call__(self, page: Page, envelope: Envelope) -> None:
        self.remember(page, envelope)
        try:
            self.reckon(page, cause=envelope)
        except FactValueError as error:
            raise UnreadableError(f"wrong facts: {error}") from None

    def remember(self, page: Page, envelope: Envelope) -> None:
        """Keep what an event tells; nothing follows from it before `reckon`."""
        if envelope.type == ComplaintGraded.TYPE:
            self._hear_grading(page, envelope)
        elif envelope.type == ComplaintProgressed.TYPE:
            self._hear_milestone(page, ComplaintProgressed.of(envelope))

    def _hear_milestone(self, page: Page, progressed: ComplaintProgressed) -> None:
        """Of the data no more is kept than clocks look at."""
        milestone = progressed.milestone
        unit = governing(self._deployment, *progressed.case.rules)
        looked_at = unit.pack.clock_data.get(milestone.name, ())
        step: dict[str, Any] = {"name": milestone.name, "at": milestone.occurred_at}
        if data := {name: milestone.data[name] for name in looked_at if name in milestone.data}:
            step["data"] = data
        page.body.setdefault("steps", {})[milestone.id] = step
        page.body["case"] = progressed.case.model_dump()

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
        for mark in ("wake_at", "calendars"):
            page.body.pop(mark, None)
        now = self._clock.now()
        happened, wake_at = self._news(page.body, now)
        if cause is None:  # what fell due is said in the order in which it did, of all clocks together
            happened.sort(key=lambda said: said[1])
        for data, at in happened:
            page.say(data, source=SOURCE, time=at, now=now, cause=cause)
        page.body["check_at"] = now + (CHECK_OPEN if wake_at else CHECK_REST)
        if wake_at is not None:
            page.body["wake_at"] = wake_at
        if any(not clock["mark"]["ended"] for clock in page.body.get("clocks", {}).values()):
            page.body["calendars"] = self.calendars(page.body)

    def by_these_calendars(self, page: Page) -> bool:
        """Whether the page was reckoned by the calendars that hold here; a page without clocks always is."""
        kept = page.body.get("calendars")
        return kept is None or kept == self.calendars(page.body)

    def owed(self, page: Page) -> Owed:
        """What the page should be waiting for, derived anew; the page is left as it is."""
        body = dict(page.body)
        body["clocks"] = {key: dict(announced) for key, announced in body.get("clocks", {}).items()}
        happened, ahead = self._news(body, self._clock.now())
        missed = [at for data, at in happened if isinstance(data, FELL_DUE)]
        moments = [at for at in (*missed, ahead) if at is not None]
        return Owed(min(moments, default=None), stale=bool(happened))

    def _news(self, body: dict[str, Any], now: datetime) -> tuple[list[Happened], datetime | None]:
        """What is true and was not said yet, and the next moment at which something falls due."""
        happened: list[Happened] = []
        if not body.get("gradings"):
            return happened, None
        unit = self._unit(body)
        found = self.reckoned(body, now)

        def say(data: EventData, at: datetime) -> None:
            happened.append((data, at))

        announcer = Announcer(found.history, unit.people, unit.calendars.fingerprint, now, say)
        announcer.clocks(found.runs, body.setdefault("clocks", {}))
        body["rungs"] = announcer.rungs(found.rungs, body.get("rungs", []))
        return happened, found.wake_at(now)

    def calendars(self, body: dict[str, Any]) -> str:
        """The fingerprint of the calendars that hold for this complaint."""
        return self._unit(body).calendars.fingerprint

    def reckoned(self, body: dict[str, Any], now: datetime) -> Reckoned:
        """Clocks and rungs, from what was heard alone. The page must have a grading."""
        unit = self._unit(body)
        return self._engine(unit).reckon(_history(body, unit), now)

    def _unit(self, body: dict[str, Any]) -> Unit:
        """The unit as it works for this complaint."""
        case = body["case"]
        return governing(self._deployment, case["unit"], case["pack"], case["pack_version"])

    def _engine(self, unit: Unit) -> Engine:
        """By the calendars that hold now."""
        engine = self._engines.get((unit.id, unit.edition))
        if engine is None or engine.calendars is not unit.calendars:
            engine = self._engines[unit.id, unit.edition] = Engine(unit.pack, unit.calendars)
        return engine


def _history(body: dict[str, Any], unit: Unit) -> History:
    """A fact that the pack declares no longer, since it was edited, plays no part."""
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
    steps = [Step(id_, s["name"], s["at"], s.get("data", {})) for id_, s in body.get("steps", {}).items()]
    return History(
        case=Case.model_validate(body["case"]),
        gradings=tuple(sorted(gradings, key=lambda g: (g.at, g.sequence))),
        steps=tuple(sorted(steps, key=lambda s: (s.at, s.id))),
        closing=unit.pack.pack.closing,
    )
