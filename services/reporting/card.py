"""The few things about a complaint that lists and searches need, drawn from its story."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.reporting.story import Document
from shared.deployment import Unit

NONE = "-"
"""Stands where a complaint has no value: not graded yet, no category, no branch."""


def category_of(body: Document) -> str:
    """The category given at intake, else the one that grading found."""
    graded = body.get("grading", {}).get("graded", {})
    return str(body["copy"]["complaint"].get("category") or graded.get("category") or NONE)


def grade_of(body: Document) -> str:
    return str(body.get("grading", {}).get("graded", {}).get("grade") or NONE)


def is_closed(body: Document, unit: Unit) -> bool:
    """Whether a milestone was recorded that ends complaints in this unit's pack."""
    closing = unit.pack.pack.closing
    return any(milestone["name"] in closing for milestone in milestones(body))


def milestones(body: Document) -> Iterable[Document]:
    """The milestones that were recorded, in event order."""
    return (e["data"]["milestone"] for e in body.get("timeline", []) if e["key"] == "complaint.progressed")


def readings(body: Document) -> Iterable[Document]:
    """The clocks as they stand, each run once."""
    return (run["reading"] for run in body.get("clocks", []))


def card(body: Document, unit: Unit) -> dict[str, Any]:
    """A summary with datetimes that the store can sort by. `due`: the next or the oldest missed deadline."""
    complaint = body["copy"]["complaint"]
    missed, ahead = missed_dues(body), _dues(body, "running")
    return {
        "number": complaint["number"],
        "ref": complaint.get("ref"),
        "received_at": datetime.fromisoformat(complaint["received_at"]),
        "grade": grade_of(body),
        "category": category_of(body),
        "channel": complaint["channel"],
        "closed": is_closed(body, unit),
        "overdue": bool(missed),
        "due": min(missed or ahead, default=None),
    }


def missed_dues(body: Document) -> list[datetime]:
    """The deadlines that have passed without what they ask for, which is still owed."""
    return _dues(body, "breached")


def _dues(body: Document, state: str) -> list[datetime]:
    """Of clocks in this state that run; a limit that holds in principle makes nothing overdue."""
    running = (
        r for r in readings(body) if r["state"] == state and not {"paused_since", "stopped_at"} & set(r)
    )
    return [datetime.fromisoformat(r["due"]) for r in running if not r.get("soft")]
