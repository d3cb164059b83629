"""What shall have become of a case, reckoned from the case, its unit's pack and the calendar alone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from shared.deployment import Deployment, Unit
from shared.policy.bound import BoundPack
from shared.policy.terms import terms
from shared.worktime import Limit, deadline
from tests.storm.mix import Case

CLOCK, HALF_YEAR = "reply", "half-year"
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
    """`state` and `due` are its reply's, `clocks` all: (clock, state, due). `events` are what the other
    services say of it; `letters` its messages: (notice, role, channel)."""

    case: Case
    state: str
    due: datetime
    clocks: list[tuple[str, str, datetime]]
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
            "complaint.graded": 1 + int(breached),  # the bank's rules look at what is breached
            "clock.started": 2,
            "clock.breached": int(breached),
            "clock.met": int(case.milestone == "replied"),
            "complaint.escalated": int(breached) + int(case.fate == "guidance"),
            "notification": letters.total(),
        }
    )
    state = STATES[case.fate]
    reply, half_year = (
        deadline(case.received_at, _limit(unit.pack, clock), unit.calendar).due
        for clock in (CLOCK, HALF_YEAR)
    )
    clocks = sorted([(CLOCK, state, reply), (HALF_YEAR, "running", half_year)])
    return Due(case, state, reply, clocks, +events, letters)


def address(unit: Unit, role: str) -> str:
    """Where mail for a role goes."""
    return str(unit.spec.people[role][0].email)


def _limit(bound: BoundPack, clock: str) -> Limit:
    """The pack's clocks know one limit, whatever the grade."""
    found = terms(bound, bound.pack.clocks[clock], {"grade": "general"}, {})
    assert found is not None
    assert found.limit is not None
    return found.limit
