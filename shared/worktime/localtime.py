"""Between wall time in a zone and moments.

Python compares and subtracts two datetimes of the same zone by their wall time, which is wrong around a
change to or from summer time. So everything here that reckons does it in UTC, as whole microseconds since
1970 ("ticks"), and goes back to the zone only for what is handed out.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

FIRST_YEAR, LAST_YEAR = 1900, 2500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_MIDNIGHT = time()


def localise(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment in `zone`. ValueError for a naive datetime or a year no complaint can have."""
    if moment.utcoffset() is None:
        raise ValueError(f"a datetime with an offset is expected, not the naive {moment.isoformat()}")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"a year from {FIRST_YEAR} to {LAST_YEAR} is expected, not {moment.year}")
    return moment.astimezone(zone)


def ticks(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment - _EPOCH) // _TICK


def from_ticks(count: int, zone: tzinfo) -> datetime:
    return (_EPOCH + timedelta(microseconds=count)).astimezone(zone)


def moment_at(day: date, wall: time, zone: tzinfo) -> datetime:
    """The moment when clocks in `zone` show `wall` on `day`.

    A wall time that comes twice (clocks put back) is the first of the two, fold 0. One that never comes
    (clocks put forward) is the first moment after the gap, so that later wall times are never earlier.
    """
    naive = datetime.combine(day, wall)
    first, second = naive.replace(tzinfo=zone), naive.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    before, after = ticks(second), ticks(first)
    if before >= after:
        return first
    return _end_of_gap(before, after, zone)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The moment when `day` ends: midnight at the start of the day after."""
    return moment_at(day + _DAY, _MIDNIGHT, zone)


def _end_of_gap(before: int, after: int, zone: tzinfo) -> datetime:
    """The moment at which the offset changes, which lies after `before` and not after `after`."""
    offset = from_ticks(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if from_ticks(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return from_ticks(after, zone)
