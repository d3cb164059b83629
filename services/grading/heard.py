"""What grading keeps of a complaint, and when it speaks: at first, and whenever the answer changes.

The page holds every copy of the complaint (what was read in its text, not the text), its milestones, the
`signs` of its clocks, what was `said`, and the `gradings` that said it. Everything is kept by the sequence
of who said it, so that the page is the same in whichever order the events come, and however often.

Where the pack counts other complaints, what was seen of them is heard, too, when the page has been written:
`counted`, from the moment of what changed it. `cause` is the latest news.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.grading.answers import Answer, answers, known, news
from services.grading.counted import count
from services.grading.course import Counted, Course, course_of
from services.grading.group import Cause, Count
from services.grading.membership import Row, rows
from services.grading.reading import Reading, read
from services.grading.tallies import Governing, Rules, Tallies
from shared.clock import Clock
from shared.contracts.clocks import ClockBreached, ClockWarned, ClockWithdrawn
from shared.contracts.complaints import Complaint, ComplaintAmended, ComplaintProgressed, ComplaintReceived
from shared.contracts.envelope import Envelope
from shared.contracts.gradings import ComplaintGraded
from shared.deployment import Deployment, Unit
from shared.store.inbox import governing
from shared.store.page import Document, Page

SOURCE = "grading"
RULES = ("unit", "pack", "pack_version")
"""Under which rules the complaint was received, as they stand on its page."""
EXPLANATION = {"rules", "cues", "suggestions"}
"""What is not kept of the gradings that were said; from the rest sla can be rebuilt."""


class Grader:
    """Applies what intake and sla say to a page of grading, and decides."""

    def __init__(self, deployment: Deployment, clock: Clock) -> None:
        self._deployment = deployment
        self._clock = clock
        self._governing = Governing(deployment)

    def __call__(self, page: Page, envelope: Envelope) -> None:
        if envelope.type == ComplaintReceived.TYPE:
            received = ComplaintReceived.of(envelope).complaint
            self._keep(page, envelope, received, received.received_at)
        elif envelope.type == ComplaintAmended.TYPE:
            amended = ComplaintAmended.of(envelope)
            self._keep(page, envelope, amended.complaint, amended.amended_at)
        elif envelope.type == ComplaintProgressed.TYPE:
            milestone = ComplaintProgressed.of(envelope).milestone
            page.body.setdefault("milestones", {})[milestone.id] = milestone.model_dump()
        else:
            _keep_sign(page.body, envelope)
        if page.body.get("copies"):
            self.decide(page, cause=envelope)

    def _keep(self, page: Page, envelope: Envelope, complaint: Complaint, at: datetime) -> None:
        found = read(governing(self._deployment, *complaint.case.rules).pack.pack, complaint)
        reading = replace(found, complaint=complaint.model_copy(update={"text": ""}))
        page.body |= {name: getattr(complaint, name) for name in RULES}
        page.body.setdefault("copies", {})[str(envelope.number)] = {
            "at": at,
            "complaint": reading.complaint.model_dump(exclude_none=True),
            "cues": [cue.model_dump() for cue in reading.cues],
            "suggestions": [amount.model_dump(exclude_none=True) for amount in reading.suggestions],
        }
        _readings(page)[str(envelope.number)] = reading

    def decide(self, page: Page, cause: Envelope | None = None) -> None:
        """Decide anew and say so; where the pack counts others, not before they were looked at."""
        page.worked_out.pop("course", None)
        if self.tallies(page) is None:
            self._reckon(page, cause)
        elif cause is not None:
            page.worked_out["cause"] = latest = Cause(cause.time, cause)
            page.body["cause"] = latest.kept()

    def tallies(self, page: Page) -> Tallies | None:
        """What the complaint's pack counts; None where that is nothing, or no complaint was heard of yet."""
        found = self._governing.of(_rules(page)) if "copies" in page.body else None
        return found if found and found.all else None

    def _tallies(self, page: Page) -> Tallies:
        tallies = self.tallies(page)
        assert tallies is not None
        return tallies

    def rows(self, page: Page) -> dict[str, Row]:
        """The groups to which the complaint belongs."""
        course, tallies = _course(page), self._tallies(page)
        received_at = course.copies[-1].reading.complaint.received_at
        return rows(tallies, course.alone(tallies.bound), course.milestones, received_at)

    def own_grade(self, page: Page, windows: Mapping[str, int]) -> str:
        """The grade before promotions, if that is what is seen of others."""
        bound, course = self._tallies(page).bound, _course(page)
        return replace(course, counted=(Counted(course.begin, windows),)).latest(bound).own_grade

    def cause(self, page: Page) -> Cause:
        """What was heard of the complaint last."""
        return page.worked_out.get("cause") or Cause.of(page.body["cause"])

    def answer(self, page: Page, count: Count, cause: Cause, *, came: bool) -> None:
        """Keep what is seen of others, where it makes a difference or the complaint `came` among them, and
        decide."""
        counted = page.body.setdefault("counted", [])
        if not counted or counted[-1]["levels"] != count.levels or (came and _differs(counted[-1], count)):
            course = _course(page)
            at = max(counted[-1]["at"], cause.at) if counted else course.begin
            entry = {"at": at, "windows": count.windows, "promoted": count.promoted, "levels": count.levels}
            counted.append(entry)
            page.worked_out["course"] = course.counting(page.body)
            page.changed = True
        self._reckon(page, cause.event)

    def _reckon(self, page: Page, cause: Envelope | None) -> None:
        """Decide anew from all that was heard, and say what differs from what was said."""
        unit = governing(self._deployment, *_rules(page))
        bound, course = unit.pack, _course(page)
        wanted = answers(course.decisions(bound))
        told = page.body.get("said", [])
        for answer, previous in news(wanted, told):
            graded = _graded(unit, answer, previous)
            page.say(graded, source=SOURCE, time=answer.at, now=self._clock.now(), cause=cause)
            page.body.setdefault("gradings", {})[str(page.sequence)] = graded.model_dump(exclude=EXPLANATION)
        page.body["said"] = known(wanted, told)
        latest = wanted[-1].decision
        count(page, bound.pack, latest.complaint, latest.kind, latest.validity)


