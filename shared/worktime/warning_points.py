"""The moment on the way to a deadline at which a share of its time has passed."""

from datetime import datetime, timedelta

from shared.worktime.deadlines import Deadline
from shared.worktime.localtime import from_ticks, ticks
from shared.worktime.moves import carried


def fraction(line: Deadline, share: float) -> datetime:
    """When `share` (0 to 1) of the time that counts from start to due has passed; ValueError otherwise.

    What counts is what the spans of the deadline say; time in which it stood still does not. When nothing
    counts (a deadline moved up, say), clock time from the start does.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share from 0 to 1 is expected, not {share}")
    measure = line.measure
    stood = sum((measure.between(stop.at, stop.end) for stop in line.standstills), timedelta())
    counts = measure.between(line.start, line.due) - stood
    if not counts or not share:
        way = ticks(line.due) - ticks(line.start)
        return from_ticks(ticks(line.start) + round(way * share), line.calendar.tz)
    begin = max(line.start, measure.begin, key=ticks)
    return carried(measure.after(begin, counts * share), line.standstills, measure)
