"""What the timeline keeps of an event of another service: when it happened, and the few words it needs."""

from datetime import datetime

from shared.contracts.clocks import (
    ClockBreached,
    ClockDueChanged,
    ClockMet,
    ClockStarted,
    ClockWarned,
    ClockWithdrawn,
    ComplaintEscalated,
)
from shared.contracts.envelope import EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.notices import NotificationFailed, NotificationSent
from shared.store.inbox import UnreadableError
from shared.store.page import Document


def told(data: EventData) -> tuple[datetime, Document]:
    """The event time and the details. UnreadableError for an event that intake does not listen to."""
    match data:
        case ComplaintGraded():
            return data.effective_at, _grading(data)
        case ComplaintEscalated():
            return data.at, _escalation(data)
        case NotificationSent() | NotificationFailed():
            return data.at, _notice(data)
        case (
            ClockStarted()
            | ClockDueChanged()
            | ClockWarned()
            | ClockBreached()
            | ClockMet()
            | ClockWithdrawn()
        ):
            return data.at, _clock(data)
    raise UnreadableError(f"{data.TYPE} is not for intake")


def _grading(data: ComplaintGraded) -> Document:
    rules = [{"id": r.id, "clause": r.clause, "says": r.says.model_dump()} for r in data.rules]
    kept = {"grade": data.grade, "title": data.grade_title.model_dump(), "rules": rules}
    more = {"previous": data.previous, "owner_role": data.owner_role}
    return kept | {name: value for name, value in more.items() if value}


def _clock(
    data: ClockStarted | ClockDueChanged | ClockWarned | ClockBreached | ClockMet | ClockWithdrawn,
) -> Document:
    clock = data.clock
    kept: Document = {
        "clock": clock.id,
        "key": clock.key,
        "title": clock.title.model_dump(),
        "clause": clock.clause,
        "state": clock.state,
        "due": clock.due,
    }
    if isinstance(data, ClockDueChanged):
        kept |= {"previous_due": data.previous_due, "reason": data.reason.model_dump()}
    elif isinstance(data, ClockWithdrawn):
        kept |= {"withdrawn": data.what, "reason": data.reason.model_dump()}
        kept |= {"points": list(data.points)} if data.points else {}
    elif isinstance(data, ClockWarned):
        kept |= {"point": data.point, "late_by": data.late_by}
    elif isinstance(data, ClockBreached):
        kept["late_by"] = data.late_by
    return kept


def _escalation(data: ComplaintEscalated) -> Document:
    kept = data.model_dump(
        include={"ladder", "rung", "role", "instead_of", "takes_over", "clause", "about", "late_by"},
        exclude_none=True,
    )
    run = {"run": data.clock.key} if data.clock else {}
    return kept | run | {"title": data.title.model_dump()}


def _notice(data: NotificationSent | NotificationFailed) -> Document:
    message = data.message
    kept: Document = message.model_dump(include={"notice", "about", "role", "channel", "address", "clause"})
    if isinstance(data, NotificationFailed):
        kept |= {"outcome": data.outcome, "reason": data.reason}
    elif data.late_by:
        kept["late_by"] = data.late_by
    return kept
