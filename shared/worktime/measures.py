"""What counts towards a limit: time inside shifts, or clock time; and from when on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.worktime.calendars import Calendar
from shared.worktime.elapsed import after_worked, worked_between
from shared.worktime.limits import Limit
from shared.worktime.localtime import end_of_day, from_ticks, localise, ticks
from shared.worktime.units import DAYS, Unit

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Measure:
    """Time from `begin` on counts: worked time where `working`, else clock time."""

    begin: datetime
    working: bool
    calendar: Calendar

    @classmethod
    def of(cls, start: datetime, limit: Limit | None, calendar: Calendar) -> "Measure":
        """How `limit` counts from `start`. A moment that somebody gave (None) is reckoned in clock time."""
        local = localise(start, calendar.tz)
        if limit is None:
            return cls(local, False, calendar)
        whole_days = limit.unit is Unit.WORKING_DAY or limit.unit in DAYS
        begin = end_of_day(local.date(), calendar.tz) if whole_days and limit.amount else local
        return cls(begin, limit.working, calendar)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The time that counts from `start` to `end`; none where `end` does not come later."""
        first, last = max(ticks(start), ticks(self.begin)), ticks(end)
        if last <= first:
            return timedelta()
        if not self.working:
            return (last - first) * _TICK
        zone = self.calendar.tz
        return worked_between(from_ticks(first, zone), from_ticks(last, zone), self.calendar)

    def after(self, moment: datetime, amount: timedelta) -> datetime:
        """The first moment by which `amount` has counted since `moment`; no amount is `moment`."""
        if self.working and amount:
            return after_worked(moment, amount, self.calendar)
        return from_ticks(ticks(moment) + amount // _TICK, self.calendar.tz)
