"""What moves a deadline once it runs: it stands still for a while, or is extended.

The law: nothing but an extension changes how much time counts between start and due. A standstill in which
so much time would have counted moves the due moment on by just as much.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.worktime.deadlines import Deadline, Standstill, deadline, rests_on_unpublished
from shared.worktime.limits import Limit
from shared.worktime.localtime import localise, ticks
from shared.worktime.measures import Measure
from shared.worktime.offsets import later


@dataclass(frozen=True)
class Extension:
    """Filed at `at`: the due moment moves on by a length of time, or to a moment where that is later; never
    beyond `cap`, which counts from the start and stands still when the deadline does."""

    at: datetime
    by: Limit | datetime
    cap: Limit | None = None


def moved(line: Deadline, moves: Sequence[Standstill | Extension]) -> Deadline:
    """The deadline after the moves, in the order of their `at`. Of standstills that overlap each moment
    counts once, and one that comes when the due moment of its time has passed changes nothing; whether an
    extension came in time was for those to judge who granted it."""
    extensions = [move for move in moves if isinstance(move, Extension)]
    standstills = _joined(move for move in moves if isinstance(move, Standstill))
    due, stops = line.due, list[Standstill]()
    in_order: list[Standstill | Extension] = [*standstills, *extensions]
    for move in sorted(in_order, key=lambda move: ticks(move.at)):
        if isinstance(move, Extension):
            due = _extended(due, move, line, stops)
        elif ticks(move.at) < ticks(due):
            due = carried(due, [move], line.measure)
            stops.append(move)
    open_ended = line.measure.working and rests_on_unpublished(line.start.year, due.year, line.calendar)
    return replace(
        line, due=due, provisional=line.provisional or open_ended, standstills=(*line.standstills, *stops)
    )


def carried(moment: datetime, stops: Iterable[Standstill], measure: Measure) -> datetime:
    """Where a moment comes to lie when the time that counts before it stands still now and then; `stops` in
    order and apart."""
    for stop in stops:
        if ticks(stop.at) >= ticks(moment):
            break
        moment = measure.after(moment, measure.between(stop.at, stop.end))
        moment = max(moment, localise(stop.end, measure.calendar.tz), key=ticks)
    return moment


def held_to(line: Deadline, ceiling: datetime) -> Deadline:
    """The deadline, due at `ceiling` where that is earlier, but not before its start."""
    if ticks(line.due) <= ticks(ceiling):
        return line
    return replace(line, due=max(localise(ceiling, line.calendar.tz), line.start, key=ticks))


def _joined(stops: Iterable[Standstill]) -> list[Standstill]:
    """In order and apart; where one goes over into the next it is one, and the first says why."""
    joined: list[Standstill] = []
    for stop in sorted(stops, key=lambda stop: ticks(stop.at)):
        if joined and ticks(stop.at) <= ticks(joined[-1].end):
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, stop.end, key=ticks))
        else:
            joined.append(stop)
    return joined


def _extended(due: datetime, move: Extension, line: Deadline, stops: list[Standstill]) -> datetime:
    calendar = line.calendar
    to = move.by if isinstance(move.by, datetime) else later(due, move.by, calendar)
    wanted = localise(to, calendar.tz)
    if move.cap is not None:
        whole = deadline(line.start, move.cap, calendar)
        wanted = min(wanted, carried(whole.due, stops, whole.measure), key=ticks)
    return max(due, wanted, key=ticks)
