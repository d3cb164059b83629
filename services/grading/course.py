"""The course of a complaint as grading heard it, in event time: what it said and what happened, and the
decisions that follow, each from the moment of what caused it.

It is the same for any order of arrival. A breach or a warning counts from one tick after its moment, since
at that moment itself the clock could still be met.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from services.grading.circumstances import Circumstances
from services.grading.decide import Decision, Ungraded, judge, ungraded
from services.grading.reading import Reading
from shared.contracts.complaints import Complaint, Milestone
from shared.contracts.gradings import Alike, Cue, Suggestion
from shared.policy.bound import BoundPack

TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Copy:
    """A complaint as it was from `at` on."""

    at: datetime
    reading: Reading


@dataclass(frozen=True, slots=True)
class Sign:
    """A clock that ran out, or warned, at that moment."""

    clock: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What was seen of other complaints from `at` on: windows by name, and the promotions that follow."""

    at: datetime
    windows: Mapping[str, int] = field(default_factory=dict)
    promoted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Course:
    """What was heard, sorted by moment. `tiers` are those the customer had at receipt, `alike` is the earlier
    complaint that may be about the same event. The first of what was `counted` holds from the beginning."""

    copies: tuple[Copy, ...]
    milestones: tuple[Milestone, ...] = ()
    breaches: tuple[Sign, ...] = ()
    warnings: tuple[Sign, ...] = ()
    tiers: Mapping[str, str] = field(default_factory=dict)
    alike: Alike | None = None
    counted: tuple[Counted, ...] = ()
    _alone: dict[tuple[int, datetime], Ungraded] = field(default_factory=dict, repr=False, compare=False)
    """What holds at a moment without a look at others, worked out once for each pack."""

    def latest(self, bound: BoundPack) -> Decision:
        """What holds at the end."""
        return self._decided(bound, max([self.begin, *self._moments(bound)]))

    def alone(self, bound: BoundPack) -> Ungraded:
        """What holds at the end before the grade, without a look at others."""
        end = max([self.begin, *self._own_moments(bound)])
        return self._by_itself(bound, end, self.circumstances(end))

    def counting(self, body: Mapping[str, Any]) -> "Course":
        """The same with what was counted, as the page holds it now."""
        return replace(self, counted=_counted(body))

    def decisions(self, bound: BoundPack) -> list[tuple[datetime, Decision]]:
        """Every moment at which a decision may have changed, with what was decided from then on."""
        return [(moment, self._decided(bound, moment)) for moment in sorted({*self._moments(bound)})]

    @cached_property
    def begin(self) -> datetime:
        return self.copies[0].at

    def _moments(self, bound: BoundPack) -> Iterator[datetime]:
        """Those at which something of its own changed, and those at which something was seen of others."""
        yield from self._own_moments(bound)
        yield from (counted.at for counted in self.counted if counted.at > self.begin)

    def _own_moments(self, bound: BoundPack) -> Iterator[datetime]:
        """Of the copies all; of the rest those after the first copy that the pack looks at."""
        yield from (copy.at for copy in self.copies)
        wanted = _milestones_looked_at(bound) if self.milestones else None
        moments = [m.occurred_at for m in self.milestones if wanted is None or m.name in wanted]
        if "breached" in bound.looked_at:
            moments += [sign.at for sign in self.breaches]
        if "warned" in bound.looked_at:
            moments += [sign.at for sign in self.warnings]
        yield from (moment for moment in moments if moment > self.begin)

    def _decided(self, bound: BoundPack, moment: datetime) -> Decision:
        stood = self.circumstances(moment)
        return judge(bound, self._copy(moment).reading, stood, self._by_itself(bound, moment, stood))

    def _by_itself(self, bound: BoundPack, moment: datetime, stood: Circumstances) -> Ungraded:
        found = self._alone.get((id(bound), moment))
        if found is None:
            lonely = stood._replace(counts={}, promoted=())
            found = ungraded(bound, self._copy(moment).reading, lonely)
            self._alone[id(bound), moment] = found
        return found

    def _copy(self, moment: datetime) -> Copy:
        return self.copies[bisect_right(self.copies, moment, key=lambda c: c.at) - 1]

    def circumstances(self, moment: datetime) -> Circumstances:
        """How things stood at that moment."""
        place = bisect_right(self.counted, moment, key=lambda c: c.at) - 1
        counted = self.counted[max(place, 0)] if self.counted else Counted(self.begin)
        return Circumstances(
            milestones=tuple(m for m in self.milestones if m.occurred_at <= moment),
            breached=frozenset(sign.clock for sign in self.breaches if sign.at <= moment),
            warned=frozenset(sign.clock for sign in self.warnings if sign.at <= moment),
            counts=counted.windows,
            promoted=counted.promoted,
            tiers=self.tiers,
            alike=self.alike,
        )