def _differs(kept: Document, count: Count) -> bool:
    return bool(kept["windows"] != count.windows)


def _rules(page: Page) -> Rules:
    body = page.body
    return body["unit"], body["pack"], body["pack_version"]


def _course(page: Page) -> Course:
    course: Course | None = page.worked_out.get("course")
    if course is None:
        course = page.worked_out["course"] = course_of(page.body, _readings(page))
    return course


def _readings(page: Page) -> dict[str, Reading]:
    """The copies of the complaint that were read while the page is in hand."""
    readings: dict[str, Reading] = page.worked_out.setdefault("readings", {})
    return readings


def _keep_sign(body: Document, envelope: Envelope) -> None:
    """A breach or a warning of a clock, or that it was none; of a breach what was said last counts."""
    if envelope.type == ClockBreached.TYPE:
        breached = ClockBreached.of(envelope)
        _keep_breach(_run(body, breached.clock.id, breached.clock.key), envelope.number, breached.at)
    elif envelope.type == ClockWarned.TYPE:
        warned = ClockWarned.of(envelope)
        points = _run(body, warned.clock.id, warned.clock.key).setdefault("warned", {})
        if envelope.number > points.get(warned.point, {}).get("sequence", 0):
            points[warned.point] = {"sequence": envelope.number, "at": warned.at}
    elif envelope.type == ClockWithdrawn.TYPE:
        withdrawn = ClockWithdrawn.of(envelope)
        run = _run(body, withdrawn.clock.id, withdrawn.clock.key)
        if withdrawn.what == "breach":
            _keep_breach(run, envelope.number, None)
        elif withdrawn.what == "warning":
            told = {"sequence": envelope.number, "points": list(withdrawn.points)}
            run["unwarned"] = sorted([*run.get("unwarned", ()), told], key=lambda one: one["sequence"])


def _run(body: Document, clock: str, key: str) -> dict[str, Any]:
    run: dict[str, Any] = body.setdefault("signs", {}).setdefault(key, {"clock": clock})
    return run


def _keep_breach(run: dict[str, Any], sequence: int, at: datetime | None) -> None:
    if sequence > run.get("breach", {}).get("sequence", 0):
        run["breach"] = {"sequence": sequence, "at": at}


def _graded(unit: Unit, answer: Answer, previous: str | None) -> ComplaintGraded:
    """Of a post that nobody holds, or only the employee complained of, its fallback is the owner."""
    decision, complaint = answer.decision, answer.decision.complaint
    owner = decision.owner_role
    return ComplaintGraded(
        case=complaint.case,
        kind=decision.kind,
        channel=complaint.channel,
        category=decision.category,
        branch=complaint.branch,
        grade=decision.grade,
        grade_title=unit.pack.pack.grading.grades[decision.grade].title,
        previous=previous,
        rules=decision.rules,
        cues=decision.cues,
        facts=decision.facts,
        validity=decision.validity,
        by_hand=decision.by_hand,
        suggestions=decision.suggestions,
        alike=decision.alike,
        owner_role=owner and unit.people.standing_in(owner, complaint.employee),
        roster=decision.roster,
        occurred_at=complaint.occurred_at,
        received_at=complaint.received_at,
        effective_at=answer.at,
    )
