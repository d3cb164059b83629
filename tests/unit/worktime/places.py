"""Calendars and strategies that the tests of working time share."""

from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

from shared.worktime import Calendar, Limit, Reason, Unit

ROUND_THE_CLOCK = ((time(0), time(0)),)
SPLIT_NIGHT = ((time(0), time(6)), (time(22), time(0)))
ODD_HOURS = ((time(1, 30), time(2, 30)), (time(2, 45), time(5)))

CALENDARS = {
    "shanghai": Calendar.default(),
    "company": Calendar(
        closed={date(2026, 3, 2): Reason("公司周年庆", "company anniversary")},
        extra={date(2026, 3, 7): Reason("盘点加班", "stocktaking")},
        shifts=((time(8, 30), time(11, 45)), (time(13, 15), time(17, 30))),
    ),
    "six-day week": Calendar(weekend=frozenset({6})),
    "berlin": Calendar(zone="Europe/Berlin", country="DE-BY"),
    "berlin by night": Calendar(zone="Europe/Berlin", country=None, weekend=frozenset(), shifts=ODD_HOURS),
    "new york": Calendar(zone="America/New_York", country="US", shifts=SPLIT_NIGHT),
    "lord howe": Calendar(
        zone="Australia/Lord_Howe", country=None, weekend=frozenset(), shifts=ROUND_THE_CLOCK
    ),
    "havana": Calendar(zone="America/Havana", country=None, shifts=ROUND_THE_CLOCK),
    "cairo": Calendar(zone="Africa/Cairo", country="EG", weekend=frozenset({4, 5})),
}

LENGTHS = (
    "1 minute",
    "30 minutes",
    "24 hours",
    "30 working minutes",
    "8 working hours",
    "100 working hours",
    "half a working day",
    "2.5 working days",
    "1 day",
    "3 days",
    "1 working day",
    "5 working days",
    "60 working days",
    "1 week",
    "1 month",
    "half a year",
    "1 year",
)
POINTS = (
    "same day",
    "15:00 same day",
    "same working day",
    "15:00 same working day",
    "15:00 next day",
    "02:30 next day",
    "00:00 next day",
    "15:00 on working day 2",
    "10th of next month",
    "31st of next month",
    "end of the month",
    "09:00 on the 1st of next month",
)

calendars = st.sampled_from(sorted(CALENDARS)).map(CALENDARS.__getitem__)
moments = st.datetimes(datetime(2019, 1, 1), datetime(2027, 6, 30), timezones=st.just(UTC))
lengths = st.sampled_from(LENGTHS).map(Limit.parse)
limits = st.sampled_from(LENGTHS + POINTS).map(Limit.parse)


@st.composite
def any_limits(draw: st.DrawFn) -> Limit:
    """Every limit that can be made, not only those somebody would write."""
    unit = draw(st.sampled_from(Unit))
    at = draw(st.none() | st.times().map(lambda wall: wall.replace(second=0, microsecond=0)))
    if unit is Unit.MONTH_DAY:
        return Limit(draw(st.integers(0, 30)), unit, at, draw(st.integers(1, 31)))
    if unit is Unit.HALF_WORKING_DAY:
        return Limit(2 * draw(st.integers(0, 50)) + 1, unit)
    if unit in (Unit.DAY, Unit.WORKING_DAY):
        return Limit(draw(st.integers(0, 400)), unit, at)
    return Limit(draw(st.integers(1, 100)), unit)
