"""Clocks and ladders of one complaint, derived together: a rung may start a clock, whose breach may climb on.

Pure. The pack has been checked for circles, so each round settles one more clock on the way, and it ends.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sla.clocks import Player
from services.sla.history import History, Step
from services.sla.ladders import Climber, Reached
from services.sla.runs import Run
from shared.policy.bound import BoundPack
from shared.policy.calendars import Calendars

TICK = timedelta(milliseconds=1)
"""The finest time there is; a deadline is past one tick after it."""


@dataclass(frozen=True)
class Reckoned:
    """Every run that began by now, and every rung that was reached or lies ahead."""

    history: History
    runs: list[Run]
    rungs: list[Reached]

    def wake_at(self, now: datetime) -> datetime | None:
        """The next moment at which something falls due, or at which what was said by a clock ahead of ours
        has happened."""
        dues = {run.due for run in self.runs}
        ahead = [at + TICK if at in dues else at for run in self.runs for at in run.next_moment(now)]
        ahead += [rung.at for rung in self.rungs if rung.at > now]
        ahead += [step.at for step in self.history.all_steps if step.at > now]
        ahead += [graded.at for graded in self.history.gradings if graded.at > now]
        return min(ahead, default=None)


class Engine:
    """The clocks and ladders of one pack, in one unit's calendars."""

    def __init__(self, bound: BoundPack, calendars: Calendars) -> None:
        self.calendars = calendars
        self._player = Player(bound, calendars)
        self._climber = Climber(bound, calendars)
        self._rung_starts = {
            start for clock in bound.pack.clocks.values() for start in clock.start if "/" in start
        }

    def reckon(self, history: History, now: datetime) -> Reckoned:
        started: tuple[Step, ...] = ()
        known = history
        while True:
            runs = self._player.runs(known, now)
            rungs = self._climber.rungs(history, runs, now)
            reached = tuple(
                Step(r.key, r.name, r.at) for r in rungs if r.name in self._rung_starts and r.at <= now
            )
            if reached == started:
                return Reckoned(history, runs, rungs)
            started = reached
            steps = sorted((*history.steps, *started), key=lambda s: (s.at, s.id))
            known = replace(history, steps=tuple(steps))
