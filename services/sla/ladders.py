"""From clocks and milestones to the rungs that were reached: pure, replayed in order, none skipped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.sla.history import Graded, History, Step
from services.sla.runs import Run
from shared.policy.bound import BoundPack, rung_condition
from shared.policy.calendars import Calendars
from shared.policy.sections.ladders import Ladder, Rung
from shared.worktime import deadline


@dataclass(frozen=True)
class Trigger:
    """What set a ladder off, when, and when that was over (None: not yet)."""

    key: str
    about: str
    at: datetime
    over_at: datetime | None
    run: Run | None = None

    @property
    def milestone(self) -> str:
        """The milestone's name, where one set it off."""
        return self.about.removeprefix("milestone.")


@dataclass(frozen=True)
class Reached:
    """A rung, the moment it falls on, and what set its ladder off. Ahead of now it is not reached yet."""

    ladder: str
    spec: Ladder
    rung: Rung
    trigger: Trigger
    at: datetime

    @property
    def name(self) -> str:
        """`LADDER/RUNG`, as a clock that starts here calls it."""
        return f"{self.ladder}/{self.rung.id}"

    @property
    def key(self) -> str:
        return f"{self.name}/{self.trigger.key}"


class Climber:
    """Climbs the ladders of one pack, in one unit's calendars."""

    def __init__(self, bound: BoundPack, calendars: Calendars) -> None:
        self._bound = bound
        self._calendars = calendars

    def rungs(self, history: History, runs: list[Run], now: datetime) -> list[Reached]:
        """Rungs reached and rungs ahead, oldest first; a rung after the end of its cause is not there."""
        found: list[Reached] = []
        for name, ladder in self._bound.pack.ladders.items():
            triggers = [
                t for t in _triggers(ladder, history, runs, now) if self._climbs(name, ladder, history, t.at)
            ]
            if not triggers:
                continue
            for trigger, rungs in _taken(ladder, sorted(triggers, key=lambda t: (t.at, t.key)), history):
                found += self._from(name, ladder, rungs, trigger, history)
        return sorted(found, key=lambda reached: reached.at)

    def _climbs(self, name: str, ladder: Ladder, history: History, at: datetime) -> bool:
        return ladder.when is None or self._holds(name, history.in_force(at))

    def _holds(self, condition: str, graded: Graded) -> bool:
        return self._bound.ladder_conditions.evaluate(graded.facts)[condition]

    def _from(
        self, name: str, ladder: Ladder, rungs: Sequence[Rung], trigger: Trigger, history: History
    ) -> Iterator[Reached]:
        ends = [trigger.over_at, self._closed_at(trigger, history), _since(trigger.at, ladder.until, history)]
        over = min((end for end in ends if end is not None), default=None)
        for rung in rungs:
            at = trigger.at
            if rung.after is not None:
                calendar = self._calendars.of(None, history.in_force(trigger.at).facts.get("branch"))
                at = deadline(trigger.at, self._bound.limit(rung.after), calendar).due.astimezone(UTC)
            if over is not None and at >= over and at != trigger.at:
                continue
            if self._called_for(name, rung, trigger.at, at, history):
                yield Reached(name, ladder, rung, trigger, at)

    def _closed_at(self, trigger: Trigger, history: History) -> datetime | None:
        """When closing the complaint ended the climb; it does not where what set it off outlives that."""
        pack, closed_at = self._bound.pack, history.closed_at
        if trigger.run is not None:
            return None if trigger.run.clock in pack.outliving else closed_at
        afterwards = closed_at is not None and closed_at < trigger.at
        return None if afterwards and trigger.milestone in pack.after_closing else closed_at

    def _called_for(self, ladder: str, rung: Rung, since: datetime, at: datetime, history: History) -> bool:
        """Nothing was recorded that makes the rung needless, and its condition holds at its moment."""
        spared = _since(since, rung.unless, history)
        if spared is not None and spared <= at:
            return False
        return rung.when is None or self._holds(rung_condition(ladder, rung), history.in_force(at))


def _taken(
    ladder: Ladder, triggers: Sequence[Trigger], history: History
) -> Iterator[tuple[Trigger, Sequence[Rung]]]:
    """Which rungs each trigger climbs: all from the grade's own, or step by step the next one only. The top
    one is taken again where there is none above it."""
    ids = [rung.id for rung in ladder.rungs]
    last = -1
    for trigger in triggers:
        entry = ladder.enter.get(history.in_force(trigger.at).grade)
        first = ids.index(entry) if entry is not None else 0
        if not ladder.step_by_step:
            yield trigger, ladder.rungs[first:]
        else:
            last = min(max(last + 1, first), len(ids) - 1)
            yield trigger, ladder.rungs[last : last + 1]


def _since(moment: datetime, names: Sequence[str], history: History) -> datetime | None:
    """When the first milestone of these names was reached from `moment` on."""
    return min((s.at for s in history.steps if s.name in names and s.at >= moment), default=None)


def _causes(names: Sequence[str], history: History) -> list[Step]:
    """The milestones of these names. A grading that one of them brought about is no second cause."""
    named = [step for step in history.all_steps if step.name in names]
    others = {step.at for step in named if step.name != "graded"}
    return [step for step in named if step.name != "graded" or step.at not in others]


def _triggers(ladder: Ladder, history: History, runs: list[Run], now: datetime) -> Iterator[Trigger]:
    if ladder.on.milestone:
        for step in _causes(ladder.on.milestone, history):
            if step.at <= now:
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
