"""Working time: calendars, limits, deadlines, and why they fall where they fall. Imports nothing of ours."""

from shared.worktime.calendars import Calendar, Day
from shared.worktime.deadlines import Deadline, Standstill, agreed, deadline
from shared.worktime.elapsed import after_worked, worked_between
from shared.worktime.holiday_lists import known_lists
from shared.worktime.limits import Limit
from shared.worktime.measures import Measure
from shared.worktime.moves import Extension, held_to, moved
from shared.worktime.offsets import before, later
from shared.worktime.reasons import Reason
from shared.worktime.spans import Span
from shared.worktime.units import Unit
from shared.worktime.warning_points import fraction

__all__ = [
    "Calendar",
    "Day",
    "Deadline",
    "Extension",
    "Limit",
    "Measure",
    "Reason",
    "Span",
    "Standstill",
    "Unit",
    "after_worked",
    "agreed",
    "before",
    "deadline",
    "fraction",
    "held_to",
    "known_lists",
    "later",
    "moved",
    "worked_between",
]
