"""From what was heard to the clocks of a complaint: pure, the same for any order of arrival.

Every clock of the pack is played through the history in event time. A start that finds the clock not
running begins a run; a stop ends it; a grading in between can change the limit, which moves the due
time but never the start, or end the run where the clock applies no longer. A start under a grade to
which the clock does not apply is remembered: if a later grading makes it apply, the run counts from
that start, so that regrading neither creates nor loses time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.sla.history import Graded, History, Step
from shared.contracts.clocks import ClockState
from shared.policy.bound import BoundPack
from shared.policy.sections.clocks import ClockSpec
from shared.worktime import Calendar, Deadline, Limit, before, deadline, fraction


@dataclass
class Run:
    """One run of a clock. `warnings` are the points with the moment each falls on."""

    clock: str
    key: str
    spec: ClockSpec
    grade: str
    limit: Limit
    deadline: Deadline
    started_at: datetime
    warnings: dict[str, datetime] = field(default_factory=dict)
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    state: ClockState = "running"

    @property
    def due(self) -> datetime:
        return self.deadline.due

    def warned(self, now: datetime) -> dict[str, datetime]:
        """The warning points that were reached while the run went on."""
        end = min(now, self.ended_at or now, self.due)
        return {point: at for point, at in self.warnings.items() if at <= end}

    def next_moment(self, now: datetime) -> Iterator[datetime]:
        """Moments still ahead at which something falls due."""
        if self.state == "running":
            yield self.due
            yield from (at for at in self.warnings.values() if at > now)


Applies = Mapping[str, bool]


class Player:
    """Plays the clocks of one pack, in one unit's calendar."""

    def __init__(self, bound: BoundPack, calendar: Calendar) -> None:
        self._bound = bound
        self._calendar = calendar

    def runs(self, history: History, now: datetime) -> list[Run]:
        """Every run that began by `now`, each as it stands at `now`."""
        applies = {id(g): self._bound.clock_conditions.evaluate(g.facts) for g in history.gradings}
        runs: list[Run] = []
        for name, spec in self._bound.pack.clocks.items():
            runs += _Play(self, name, spec, history, applies, now).played()
        return runs

    def limit(self, spec: ClockSpec, graded: Graded) -> Limit | None:
        return self._bound.clock_limit(spec, graded.facts)

    def deadline(self, start: datetime, limit: Limit) -> Deadline:
        return deadline(start, limit, self._calendar)

    def warnings(self, spec: ClockSpec, start: datetime, due: datetime, limit: Limit) -> dict[str, datetime]:
        points = {}
        for point in spec.warn:
            if point.endswith("%"):
                at = fraction(start, due, int(point[:-1]) / 100, limit, self._calendar)
            else:
                at = before(due, Limit.parse(point.removesuffix(" before")), self._calendar)
            points[point] = max(at, start)
        return points


@dataclass
class _Play:
    """One clock going through one history."""

    player: Player
    name: str
    spec: ClockSpec
    history: History
    applies: Mapping[int, Applies]
    now: datetime
    runs: list[Run] = field(default_factory=list)
    waiting: Step | None = None

    def played(self) -> list[Run]:
        for moment in self._moments():
            self._pass_due(moment.at)
            if isinstance(moment, Graded):
                self._regraded(moment)
            else:
                self._stepped(moment)
        self._pass_due(self.now)
        return self.runs

    def _moments(self) -> list[Graded | Step]:
        """Gradings and steps up to now. At one moment a grading comes first, a stop before a start."""
        steps = [s for s in self.history.all_steps if s.at <= self.now]
        gradings = [g for g in self.history.gradings[1:] if g.at <= self.now]
        return sorted([*gradings, *steps], key=lambda m: (m.at, self._rank(m)))

    def _rank(self, moment: Graded | Step) -> int:
        if isinstance(moment, Graded):
            return 0
        return 1 if moment.name in self.spec.stop else 2

    @property
    def _open(self) -> Run | None:
        return self.runs[-1] if self.runs and self.runs[-1].ended_at is None else None

    def _limit_under(self, graded: Graded) -> Limit | None:
        """The limit that holds under a grading; None where the clock does not apply."""
        if self.spec.when is not None and not self.applies[id(graded)][self.name]:
            return None
        return self.player.limit(self.spec, graded)

    def _pass_due(self, moment: datetime) -> None:
        """A stop at the due moment itself is in time; a breach is past it."""
        run = self._open
        if run is not None and run.breached_at is None and run.due < moment:
            run.breached_at, run.state = run.due, "breached"

    def _stepped(self, step: Step) -> None:
        if step.name in self.spec.stop:
            self._stop(step)
        if step.name in self.history.closing:
            self._end("withdrawn", step.at)
        elif step.name in self.spec.start and self._open is None:
            self._start(step, self.history.in_force(step.at))

    def _start(self, step: Step, graded: Graded) -> None:
        limit = self._limit_under(graded)
        self.waiting = step if limit is None else None
        if limit is not None:
            self._begin(step, graded, limit)

    def _begin(self, step: Step, graded: Graded, limit: Limit) -> None:
        """Open a run; one that a grading ended, and another brings back, goes on as the same run."""
        line = self.player.deadline(step.at, limit)
        run = Run(self.name, f"{self.name}:{step.id}", self.spec, graded.grade, limit, line, step.at)
        run.warnings = self.player.warnings(self.spec, step.at, run.due, limit)
        if self.runs and self.runs[-1].key == run.key:
            ended = self.runs.pop()
            run.breached_at = ended.breached_at
            run.state = "running" if run.breached_at is None else "breached"
        self.runs.append(run)

    def _stop(self, step: Step) -> None:
        self.waiting = None
        self._end("met", step.at)

    def _end(self, state: ClockState, at: datetime) -> None:
        """End the open run. One that is breached stays so: `met_late` when met, else breached."""
        run = self._open
        if run is None:
            return
        run.ended_at = at
        if state == "met":
            run.state = "met" if run.breached_at is None else "met_late"
        elif run.breached_at is None:
            run.state = state

    def _regraded(self, graded: Graded) -> None:
        limit = self._limit_under(graded)
        run = self._open
        if run is None:
            if self.waiting is not None and limit is not None:
                self._begin(self.waiting, graded, limit)
                self.waiting = None
        elif limit is None:
            self._end("withdrawn", graded.at)
            self.waiting = next(s for s in self.history.all_steps if run.key == f"{self.name}:{s.id}")
        elif limit != run.limit and run.breached_at is None:
            self._move(run, graded, limit)

    def _move(self, run: Run, graded: Graded, limit: Limit) -> None:
        """The due time moves, the start stays. A due time already gone is breached when it was set."""
        run.limit, run.grade = limit, graded.grade
        run.deadline = self.player.deadline(run.started_at, limit)
        run.warnings = self.player.warnings(self.spec, run.started_at, run.due, limit)
        if run.due < graded.at:
            run.breached_at, run.state = graded.at, "breached"
