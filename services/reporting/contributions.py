"""What one complaint adds to the totals right now: a pure function of its story.

A total is a number in a cell: unit, day (of receipt, in the unit's time zone), dimension, value.
When the story changes, the difference to what it added before is what the totals must be moved by.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.reporting.card import NONE, category_of, grade_of, is_closed, missed_dues, readings
from services.reporting.story import Document
from shared.deployment import Unit

RECEIVED = "received"
CLOCK = "clock"
DIMENSIONS = ("grade", "category", "top_category", "channel", "branch", "kind", "state", CLOCK)
"""What totals can be asked by. `state` is open or closed; `clock` is `ID/OUTCOME`."""
OVERDUE = "overdue"
REJECTED = "rejected"
OUTCOMES = ("met", "met_late", "breached", "running")
NO_UNIT = "-"
"""Refused submissions belong to no unit; they are counted by the UTC day."""


class Cell(NamedTuple):
    """One place in the totals. `day` is an ISO date; `value` is empty where the dimension has none."""

    unit: str
    day: str
    dimension: str
    value: str


Counts = Mapping[Cell, int]


def contributions(body: Document, unit: Unit) -> Counts:
    """The cells this complaint stands in, and how often. Intake's copy must be known."""
    received = datetime.fromisoformat(body["copy"]["complaint"]["received_at"])
    day = received.astimezone(unit.calendar.tz).date().isoformat()
    return Counter(Cell(unit.id, day, dimension, value) for dimension, value in _places(body, unit))


def rejection(body: Document) -> Counts:
    """A refused submission is counted once, on the day it was refused."""
    day = datetime.fromisoformat(body["rejected"]["rejected_at"]).date().isoformat()
    return {Cell(NO_UNIT, day, REJECTED, ""): 1}


def _places(body: Document, unit: Unit) -> Iterator[tuple[str, str]]:
    complaint = body["copy"]["complaint"]
    category = category_of(body)
    yield RECEIVED, ""
    yield "grade", grade_of(body)
    yield "category", category
    yield "top_category", category.split("/", 1)[0]
    yield "channel", complaint["channel"]
    yield "branch", complaint.get("branch") or NONE
    yield "kind", complaint["kind"]
    yield "state", "closed" if is_closed(body, unit) else "open"
    states = [(reading["id"], reading["state"]) for reading in readings(body)]
    if missed_dues(body):
        yield OVERDUE, ""
    yield from ((CLOCK, f"{id_}/{state}") for id_, state in states if state in OUTCOMES)


def difference(before: Counts, now: Counts) -> Counts:
    """What the totals must be moved by; nothing is named that stays."""
    cells = dict.fromkeys([*before, *now])
    moved = {cell: now.get(cell, 0) - before.get(cell, 0) for cell in cells}
    return {cell: by for cell, by in moved.items() if by}


def stored(counts: Counts) -> list[list[str | int]]:
    """As the page remembers it: `[unit, day, dimension, value, count]` each, in order."""
    return [[*cell, count] for cell, count in sorted(counts.items())]


def remembered(rows: Sequence[Sequence[str | int]]) -> Counts:
    return {Cell(*map(str, row[:4])): int(row[4]) for row in rows}
