"""Working time: calendars, limits, deadlines, and why they fall where they fall. Imports nothing of ours."""

from shared.worktime.calendars import Calendar, Day
from shared.worktime.deadlines import Deadline, deadline
from shared.worktime.elapsed import after_worked, worked_between
from shared.worktime.limits import Limit
from shared.worktime.reasons import Reason
from shared.worktime.spans import Span
from shared.worktime.units import Unit
from shared.worktime.warning_points import before, fraction

__all__ = [
    "Calendar",
    "Day",
    "Deadline",
    "Limit",
    "Reason",
    "Span",
    "Unit",
    "after_worked",
    "before",
    "deadline",
    "fraction",
    "worked_between",
]
