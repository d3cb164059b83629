"""From what was heard to the clocks of a complaint: pure, the same for any order of arrival.

Every clock of the pack is played through the history in event time. A start that finds the clock not
running begins a run; a stop ends it; a grading in between can change the limit, which moves the due
time but never the start, or end the run where the clock applies no longer. A start under a grade to
which the clock does not apply is remembered: if a later grading makes it apply, the run counts from
that start, so that regrading neither creates nor loses time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

from services.sla.extensions import granted
from services.sla.history import Graded, History, Step
from services.sla.runs import Run
from services.sla.standstills import Pauses
from shared.contracts.clocks import ClockState
from shared.policy.bound import BoundPack
from shared.policy.calendars import Calendars
from shared.policy.milestones import EXTENDED
from shared.policy.sections.clocks import ClockSpec
from shared.policy.terms import Given, Terms, read_given, terms, warnings
from shared.worktime import Calendar, Deadline, Reason, Standstill, held_to, moved

BETWEEN = Reason("两次之间不计", "between two runs")


@dataclass(frozen=True)
class OuterMoved:
    """The clock inside of which another runs fell due at another time from then on."""

    at: datetime


Moment = Graded | Step | OuterMoved


class Player:
    """Plays the clocks of one pack, in one unit's calendars."""

    def __init__(self, bound: BoundPack, calendars: Calendars) -> None:
        self.bound = bound
        self._calendars = calendars
        self._order = tuple(_outer_first(bound.pack.clocks))
        self.moving = {name: _moving(spec) for name, spec in bound.pack.clocks.items()}
        """By clock, the milestones that may move a running deadline."""
        self.concerning = {
            name: self.moving[name] | bound.pack.closing | {*spec.start, *spec.stop, *spec.until}
            for name, spec in bound.pack.clocks.items()
        }
        """By clock, the milestones that do anything to it."""

    def runs(self, history: History, now: datetime) -> list[Run]:
        """Every run that began by `now`, each as it stands at `now`."""
        known = _Known(history, now, self.bound)
        runs: dict[str, list[Run]] = {}
        for name in self._order:
            spec = self.bound.pack.clocks[name]
            outer = runs.get(spec.inside, []) if spec.inside else []
            if not known.names.isdisjoint(spec.start):
                runs[name] = _Play(self, name, spec, known, outer).played()
        return [run for name in self.bound.pack.clocks for run in runs.get(name, ())]

    def calendar(self, spec: ClockSpec, graded: Graded) -> Calendar:
        return self._calendars.of(spec.calendar, graded.facts.get("branch"))


def _outer_first(clocks: Mapping[str, ClockSpec]) -> Iterator[str]:
    placed: set[str] = set()
    while len(placed) < len(clocks):
        for name, spec in clocks.items():
            if name not in placed and (spec.inside is None or spec.inside in placed):
                placed.add(name)
                yield name


def _moving(spec: ClockSpec) -> frozenset[str]:
    names = {name for pause in spec.pauses for name in (*pause.on, *pause.off)}
    names |= {spec.promise[0]} if spec.promise else set()
    return frozenset(names | {EXTENDED} if spec.extension else names)


@dataclass
class _Known:
    """What has happened by `now`, the same for every clock. At one moment a grading comes before the steps,
    which keep their order."""

    history: History
    now: datetime
    bound: BoundPack

    def __post_init__(self) -> None:
        self.steps = tuple([step for step in self.history.all_steps if step.at <= self.now])
        self.names = frozenset([step.name for step in self.steps])
        regraded = [graded for graded in self.history.gradings[1:] if graded.at <= self.now]
        self.moments: Sequence[Graded | Step] = self.steps
        if regraded:
            self.moments = sorted((*regraded, *self.steps), key=_order)
        self._applies: dict[int, Mapping[str, bool]] = {}

    def applies(self, clock: str, graded: Graded) -> bool:
        """Whether the condition of a clock holds under a grading; worked out when first asked for."""
        if id(graded) not in self._applies:
            self._applies[id(graded)] = self.bound.clock_conditions.evaluate(graded.facts)
        return self._applies[id(graded)][clock]


def _order(moment: Moment) -> tuple[datetime, bool]:
    return moment.at, isinstance(moment, Step)


