"""The spans of a working day in which people work, as wall times."""

from datetime import time

Shift = tuple[time, time]

DEFAULT_SHIFTS: tuple[Shift, ...] = ((time(9), time(12)), (time(13), time(18)))
_MINUTES_A_DAY = 24 * 60


def check_shifts(shifts: tuple[Shift, ...]) -> None:
    """ValueError unless there is a shift, and they are in order, apart, and in whole minutes.

    A shift that ends at 00:00 ends with the day. Night work is two shifts, one on each side of midnight.
    """
    if not shifts:
        raise ValueError("at least one shift is expected")
    last = 0
    for start, end in shifts:
        if any(edge.second or edge.microsecond or edge.tzinfo for edge in (start, end)):
            raise ValueError(f"shifts in whole minutes without a zone are expected, not {start}-{end}")
        if minute(start) < last or minute_of_end(end) <= minute(start):
            raise ValueError(
                f"shifts in order, apart and within one day are expected; {start:%H:%M}-{end:%H:%M} is not: "
                "split night work at midnight, as 22:00-00:00 and 00:00-06:00"
            )
        last = minute_of_end(end)


def minutes_a_day(shifts: tuple[Shift, ...]) -> int:
    """Minutes worked on a day on which clocks are not changed."""
    return sum(minute_of_end(end) - minute(start) for start, end in shifts)


def minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def minute_of_end(wall: time) -> int:
    """As `minute`, with 00:00 meaning the end of the day."""
    return minute(wall) or _MINUTES_A_DAY