def _milestones_looked_at(bound: BoundPack) -> frozenset[str] | None:
    """The milestones that can change a decision of this pack; None: all."""
    if "milestones" in bound.looked_at:
        return None
    history = bound.pack.facts.history.items()
    named = {m for name, spec in history if name in bound.looked_at for m in spec.milestone}
    return frozenset({*named, "decided", "graded_by_hand"})


def course_of(body: Mapping[str, Any], readings: MutableMapping[str, Reading] | None = None) -> Course:
    """The course that a page of grading holds; see `heard`. `readings` are copies that were taken off the
    page before, by sequence; the others join them."""
    milestones = [Milestone.model_validate(m) for m in body.get("milestones", {}).values()]
    signs = body.get("signs", {}).values()
    return Course(
        copies=_copies(body["copies"], {} if readings is None else readings),
        milestones=tuple(sorted(milestones, key=lambda m: (m.occurred_at, m.recorded_at, m.id))),
        breaches=_sorted(_breach(run) for run in signs),
        warnings=_sorted(sign for run in signs for sign in _warnings(run)),
        tiers=body.get("tiers", {}),
        counted=_counted(body),
        alike=Alike.model_validate(body["alike"]) if "alike" in body else None,
    )


def newest(body: Mapping[str, Any]) -> Complaint:
    """The complaint as it stands, without its text."""
    copies: Mapping[str, Mapping[str, Any]] = body["copies"]
    return Complaint.model_validate(copies[max(copies, key=int)]["complaint"])


def _copies(
    kept: Mapping[str, Mapping[str, Any]], readings: MutableMapping[str, Reading]
) -> tuple[Copy, ...]:
    """The first holds from receipt on, whichever copy it is; no later one before an earlier one."""
    copies: list[Copy] = []
    for sequence, copy in sorted(kept.items(), key=lambda item: int(item[0])):
        if sequence not in readings:
            readings[sequence] = _reading(copy)
        reading = readings[sequence]
        at = max(copy["at"], copies[-1].at) if copies else reading.complaint.received_at
        copies.append(Copy(at, reading))
    return tuple(copies)


def _counted(body: Mapping[str, Any]) -> tuple[Counted, ...]:
    return tuple(Counted(c["at"], c["windows"], tuple(c["promoted"])) for c in body.get("counted", ()))


def _reading(copy: Mapping[str, Any]) -> Reading:
    return Reading(
        complaint=Complaint.model_validate(copy["complaint"]),
        cues=tuple(Cue.model_validate(cue) for cue in copy["cues"]),
        suggestions=tuple(Suggestion.model_validate(amount) for amount in copy["suggestions"]),
    )


def _breach(run: Mapping[str, Any]) -> Sign | None:
    """The breach of a run, unless it was withdrawn later."""
    breach = run.get("breach", {})
    return Sign(run["clock"], breach["at"] + TICK) if breach.get("at") else None


def _warnings(run: Mapping[str, Any]) -> Iterator[Sign]:
    """The warnings of a run that were not withdrawn later."""
    for point, warned in run.get("warned", {}).items():
        gone = (w["sequence"] for w in run.get("unwarned", ()) if not w["points"] or point in w["points"])
        if warned["sequence"] > max(gone, default=0):
            yield Sign(run["clock"], warned["at"] + TICK)


def _sorted(signs: Iterator[Sign | None]) -> tuple[Sign, ...]:
    return tuple(sorted((sign for sign in signs if sign), key=lambda sign: (sign.at, sign.clock)))
