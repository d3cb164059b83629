"""From clocks and milestones to the rungs that were reached: pure, replayed in order, none skipped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.sla.clocks import Run
from services.sla.history import History
from shared.policy.bound import BoundPack
from shared.policy.sections.ladders import Ladder, Rung
from shared.worktime import Calendar, deadline


@dataclass(frozen=True)
class Trigger:
    """What set a ladder off, when, and when that was over (None: not yet)."""

    key: str
    about: str
    at: datetime
    over_at: datetime | None
    run: Run | None = None


@dataclass(frozen=True)
class Reached:
    """A rung, the moment it falls on, and what set its ladder off. Ahead of now it is not reached yet."""

    ladder: str
    spec: Ladder
    rung: Rung
    trigger: Trigger
    at: datetime

    @property
    def key(self) -> str:
        return f"{self.ladder}/{self.rung.id}/{self.trigger.key}"


class Climber:
    """Climbs the ladders of one pack, in one unit's calendar."""

    def __init__(self, bound: BoundPack, calendar: Calendar) -> None:
        self._bound = bound
        self._calendar = calendar

    def rungs(self, history: History, runs: list[Run], now: datetime) -> list[Reached]:
        """Rungs reached and rungs ahead, oldest first; a rung after the end of its cause is not there."""
        found: list[Reached] = []
        for name, ladder in self._bound.pack.ladders.items():
            for trigger in _triggers(ladder, history, runs, now):
                if self._climbs(name, ladder, history, trigger.at):
                    found += self._from(name, ladder, trigger, history)
        return sorted(found, key=lambda reached: reached.at)

    def _climbs(self, name: str, ladder: Ladder, history: History, at: datetime) -> bool:
        if ladder.when is None:
            return True
        holds: Mapping[str, bool] = self._bound.ladder_conditions.evaluate(history.in_force(at).facts)
        return holds[name]

    def _from(self, name: str, ladder: Ladder, trigger: Trigger, history: History) -> Iterator[Reached]:
        ends = [trigger.over_at, history.closed_at]
        ends += [s.at for s in history.steps if s.name in ladder.until and s.at >= trigger.at]
        over = min((end for end in ends if end is not None), default=None)
        for rung in ladder.rungs:
            at = trigger.at
            if rung.after is not None:
                at = deadline(trigger.at, self._bound.limit(rung.after), self._calendar).due
            if over is None or at < over or at == trigger.at:
                yield Reached(name, ladder, rung, trigger, at)


def _triggers(ladder: Ladder, history: History, runs: list[Run], now: datetime) -> Iterator[Trigger]:
    if ladder.on.milestone is not None:
        for step in history.steps:
            if step.name == ladder.on.milestone and step.at <= now:
                yield Trigger(step.id, f"milestone.{step.name}", step.at, None)
        return
    for run in runs:
        if run.clock != ladder.on.clock:
            continue
        if ladder.on.state == "breached" and run.breached_at is not None:
            yield Trigger(run.key, "clock.breached", run.breached_at, run.ended_at, run)
        elif ladder.on.state == "warned":
            for point, at in run.warned(now).items():
                yield Trigger(f"{run.key}@{point}", "clock.warned", at, run.ended_at, run)
