"""What grading, sla and notify say about one complaint in the course of a story."""

from datetime import UTC, datetime, timedelta

from shared.contracts.clocks import (
    ClockBreached,
    ClockMet,
    ClockReading,
    ClockStarted,
    ClockState,
    ClockWarned,
    ClockWithdrawn,
    ComplaintEscalated,
    CountedSpan,
)
from shared.contracts.envelope import Envelope, EventData, event
from shared.contracts.gradings import ComplaintGraded, FiredRule
from shared.contracts.notices import NoticeReading, NotificationFailed, NotificationSent
from shared.contracts.words import Case, Words

START = datetime(2026, 2, 11, 1, 0, tzinfo=UTC)
REPLY = Words(zh="答复", en="reply")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def reading(state: ClockState, key: str = "reply.1", **change: object) -> ClockReading:
    base = {"id": "reply", "key": key, "title": REPLY, "clause": "4.2", "state": state, "limit": "8 hours"}
    span = CountedSpan(start=START, end=at(8), counted=True, why=Words(en="working time"))
    return ClockReading.model_validate(
        base | {"started_at": START, "due": at(8), "spans": [span.model_dump()]} | change
    )


def story(complaint_id: str) -> list[Envelope]:
    """Graded twice; one clock breached and met late, one whose breach is withdrawn; people told."""
    case = Case(id=complaint_id, number="260201", unit="here", pack="small", pack_version="1.2.0")
    notice = NoticeReading(
        id="n1",
        notice="late",
        occasion="o1",
        about="clock.breached",
        role="manager",
        channel="sms",
        address="138****0000",
        clause="7.1",
    )

    def graded(grade: str, hours: float, previous: str | None = None) -> ComplaintGraded:
        rule = FiredRule(id="r1", grade=grade, clause="3.1", says=Words(zh="漏水"), facts={"leak": True})
        return ComplaintGraded(
            case=case,
            kind="complaint",
            channel="phone",
            grade=grade,
            grade_title=Words(zh=grade),
            previous=previous,
            rules=(rule,),
            owner_role="manager",
            occurred_at=START,
            received_at=START,
            effective_at=at(hours),
        )

    second = "call.1"
    sla: list[EventData] = [
        ClockStarted(case=case, clock=reading("running"), at=START),
        ClockStarted(case=case, clock=reading("running", second, started_at=at(1)), at=at(1)),
        ClockWarned(case=case, clock=reading("running"), at=at(6), point="80%"),
        ClockBreached(case=case, clock=reading("breached"), at=at(8)),
        ClockBreached(case=case, clock=reading("breached", second, started_at=at(1)), at=at(8)),
        ComplaintEscalated(
            case=case,
            ladder="up",
            rung="first",
            role="manager",
            clause="5",
            title=Words(zh="催办", en="chase"),
            about="clock.breached",
            at=at(8),
        ),
        ClockWithdrawn(
            case=case,
            clock=reading("met", second, started_at=at(1), stopped_at=at(7)),
            at=at(9),
            what="breach",
            reason=Words(en="done before"),
        ),
        ClockMet(case=case, clock=reading("met_late", stopped_at=at(10)), at=at(10)),
    ]
    others: list[tuple[str, list[EventData]]] = [
        ("grading", [graded("light", 0), graded("major", 2, "light")]),
        ("sla", sla),
        (
            "notify",
            [
                NotificationSent(case=case, message=notice, at=at(8.1)),
                NotificationFailed(
                    case=case, message=notice, at=at(8.2), attempts=3, outcome="refused", reason="550"
                ),
            ],
        ),
    ]
    return [
        event(data, source=source, subject=complaint_id, sequence=n, time=START)
        for source, said in others
        for n, data in enumerate(said, start=1)
    ]
