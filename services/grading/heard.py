"""What grading keeps of a complaint, and when it speaks: at first, and whenever the answer changes.

The copy of the complaint with the highest sequence counts; an older copy that arrives late changes
nothing. The history of milestones is kept, because rules may look at it.
"""

from datetime import datetime
from typing import Any

from services.grading.circumstances import Circumstances
from services.grading.counted import count
from services.grading.decide import Decision, decide
from shared.clock import Clock
from shared.contracts.complaints import Complaint, ComplaintAmended, ComplaintProgressed, ComplaintReceived
from shared.contracts.envelope import Envelope
from shared.contracts.gradings import ComplaintGraded
from shared.deployment import Deployment
from shared.policy.bound import BoundPack
from shared.store.inbox import served
from shared.store.page import Page

SOURCE = "grading"


class Grader:
    """Applies intake's events to a page of grading."""

    def __init__(self, deployment: Deployment, clock: Clock) -> None:
        self._deployment = deployment
        self._clock = clock

    def __call__(self, page: Page, envelope: Envelope) -> None:
        if envelope.type == ComplaintReceived.TYPE:
            received = ComplaintReceived.of(envelope).complaint
            self._hear(page, envelope, received, received.received_at)
        elif envelope.type == ComplaintAmended.TYPE:
            amended = ComplaintAmended.of(envelope)
            self._hear(page, envelope, amended.complaint, amended.amended_at)
        elif envelope.type == ComplaintProgressed.TYPE:
            milestone = ComplaintProgressed.of(envelope).milestone
            page.body.setdefault("milestones", {})[milestone.id] = milestone.model_dump()
            if "complaint" in page.body:
                complaint = Complaint.model_validate(page.body["complaint"])
                pack = served(self._deployment, complaint.unit).pack.pack
                count(page, pack, complaint, complaint.kind, None)

    def regrade(self, page: Page, moment: datetime) -> None:
        """Decide anew by what stands on the page; `moment` is when that became so."""
        complaint = Complaint.model_validate(page.body["complaint"])
        self._decide(page, complaint, moment)

    def _hear(self, page: Page, envelope: Envelope, complaint: Complaint, moment: datetime) -> None:
        if envelope.number <= page.body.get("copy", 0):
            return
        served(self._deployment, complaint.unit)
        page.body["copy"] = envelope.number
        page.body["complaint"] = complaint.model_dump(mode="json")
        self._decide(page, complaint, moment, envelope)

    def _decide(
        self, page: Page, complaint: Complaint, moment: datetime, cause: Envelope | None = None
    ) -> None:
        bound = served(self._deployment, complaint.unit).pack
        decision = decide(bound, complaint, Circumstances(tiers=page.body.get("tiers", {})))
        count(page, bound.pack, complaint, complaint.kind, None)
        previous = page.body.get("grade")
        answer = _answer(decision)
        if answer == page.body.get("answer"):
            return
        effective = moment if previous else complaint.received_at
        page.body |= {"grade": decision.grade, "answer": answer, "unit": complaint.unit}
        page.say(
            _graded(bound, complaint, decision, previous, effective),
            source=SOURCE,
            time=effective,
            now=self._clock.now(),
            cause=cause,
        )


def _answer(decision: Decision) -> dict[str, Any]:
    """What must differ for grading to speak again: grade, rules, facts."""
    return {"grade": decision.grade, "rules": [r.id for r in decision.rules], "facts": decision.facts}


def _graded(
    bound: BoundPack, complaint: Complaint, decision: Decision, previous: str | None, effective: datetime
) -> ComplaintGraded:
    return ComplaintGraded(
        case=complaint.case,
        kind=complaint.kind,
        channel=complaint.channel,
        category=complaint.category,
        branch=complaint.branch,
        grade=decision.grade,
        grade_title=bound.pack.grading.grades[decision.grade].title,
        previous=previous,
        rules=decision.rules,
        cues=decision.cues,
        facts=decision.facts,
        owner_role=decision.owner_role,
        roster=decision.roster,
        occurred_at=complaint.occurred_at,
        received_at=complaint.received_at,
        effective_at=effective,
    )
