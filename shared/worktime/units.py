"""What a limit is counted in."""

from datetime import time
from enum import Enum
from typing import NamedTuple


class Unit(Enum):
    """The units of a limit; the value is the English singular.

    Clock time runs at once and without a break, working time inside shifts only. Days, weeks, months and
    years end when a day ends, working days when the last shift of a working day ends. MONTH_DAY is a
    numbered day of the month that lies `amount` months ahead.
    """

    MINUTE = "minute"
    HOUR = "hour"
    WORKING_MINUTE = "working minute"
    WORKING_HOUR = "working hour"
    HALF_WORKING_DAY = "half working day"
    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    MONTH_DAY = "day of the month"


CLOCK_MINUTES = {Unit.MINUTE: 1, Unit.HOUR: 60}
WORKING_MINUTES = {Unit.WORKING_MINUTE: 1, Unit.WORKING_HOUR: 60}
MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
DAYS = {Unit.DAY: 1, Unit.WEEK: 7}


class Terms(NamedTuple):
    """A limit taken apart: how many of what, and for fixed points the wall time or the day number."""

    amount: int
    unit: Unit
    at: time | None = None
    day: int | None = None
