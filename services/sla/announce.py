"""Compares what is true now with what was announced, and says the difference.

What was announced of a run is kept in the page: its due time, the warnings, the breach, the end. So a
late truth needs no code of its own: a breach that is derived no longer is withdrawn, a due time that
differs has changed, and nothing is ever said twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from services.sla.history import History
from services.sla.ladders import Reached
from services.sla.moves import REGRADED, Mark, mark, mark_told, moved_because
from services.sla.runs import Granted, Run
from shared.contracts.clocks import (
    ClockBreached,
    ClockDueChanged,
    ClockMet,
    ClockReading,
    ClockStarted,
    ClockWarned,
    ClockWithdrawn,
    ComplaintEscalated,
    ExtensionReading,
)
from shared.contracts.envelope import EventData
from shared.contracts.words import Words
from shared.people import People
from shared.worktime import Span

Say = Callable[[EventData, datetime], None]
Announced = dict[str, Any]

NO_LONGER = Words(zh="该时限不再适用", en="the clock applies no longer")
IN_TIME = Words(
    zh="经核实，事项已按时完成，超时撤销",
    en="it was done in time, as was learned later; the breach is withdrawn",
)
NOT_YET = Words(zh="时限已改，尚未到提醒点", en="the deadline moved; the warning point is not reached")


def reading(run: Run) -> ClockReading:
    """A run as others see it, with its explanation. Validated in one go, spans and all."""
    return ClockReading.model_validate(
        {
            "id": run.clock,
            "key": run.key,
            "title": run.spec.title,
            "clause": run.spec.clause,
            "state": run.state,
            "limit": str(run.terms),
            "started_at": run.started_at,
            "due": run.due,
            "provisional": run.deadline.provisional,
            "stopped_at": run.ended_at,
            "grade": run.grade,
            "given": run.terms.given is not None,
            "soft": run.spec.soft,
            "times": run.times,
            "done": run.done,
            "paused_since": run.paused_since,
            "extensions": [_extension(granted) for granted in run.extensions],
            "spans": [_span(span) for span in run.deadline.spans],
        }
    )


def _span(span: Span) -> dict[str, Any]:
    why = _words(span.why_zh, span.why_en)
    return {
        "start": span.start,
        "end": span.end,
        "counted": span.counted,
        "why": why,
        "paused": span.paused,
    }


@lru_cache(maxsize=1024)
def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


def _extension(granted: Granted) -> ExtensionReading:
    by, data = granted.move.by, granted.data
    return ExtensionReading(
        at=granted.move.at,
        to=by if isinstance(by, datetime) else None,
        by=None if isinstance(by, datetime) else str(by),
        reason=data["reason"],
        approved_by=data.get("approved_by"),
    )


def announced(run: ClockReading, said: Iterable[tuple[str, Mapping[str, Any]]], calendars: str) -> Announced:
    """What was announced of a run, put together again from its latest reading and what was said of it, in
    order: (event, its `point` or what was `withdrawn`, and which `points`)."""
    warned: list[str] = []
    breached = gone = False
    for event, what in said:
        withdrawn = what.get("withdrawn")
        gone = withdrawn == "clock"
        if event == "clock.warned":
            warned.append(what["point"])
        elif event == "clock.breached" or withdrawn == "breach":
            breached = event == "clock.breached"
        elif withdrawn == "warning":
            points = what.get("points") or list(warned)
            warned = [point for point in warned if point not in points]
    known: Announced = {
        "mark": mark_told(run, calendars),
        "warned": warned,
        "breached": breached,
        "ended": None,
    }
    if run.stopped_at is not None:
        known |= {"ended": f"{run.state} {run.stopped_at.isoformat()}", "end": run.state}
    elif gone:
        known["end"] = "withdrawn"
    return known | {"reading": run.model_dump(exclude={"spans"})}


class Announcer:
    """Says, for one complaint, what changed since the last time."""

    def __init__(self, history: History, people: People, calendars: str, now: datetime, say: Say) -> None:
        self._calendars = calendars
        self._case = history.case
        self._history = history
        self._people = people
        self._now = now
        self._say = say
        self._readings: dict[str, ClockReading] = {}

    def clocks(self, runs: list[Run], announced: dict[str, Announced]) -> None:
        """Announce every difference; `announced` is brought up to date."""
        known = {run.key for run in runs}
        for key in [key for key in announced if key not in known]:
            self._vanished(announced.pop(key))
        for run in runs:
            self._run(run, announced.setdefault(run.key, {}))

    def _vanished(self, old: Announced) -> None:
        if old.get("end") == "withdrawn":
            return
        clock = ClockReading.model_validate(old["reading"]).model_copy(update={"state": "withdrawn"})
        if old.get("breached"):
            self._withdraw(clock, "breach", NO_LONGER, self._now)
        self._withdraw(clock, "clock", NO_LONGER, self._now)

    def _run(self, run: Run, old: Announced) -> None:
        """Say what is new of a run; most of the time nothing is, and then nothing is worked out either."""
        before, new = dict(old), mark(run, self._calendars)
        self._start(run, old, new)
        self._warnings(run, old)
        self._breach(run, old)
        self._end(run, old)
        old["mark"] = new
        if old != before:
            old["reading"] = self._reading(run).model_dump(exclude={"spans"})

    def _reading(self, run: Run) -> ClockReading:
        """Worked out once, though several events may carry it."""
        if run.key not in self._readings:
            self._readings[run.key] = reading(run)
        return self._readings[run.key]

    def _start(self, run: Run, old: Announced, new: Mark) -> None:
        if not old or (run.ended_at is None and old.get("ended") is not None):
            old.pop("end", None)
            self._say(
                ClockStarted(case=self._case, clock=self._reading(run), at=run.started_at), run.started_at
            )
        elif why := moved_because(old["mark"], new):
            due = old["mark"]["due"]
            moved = ClockDueChanged(
                case=self._case, clock=self._reading(run), at=self._now, previous_due=due, reason=why
            )
            self._say(moved, self._now)

    def _warnings(self, run: Run, old: Announced) -> None:
        told: list[str] = old.get("warned", [])
        reached = run.warned(self._now)
        for point, at in reached.items():
            if point not in told:
                late = _seconds(at, self._now)
                said = ClockWarned(
                    case=self._case, clock=self._reading(run), at=at, point=point, late_by=late
                )
                self._say(said, at)
        gone = [point for point in told if point not in reached]
        if run.ended_at is None and gone:
            self._withdraw(self._reading(run), "warning", NOT_YET, self._now, gone)
        old["warned"] = list(reached)

    def _breach(self, run: Run, old: Announced) -> None:
        at = run.breached_at
        if at is not None and not old.get("breached"):
            late = _seconds(at, self._now)
            self._say(ClockBreached(case=self._case, clock=self._reading(run), at=at, late_by=late), at)
        elif at is None and old.get("breached"):
            reason = IN_TIME if run.state == "met" else REGRADED
            self._withdraw(self._reading(run), "breach", reason, self._now)
        old["breached"] = at is not None

    def _end(self, run: Run, old: Announced) -> None:
        ended = None if run.ended_at is None else f"{run.state} {run.ended_at.isoformat()}"
        if ended == old.get("ended") or run.ended_at is None:
            old["ended"] = ended
            return
        if run.state in ("met", "met_late"):
            self._say(ClockMet(case=self._case, clock=self._reading(run), at=run.ended_at), run.ended_at)
        elif old.get("end") != "withdrawn":
            self._withdraw(self._reading(run), "clock", NO_LONGER, run.ended_at)
        old |= {"ended": ended, "end": run.state}

    def _withdraw(
        self, clock: ClockReading, what: str, reason: Words, at: datetime, points: Sequence[str] = ()
    ) -> None:
        said = ClockWithdrawn.model_validate(
            {
                "case": self._case,
                "clock": clock,
                "at": at,
                "what": what,
                "reason": reason,
                "points": points,
            }
        )
        self._say(said, at)

    def rungs(self, rungs: list[Reached], announced: list[str]) -> list[str]:
        """Announce rungs newly reached, oldest first; the keys of all that are reached."""
        reached = [rung for rung in rungs if rung.at <= self._now]
        for rung in reached:
            if rung.key not in announced:
                self._say(self._escalated(rung), rung.at)
        return [rung.key for rung in reached]

    def _escalated(self, reached: Reached) -> ComplaintEscalated:
        run = reached.trigger.run
        role = self._people.standing_in(reached.rung.role, self._history.employee(reached.at))
        return ComplaintEscalated(
            case=self._case,
            ladder=reached.ladder,
            rung=reached.rung.id,
            role=role,
            instead_of=reached.rung.role if role != reached.rung.role else None,
            takes_over=reached.rung.takes_over,
            clause=reached.rung.clause or reached.spec.clause,
            title=reached.rung.title,
            about=reached.trigger.about,
            clock=self._reading(run) if run is not None else None,
            at=reached.at,
            late_by=_seconds(reached.at, self._now),
        )


def _seconds(at: datetime, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0)
