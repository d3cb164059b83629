"""What shall have become of a case, reckoned from the case, its unit's pack and the calendar alone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from shared.deployment import Deployment, Unit
from shared.policy.bound import BoundPack
from shared.policy.terms import terms
from shared.worktime import Limit, deadline
from tests.storm.mix import Case

CLOCK = "reply"
LATE, GUIDANCE = "late-reply", "guidance-asked"
STATES = {
    "quiet": "running",
    "overdue": "breached",
    "falls_due": "breached",
    "late_reply": "met_late",
    "replied": "met",
    "guidance": "running",
}


@dataclass(frozen=True, slots=True)
class Due:
    """`events` are what the other services say of it; `letters` its messages: (notice, role, channel)."""

    case: Case
    state: str
    due: datetime
    events: Counter[str]
    letters: Counter[tuple[str, str, str]]


def expected(case: Case, deployment: Deployment) -> Due:
    unit = deployment.unit(case.unit)
    breached = STATES[case.fate] in ("breached", "met_late")
    letters: Counter[tuple[str, str, str]] = Counter()
    if breached:
        letters.update([(LATE, "manager", "sms"), (LATE, "manager", "email")])
    if case.fate == "guidance":
        letters[GUIDANCE, "upper-level", "email"] += 1
    events = Counter(
        {
            "complaint.graded": 1,
            "clock.started": 1,
            "clock.breached": int(breached),
            "clock.met": int(case.milestone == "replied"),
            "complaint.escalated": int(breached) + int(case.fate == "guidance"),
            "notification": letters.total(),
        }
    )
    line = deadline(case.received_at, _limit(unit.pack), unit.calendar)
    return Due(case, STATES[case.fate], line.due, +events, letters)


def address(unit: Unit, role: str) -> str:
    """Where mail for a role goes."""
    return str(unit.spec.people[role][0].email)


def _limit(bound: BoundPack) -> Limit:
    """The pack's clock knows one limit, whatever the grade."""
    found = terms(bound, bound.pack.clocks[CLOCK], {"grade": "general"}, {})
    assert found is not None
    assert found.limit is not None
    return found.limit
