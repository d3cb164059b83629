"""Keeps on the complaint what the other services say about it: its grade, its clocks, who was told.

Everything is folded by sequence or by event time, so that the page is the same in whichever order the
events come, and however often.
"""

from typing import Any

from services.intake.told import told
from shared.contracts.clocks import (
    ClockBreached,
    ClockDueChanged,
    ClockMet,
    ClockReading,
    ClockStarted,
    ClockWarned,
    ClockWithdrawn,
)
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.registry import BY_TYPE
from shared.store.page import Document, Page

ClockEvent = ClockStarted | ClockDueChanged | ClockWarned | ClockBreached | ClockMet | ClockWithdrawn
_GRADE = frozenset(
    {
        "kind",
        "category",
        "validity",
        "grade",
        "grade_title",
        "rules",
        "cues",
        "suggestions",
        "by_hand",
        "facts",
        "owner_role",
        "roster",
        "effective_at",
        "alike",
    }
)


def apply(page: Page, envelope: Envelope) -> None:
    """Put one event onto the page. It says nothing in turn."""
    data = BY_TYPE[envelope.type].model.of(envelope)
    if isinstance(data, ComplaintGraded):
        _grade(page.body, data, envelope.number)
    elif isinstance(data, ClockEvent):
        _clock(page.body, data.clock, envelope.number)
    _entry(page.body, data, envelope)


def _grade(body: Document, graded: ComplaintGraded, sequence: int) -> None:
    """The grading with the highest sequence is the current one."""
    if sequence > body.get("grading", {}).get("sequence", 0):
        body["grading"] = graded.model_dump(include=set(_GRADE), exclude_none=True) | {"sequence": sequence}


def _clock(body: Document, reading: ClockReading, sequence: int) -> None:
    """Of each run of a clock the latest reading is kept."""
    clocks: dict[str, Any] = {clock["key"]: clock for clock in body.get("clocks", ())}
    if sequence <= clocks.get(reading.key, {}).get("sequence", 0):
        return
    clocks[reading.key] = reading.model_dump(exclude_none=True) | {"sequence": sequence}
    body["clocks"] = sorted(clocks.values(), key=lambda clock: (clock["started_at"], clock["key"]))
    late = (c for c in clocks.values() if c["state"] == "breached" and c.get("stopped_at") is None)
    body["overdue"] = any(not clock.get("soft") for clock in late)


def _entry(body: Document, data: EventData, envelope: Envelope) -> None:
    at, what = told(data)
    entry = {
        "at": at,
        "source": envelope.source,
        "sequence": envelope.number,
        "type": envelope.key,
        "what": what,
    }
    body["heard"] = sorted([*body.get("heard", ()), entry], key=_order)


def _order(entry: Document) -> tuple[Any, ...]:
    return entry["at"], entry["source"], entry["sequence"]
