"""What reporting has heard of one complaint, kept so that the order of hearing does not matter.

The body of a page is a plain document:
    unit      the unit it belongs to
    copy      {sequence, complaint}: intake's copy with the highest sequence
    grading   {sequence, graded}: the latest grading
    clocks    by `key`, oldest first: {key, sequence, reading, spans_of, spans}
    timeline  everything that happened, in event order: {at, key, source, sequence, data}
    rejected  a submission that was refused; then there is nothing else
    heard_at  the event time of the newest event
Times inside are RFC 3339 text in UTC; `heard_at` is a datetime.
"""

from datetime import datetime
from typing import Any

from shared.contracts.clocks import (
    ClockBreached,
    ClockDueChanged,
    ClockMet,
    ClockReading,
    ClockStarted,
    ClockWarned,
    ClockWithdrawn,
)
from shared.contracts.complaints import (
    Complaint,
    ComplaintAmended,
    ComplaintProgressed,
    ComplaintReceived,
    ComplaintRejected,
    case_of,
)
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.notices import NotificationFailed, NotificationSent
from shared.contracts.registry import BY_TYPE

Document = dict[str, Any]
COPIES = (ComplaintReceived, ComplaintAmended)
CLOCKS = (ClockStarted, ClockDueChanged, ClockWarned, ClockBreached, ClockMet, ClockWithdrawn)
NOTICES = (NotificationSent, NotificationFailed)
_ELSEWHERE: Any = {
    "case": True,
    "complaint": True,
    "rules": True,
    "cues": True,
    "facts": True,
    "clock": {"spans"},
}
"""Parts of an event that the page holds once, beside the timeline."""
_RANK = {"/redress/intake": 0, "/redress/grading": 1, "/redress/sla": 2, "/redress/notify": 3}


def hear(body: Document, envelope: Envelope) -> EventData:
    """Take one event into the story; what it says. ValidationError when its data does not fit its type."""
    data = BY_TYPE[envelope.type].model.of(envelope)
    if isinstance(data, ComplaintRejected):
        body["rejected"] = data.model_dump(mode="json", exclude_none=True)
    else:
        body["unit"] = case_of(data).unit
    if isinstance(data, COPIES):
        _newest(body, "copy", envelope.number, "complaint", data.complaint)
    if isinstance(data, ComplaintGraded):
        _newest(body, "grading", envelope.number, "graded", data)
    if isinstance(data, CLOCKS):
        _clock(body, envelope.number, data.clock)
    _timeline(body, envelope, data)
    body["heard_at"] = max(envelope.time, body.get("heard_at", envelope.time))
    return data


def happened_at(data: EventData) -> datetime:
    """When it happened, in event time."""
    match data:
        case ComplaintReceived():
            return data.complaint.received_at
        case ComplaintAmended():
            return data.amended_at
        case ComplaintProgressed():
            return data.milestone.occurred_at
        case ComplaintGraded():
            return data.effective_at
        case ComplaintRejected():
            return data.rejected_at
    at: datetime = data.at  # type: ignore[attr-defined]
    return at


def _newest(body: Document, name: str, sequence: int, part: str, value: Complaint | ComplaintGraded) -> None:
    if sequence >= body.get(name, {}).get("sequence", 0):
        body[name] = {"sequence": sequence, part: value.model_dump(mode="json", exclude_none=True)}


def _clock(body: Document, sequence: int, reading: ClockReading) -> None:
    """The latest reading of this run; its spans come from the latest reading that told them."""
    runs = {run["key"]: run for run in body.get("clocks", [])}
    run = runs.setdefault(
        reading.key, {"key": reading.key, "sequence": 0, "reading": {}, "spans_of": 0, "spans": []}
    )
    told = reading.model_dump(mode="json", exclude_none=True)
    spans = told.pop("spans", [])
    if sequence >= run["sequence"]:
        run["sequence"], run["reading"] = sequence, told
    if spans and sequence >= run["spans_of"]:
        run["spans_of"], run["spans"] = sequence, spans
    body["clocks"] = sorted(runs.values(), key=lambda r: (r["reading"]["started_at"], r["key"]))


def _timeline(body: Document, envelope: Envelope, data: EventData) -> None:
    entry = {
        "at": happened_at(data).isoformat(),
        "key": envelope.key,
        "source": envelope.source,
        "sequence": envelope.number,
        "data": data.model_dump(mode="json", exclude_none=True, exclude=_ELSEWHERE),
    }
    body["timeline"] = sorted([*body.get("timeline", []), entry], key=_order)


def _order(entry: Document) -> tuple[datetime, int, str, int]:
    source = entry["source"]
    return datetime.fromisoformat(entry["at"]), _RANK.get(source, len(_RANK)), source, entry["sequence"]
