"""How a case of the command line stands at a moment: what happened to it, and which clocks ran out by then.

The clocks are sla's own, played through the gradings that follow from the case, and these through the
clocks again, until nothing changes any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.grading.among import Standing
from services.grading.circumstances import Circumstances
from services.grading.course import TICK, Copy, Course, Sign
from services.grading.reading import read
from services.sla.history import Graded, History, Step
from services.sla.reckoning import Engine
from services.sla.runs import Run
from shared.contracts.complaints import Complaint, Milestone
from shared.policy.bound import BoundPack
from shared.policy.calendars import calendars_of
from shared.policy.sections.identity import CalendarSpec


@dataclass(frozen=True)
class Case:
    """A complaint, the milestones that were recorded of it, as they happened, and its customer's tiers."""

    complaint: Complaint
    milestones: tuple[Milestone, ...] = ()
    tiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def newest(self) -> datetime:
        """The moment of the newest thing in the case."""
        return max([self.complaint.received_at, *(m.occurred_at for m in self.milestones)])


class Standings:
    """Says how cases of one pack stand."""

    def __init__(self, bound: BoundPack) -> None:
        self._bound = bound
        self._engine = Engine(bound, calendars_of(bound, CalendarSpec(), {}))
        self._hears_clocks = bool({"breached", "warned"} & bound.looked_at)

    def of(self, case: Case, at: datetime | None = None) -> Standing:
        """The case at that moment, or at the newest thing in it."""
        now, reading = at or case.newest, read(self._bound.pack, case.complaint)
        if not self._hears_clocks and not case.milestones:
            return Standing(reading, Circumstances(tiers=case.tiers))
        copy = Copy(case.complaint.received_at, reading)
        happened = tuple(m for m in case.milestones if m.occurred_at <= now)
        course = Course((copy,), happened, tiers=case.tiers)
        for _ in range(len(self._bound.pack.clocks) + 1 if self._hears_clocks else 0):
            further = self._with_clocks(course, now)
            if further == course:
                break
            course = further
        return Standing(reading, course.circumstances(now))

    def _with_clocks(self, course: Course, now: datetime) -> Course:
        runs = self._engine.reckon(self._history(course, now), now).runs
        breaches = [Sign(run.clock, late) for run in runs if (late := _late_from(run)) is not None]
        warnings = [Sign(run.clock, at + TICK) for run in runs for at in run.warned(now).values()]
        return replace(course, breaches=_sorted(breaches), warnings=_sorted(warnings))

    def _history(self, course: Course, now: datetime) -> History:
        complaint = course.copies[0].reading.complaint
        gradings = tuple(
            Graded(
                at=at,
                sequence=n,
                grade=decision.grade,
                facts=self._bound.heard(decision.facts) | {"grade": decision.grade},
                received_at=complaint.received_at,
                occurred_at=complaint.occurred_at,
            )
            for n, (at, decision) in enumerate(course.decisions(self._bound), 1)
            if at <= now
        )
        steps = tuple(Step(m.id, m.name, m.occurred_at, m.data) for m in course.milestones)
        closing = self._bound.pack.closing
        return History(complaint.case, gradings, steps, frozenset(closing))


def _late_from(run: Run) -> datetime | None:
    """From when on it is late: what was late when it came in (an appeal after its term) is so at once."""
    if run.breached_at is None:
        return None
    return run.breached_at if run.due < run.breached_at else run.breached_at + TICK


def _sorted(signs: list[Sign]) -> tuple[Sign, ...]:
    return tuple(sorted(signs, key=lambda sign: (sign.at, sign.clock)))