@dataclass
class _Play:
    """One clock going through one history. `live` are the runs that have not ended: the last one and those it
    follows that were missed; `waiting` is a start that counts should the clock come to apply;
    `promises` what milestones promised since the last stop, by `milestone.field`; `over`: the complaint is
    closed, and nothing happens to the clock any more."""

    player: Player
    name: str
    spec: ClockSpec
    known: _Known
    outer: Sequence[Run]
    runs: list[Run] = field(default_factory=list)
    live: list[Run] = field(default_factory=list)
    waiting: Step | None = None
    over: bool = False
    promises: dict[str, Given] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.history, self.now = self.known.history, self.known.now
        self.pauses = Pauses.of(self.spec, self.known.steps, self.player.bound.pack.every_milestone)

    def played(self) -> list[Run]:
        for moment in self._moments():
            if self.over:
                break
            self._pass_due(moment.at)
            if isinstance(moment, Graded):
                self._considered(moment, moment.at)
            elif isinstance(moment, Step):
                self._stepped(moment)
            elif (run := self._open) is not None:
                self._line(run, moment.at)
        self._pass_due(self.now)
        return self.runs

    def _moments(self) -> Sequence[Moment]:
        """What happened up to now, and how the outer clock moved meanwhile."""
        moved = [at for run in self.outer for at, _ in run.dues]
        moved += [run.ended_at for run in self.outer if run.ended_at is not None]
        between = [OuterMoved(at) for at in moved if at <= self.now]
        names = self.player.concerning[self.name]
        own = [one for one in self.known.moments if not isinstance(one, Step) or one.name in names]
        return sorted((*own, *between), key=_order) if between else own

    @property
    def _open(self) -> Run | None:
        return self.live[-1] if self.live else None

    def _terms_under(self, graded: Graded) -> Terms | None:
        """What holds under a grading; None where the clock does not apply."""
        if self.spec.when is not None and not self.known.applies(self.name, graded):
            return None
        return terms(self.player.bound, self.spec, graded.facts, self.promises)

    def _pass_due(self, moment: datetime) -> None:
        """A stop at the due moment itself is in time; a breach is past it."""
        run = self._open
        while run and run.breached_at is None and run.paused_since is None and run.due < moment:
            run.breached_at, run.state = run.due, "breached"
            if self.spec.every:
                self._begin(run.step, self.history.in_force(run.due), run.terms, after=run)
            run = self._open

    def _stepped(self, step: Step) -> None:
        if step.name in self.spec.stop:
            self._stop(step)
        closed = self._closes(step)
        if closed or step.name in self.spec.until:
            self._end("withdrawn", step.at)
            self.waiting, self.over = None, closed
            return
        self._promised(step)
        if step.name in self.spec.start and self._open is None:
            self._start(step, self.history.in_force(step.at))
        elif step.name in self.player.moving[self.name]:
            if (run := self._open) is not None:
                run.extensions += granted(run, step, self.player.bound)
            self._considered(self.history.in_force(step.at), step.at)

    def _closes(self, step: Step) -> bool:
        """Whether it ends the complaint and with it this clock."""
        return step.name in self.history.closing and self.name not in self.player.bound.pack.outliving

    def _promised(self, step: Step) -> None:
        promise = self.spec.promise
        if promise is not None and promise[0] == step.name and promise[1] in step.data:
            try:
                self.promises[".".join(promise)] = Given(read_given(step.data[promise[1]]), step.at)
            except ValueError:
                return

    def _start(self, step: Step, graded: Graded) -> None:
        """Of a clock that starts at a grade, only the grading to which it applies is a start."""
        found = self._terms_under(graded)
        self.waiting = step if found is None and step.name != "graded" else None
        if found is not None:
            self._begin(step, graded, found)

    def _begin(self, step: Step, graded: Graded, found: Terms, after: Run | None = None) -> None:
        """Open a run: the next of a series, or one that a grading brings (back)."""
        if after is None and self.runs and self.runs[-1].step is step:
            run = self.runs[-1]
            run.ended_at, run.state = None, "running" if run.breached_at is None else "breached"
            run.terms, run.grade = found, graded.grade
            self.live.append(run)
        else:
            first = self.runs[0].anchor if self.spec.accumulates and self.runs else step.at
            run = Run(
                clock=self.name,
                spec=self.spec,
                step=step,
                grade=graded.grade,
                terms=found,
                started_at=after.due if after else step.at,
                anchor=after.anchor if after else first,
                count=after.count + 1 if after else 1,
                times=self.player.bound.whole(self.spec.times),
            )
            self.runs.append(run)
            self.live.append(run)
            if after is None and self._due_by(run, run.started_at):
                run.count += 1
        self._line(run, max(run.started_at, graded.at) if after is None else run.started_at)

    def _stop(self, step: Step) -> None:
        self.waiting = None
        run = self._open
        if run is None:
            return
        run.done += 1
        if run.done < run.times:
            return
        self._end("met", step.at)
        self.promises.clear()
        if self.spec.every and not self._closes(step) and step.name not in self.spec.until:
            self._start(step, self.history.in_force(step.at))
            following = self._open
            if following is not None and self._due_by(following, run.due):
                following.count += 1
                following.dues.clear()
                self._line(following, following.started_at)

    def _due_by(self, run: Run, moment: datetime) -> bool:
        """Whether an obligation with a point in time would be due by `moment`: a point that has passed at the
        start is not meant, and what was done today is not asked for again today."""
        limit = run.terms.limit
        if not self.spec.every or limit is None or not limit.fixed:
            return False
        return self._deadline(run, run.started_at).due <= moment

    def _end(self, state: ClockState, at: datetime) -> None:
        """End what is open. What is breached stays so: `met_late` when met, else breached."""
        for run in self.live:
            run.ended_at, run.paused_since = at, None
            if state == "met":
                run.state = "met" if run.breached_at is None else "met_late"
            elif run.breached_at is None:
                run.state = state
        self.live.clear()

    def _considered(self, graded: Graded, at: datetime) -> None:
        """See what holds now: the clock may apply, or no longer, or fall due at another time."""
        found = self._terms_under(graded)
        run = self._open
        if run is None:
            if self.waiting is not None and found is not None:
                step, self.waiting = self.waiting, None
                self._begin(step, graded, found)
        elif found is None:
            self._end("withdrawn", at)
            self.waiting = run.step
        elif run.breached_at is None:
            run.terms, run.grade = found, graded.grade
            self._line(run, at)

    def _line(self, run: Run, at: datetime) -> None:
        """When the run is due, as it stands at `at`. A due time already gone is breached when it was set."""
        if run.breached_at is not None:
            return
        paused = self.pauses.standing(at)
        run.paused_since = None if paused is None else max(paused, run.started_at)
        run.deadline = self._deadline(run, at)
        run.due = run.deadline.due.astimezone(UTC)
        run.warnings = {point: at.astimezone(UTC) for point, at in warnings(self.spec, run.deadline)}
        due = run.due if paused is None else None
        if not run.dues or run.dues[-1][1] != due:
            run.dues.append((at, due))
        if due is not None and due < at:
            run.breached_at, run.state = at, "breached"

    def _deadline(self, run: Run, at: datetime) -> Deadline:
        calendar = self.player.calendar(self.spec, self.history.in_force(at))
        line = run.terms.line(run.anchor, calendar, run.count)
        since = max(run.terms.since or run.anchor, run.anchor)
        stops = [*self._gaps(), *self.pauses.ended(since, at)]
        extensions = [granted.move for granted in run.extensions]
        line = moved(line, [*stops, *extensions]) if stops or extensions else line
        if run.started_at != run.anchor:
            line = line.begun_at(run.started_at)
        ceiling = self._ceiling(at)
        line = line if ceiling is None else held_to(line, ceiling)
        return line if line.due >= run.started_at else replace(line, due=line.start)

    def _gaps(self) -> Iterator[Standstill]:
        """A budget stands still between its runs."""
        if self.spec.accumulates:
            for one, other in pairwise(self.runs):
                if one.ended_at is not None and one.ended_at < other.started_at:
                    yield Standstill(one.ended_at, other.started_at, BETWEEN)

    def _ceiling(self, at: datetime) -> datetime | None:
        """When the outer clock is due, if it runs."""
        for run in reversed(self.outer):
            if run.started_at <= at and (run.ended_at is None or at < run.ended_at):
                return run.due_at(at)
        return None
