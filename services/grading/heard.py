"""What grading keeps of a complaint, and when it speaks: at first, and whenever the answer changes.

The page holds every copy of the complaint (what was read in its text, not the text), its milestones, the
`signs` of its clocks, and what was `said`. Everything is kept by the sequence of who said it, so that the
page is the same in whichever order the events come, and however often.
"""

from datetime import datetime
from typing import Any

from services.grading.answers import Answer, answers, known, news
from services.grading.counted import count
from services.grading.course import course_of
from services.grading.reading import read
from shared.clock import Clock
from shared.contracts.clocks import ClockBreached, ClockWarned, ClockWithdrawn
from shared.contracts.complaints import Complaint, ComplaintAmended, ComplaintProgressed, ComplaintReceived
from shared.contracts.envelope import Envelope
from shared.contracts.gradings import ComplaintGraded
from shared.deployment import Deployment
from shared.policy.bound import BoundPack
from shared.store.inbox import served
from shared.store.page import Document, Page

SOURCE = "grading"


class Grader:
    """Applies what intake and sla say to a page of grading."""

    def __init__(self, deployment: Deployment, clock: Clock) -> None:
        self._deployment = deployment
        self._clock = clock

    def __call__(self, page: Page, envelope: Envelope) -> None:
        if envelope.type == ComplaintReceived.TYPE:
            received = ComplaintReceived.of(envelope).complaint
            self._keep(page.body, envelope, received, received.received_at)
        elif envelope.type == ComplaintAmended.TYPE:
            amended = ComplaintAmended.of(envelope)
            self._keep(page.body, envelope, amended.complaint, amended.amended_at)
        elif envelope.type == ComplaintProgressed.TYPE:
            milestone = ComplaintProgressed.of(envelope).milestone
            page.body.setdefault("milestones", {})[milestone.id] = milestone.model_dump()
        else:
            _keep_sign(page.body, envelope)
        if page.body.get("copies"):
            self.reckon(page, cause=envelope)

    def _keep(self, body: Document, envelope: Envelope, complaint: Complaint, at: datetime) -> None:
        reading = read(served(self._deployment, complaint.unit).pack.pack, complaint)
        body["unit"] = complaint.unit
        body.setdefault("copies", {})[str(envelope.number)] = {
            "at": at,
            "complaint": complaint.model_copy(update={"text": ""}).model_dump(exclude_none=True),
            "cues": [cue.model_dump() for cue in reading.cues],
            "suggestions": [amount.model_dump(exclude_none=True) for amount in reading.suggestions],
        }

    def reckon(self, page: Page, cause: Envelope | None = None) -> None:
        """Decide anew from all that was heard, and say what differs from what was said."""
        bound = served(self._deployment, page.body["unit"]).pack
        course = course_of(page.body)
        wanted = answers(course.decisions(bound))
        for answer, previous in news(wanted, page.body.get("said", [])):
            graded = _graded(bound, answer, previous)
            page.say(graded, source=SOURCE, time=answer.at, now=self._clock.now(), cause=cause)
        page.body["said"] = known(wanted)
        latest = wanted[-1].decision
        count(page, bound.pack, latest.complaint, latest.kind, latest.validity)


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


def _graded(bound: BoundPack, answer: Answer, previous: str | None) -> ComplaintGraded:
    decision, complaint = answer.decision, answer.decision.complaint
    return ComplaintGraded(
        case=complaint.case,
        kind=decision.kind,
        channel=complaint.channel,
        category=decision.category,
        branch=complaint.branch,
        grade=decision.grade,
        grade_title=bound.pack.grading.grades[decision.grade].title,
        previous=previous,
        rules=decision.rules,
        cues=decision.cues,
        facts=decision.facts,
        validity=decision.validity,
        by_hand=decision.by_hand,
        suggestions=decision.suggestions,
        owner_role=decision.owner_role,
        roster=decision.roster,
        occurred_at=complaint.occurred_at,
        received_at=complaint.received_at,
        effective_at=answer.at,
    )
