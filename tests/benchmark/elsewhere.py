"""The same questions asked of two libraries that count working days."""

from datetime import date, datetime, time
from typing import Any

from business_duration import businessDuration
from holidays import HolidayBase

_MORNING, _EVENING = time(9), time(18)


def nth_working_day(china: HolidayBase, start: datetime, n: int) -> date:
    """`holidays`: the N-th working day after a day. It knows holidays and make-up days, and no hours."""
    return china.get_nth_working_day(start.date(), n)


def business_days(china: HolidayBase, start: datetime, due: datetime) -> Any:
    """business-duration: the working days between two moments. It does not look for a deadline, so it is
    given ours, and asked once, which is the least that finding one would take."""
    begins = start.replace(tzinfo=None)
    ends = due.replace(tzinfo=None)
    return businessDuration(
        startdate=begins, enddate=ends, starttime=_MORNING, endtime=_EVENING, holidaylist=china, unit="day"
    )
