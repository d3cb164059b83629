"""A page is brought up to date in steps: derive, compare, tell, set the alarm.

Pages that are brought up together take each step together: what has just been run runs faster again
(measured: a fifth less time than page by page).
"""

from datetime import datetime, timedelta
from typing import Any

from services.sla.announce import Announcer
from services.sla.history import Graded, History, Step
from services.sla.reckoning import Engine, Reckoned
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.words import Case
from shared.deployment import Unit
from shared.store.page import Page

SOURCE = "sla"
CHECK_OPEN, CHECK_REST = timedelta(minutes=10), timedelta(days=30)
"""When the reconciler looks at a page again: one that waits for something, and one at rest."""
Happened = tuple[EventData, datetime]
Body = dict[str, Any]


class Turn:
    """What becomes of one page at `now`, for `cause` or because time has passed.

    `happened` is what is true and was not said yet; `wake_at` the next moment at which something falls due.
    """

    def __init__(self, page: Page, unit: Unit, engine: Engine, now: datetime, cause: Envelope | None) -> None:
        self.page = page
        self._unit, self._engine, self._now, self._cause = unit, engine, now, cause
        self._found: Reckoned | None = None
        self.happened: list[Happened] = []
        self.wake_at: datetime | None = None

    def derive(self) -> None:
        """Clocks and rungs, from what was heard; none without a grading."""
        if self.page.body.get("gradings"):
            self._found = reckoned(self.page.body, self._unit, self._engine, self._now)
            self.wake_at = self._found.wake_at(self._now)

    def compare(self) -> None:
        """With what was announced, which is brought up to date."""
        if self._found is None:
            return
        body, calendars = self.page.body, self._unit.calendars.fingerprint
        announcer = Announcer(self._found.history, self._unit.people, calendars, self._now, self._say)
        announcer.clocks(self._found.runs, body.setdefault("clocks", {}))
        body["rungs"] = announcer.rungs(self._found.rungs, body.get("rungs", []))

    def _say(self, data: EventData, at: datetime) -> None:
        self.happened.append((data, at))

    def tell(self) -> None:
        """Say what happened. What fell due is said in the order in which it did, of all clocks together."""
        if self._cause is None:
            self.happened.sort(key=lambda said: said[1])
        for data, at in self.happened:
            self.page.say(data, source=SOURCE, time=at, now=self._now, cause=self._cause)

    def set_alarm(self) -> None:
        """`calendars`: a fingerprint of those by which clocks that are open were reckoned."""
        body = self.page.body
        for mark in ("wake_at", "calendars"):
            body.pop(mark, None)
        body["check_at"] = self._now + (CHECK_OPEN if self.wake_at else CHECK_REST)
        if self.wake_at is not None:
            body["wake_at"] = self.wake_at
        if any(not clock["mark"]["ended"] for clock in body.get("clocks", {}).values()):
            body["calendars"] = self._unit.calendars.fingerprint


STEPS = (Turn.derive, Turn.compare, Turn.tell, Turn.set_alarm)


def reckoned(body: Body, unit: Unit, engine: Engine, now: datetime) -> Reckoned:
    """Clocks and rungs, from what was heard alone. The page must have a grading."""
    return engine.reckon(_history(body, unit), now)


def _history(body: Body, unit: Unit) -> History:
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
