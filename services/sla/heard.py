"""What sla keeps of a complaint, and what it does with news and with the passing of time.

The page holds what was heard (gradings and milestones), what was announced, and `wake_at`, the next
moment at which something falls due. A timer is nothing but that moment; it is written together with
what it belongs to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from services.sla.reckoning import Engine, Reckoned
from services.sla.turns import STEPS, Turn, reckoned
from shared.clock import Clock
from shared.contracts.clocks import ClockBreached, ClockWarned, ComplaintEscalated
from shared.contracts.complaints import ComplaintProgressed
from shared.contracts.envelope import Envelope
from shared.contracts.gradings import ComplaintGraded
from shared.deployment import Deployment, Unit
from shared.policy.bound import Edition
from shared.policy.conditions import FactValueError
from shared.store.inbox import UnreadableError, governing
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry

log = structlog.get_logger()
FELL_DUE = (ClockWarned, ClockBreached, ComplaintEscalated)


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

    def fire(self, pages: Sequence[Page]) -> list[Page]:
        """The alarms of these pages rang: what fell due is announced, and says how late it is. Gives those
        that could be fired; one that could not be holds up no other."""
        going = [turn for page in pages if (turn := self._woken(page)) is not None]
        for step in STEPS:
            going = [turn for turn in going if _could(step, turn)]
        for turn in going:
            turn.page.changed = True
        return [turn.page for turn in going]

    def _woken(self, page: Page) -> Turn | None:
        try:
            late = self._clock.now() - page.body["wake_at"]
            self._telemetry.firing_lag.observe(max(late.total_seconds(), 0))
            return self._turn(page)
        except Exception:
            log.exception("timer_failed", complaint=page.id)
            return None

    def reckon(self, page: Page, cause: Envelope | None = None) -> None:
        """Derive clocks and rungs from what was heard, say what is new, set `wake_at`."""
        turn = self._turn(page, cause)
        for step in STEPS:
            step(turn)

    def _turn(self, page: Page, cause: Envelope | None = None) -> Turn:
        unit = self._unit(page.body)
        return Turn(page, unit, self._engine(unit), self._clock.now(), cause)

    def by_these_calendars(self, page: Page) -> bool:
        """Whether the page was reckoned by the calendars that hold here; a page without clocks always is."""
        kept = page.body.get("calendars")
        return kept is None or kept == self.calendars(page.body)

    def owed(self, page: Page) -> Owed:
        """What the page should be waiting for, derived anew; the page is left as it is."""
        announced = {key: dict(clock) for key, clock in page.body.get("clocks", {}).items()}
        turn = self._turn(replace(page, body={**page.body, "clocks": announced}))
        turn.derive()
        turn.compare()
        missed = [at for data, at in turn.happened if isinstance(data, FELL_DUE)]
        moments = [at for at in (*missed, turn.wake_at) if at is not None]
        return Owed(min(moments, default=None), stale=bool(turn.happened))

    def calendars(self, body: dict[str, Any]) -> str:
        """The fingerprint of the calendars that hold for this complaint."""
        return self._unit(body).calendars.fingerprint

    def reckoned(self, body: dict[str, Any], now: datetime) -> Reckoned:
        """Clocks and rungs, from what was heard alone. The page must have a grading."""
        unit = self._unit(body)
        return reckoned(body, unit, self._engine(unit), now)

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


def _could(step: Callable[[Turn], None], turn: Turn) -> bool:
    """Take the step; whether it went well."""
    try:
        step(turn)
    except Exception:
        log.exception("timer_failed", complaint=turn.page.id)
        return False
    return True
