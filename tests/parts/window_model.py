"""Counts over other complaints as one would do them by hand: every window is looked at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.grading.windows import Measure, Member
from shared.worktime import Calendar, Limit, deadline


def last_moment(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """By the day where the limit is a number of days, else by the moment."""
    due = deadline(start, limit, calendar).due
    if limit.at is not None or any(unit in str(limit) for unit in ("hour", "minute", "half")):
        return due.astimezone(UTC)
    last = max((due - timedelta(microseconds=1)).date(), start.astimezone(calendar.tz).date())
    midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZoneInfo(calendar.zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def seen(
    members: Sequence[Member], measure: Measure, limit: Limit | None, calendar: Calendar
) -> dict[str, int]:
    """The largest total of any window that holds the member, by id; without a limit all are in one."""
    most = dict.fromkeys((m.id for m in members), 0)
    for first in members:
        inside = list(members)
        if limit is not None:
            last = last_moment(first.at, limit, calendar)
            inside = [m for m in members if first.at <= m.at <= last]
        for m in inside:
            most[m.id] = max(most[m.id], _total(inside, measure))
    return most


def so_far(
    members: Sequence[Member], measure: Measure, limit: Limit | None, calendar: Calendar
) -> dict[str, int]:
    """What each comes to with those before it whose window still reaches it."""
    last = {m.id: last_moment(m.at, limit, calendar) if limit else None for m in members}
    found = {}
    for seer in members:
        before = [m for m in members if (m.at, m.id) <= (seer.at, seer.id)]
        ends = ((m, last[m.id]) for m in before)
        found[seer.id] = _total([m for m, end in ends if end is None or seer.at <= end], measure)
    return found


def promoted(
    members: Sequence[Member],
    grades: Mapping[str, int],
    at_least: int,
    of: Iterable[int],
    again: bool,
    limit: Limit | None,
    calendar: Calendar,
) -> dict[str, int]:
    """How many grades each goes up, grade by grade from the lightest; a window needs one that has the grade
    by itself."""
    now = dict(grades)
    for grade in sorted(of):
        alike = [m for m in members if now[m.id] == grade and (again or grades[m.id] == grade)]
        up: set[str] = set()
        for first in alike:
            last = None if limit is None else last_moment(first.at, limit, calendar)
            inside = [m for m in alike if last is None or first.at <= m.at <= last]
            if len(inside) >= at_least and any(grades[m.id] == grade for m in inside):
                up |= {m.id for m in inside}
        now |= dict.fromkeys(up, grade + 1)
    return {id_: now[id_] - grades[id_] for id_ in grades}


def _total(inside: Sequence[Member], measure: Measure) -> int:
    if measure == "complaints":
        return sum(max(m.amount, 1) for m in inside if m.amount is not None)
    if measure == "sum":
        return sum(m.amount for m in inside if m.amount is not None)
    who = {m.id: m.distinct or (m.id if (m.amount or 0) > 1 else None) for m in inside}
    return sum(
        max(max(m.amount or 0, 1) for m in inside if who[m.id] == one) for one in set(who.values()) - {None}
    )
