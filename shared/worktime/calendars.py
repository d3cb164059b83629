"""When people work: a country's list, the company's own days, shifts and a zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from shared.worktime.holiday_lists import check_country, holiday_list, list_is_out
from shared.worktime.reasons import WEEKEND, WORKING_DAY, Reason
from shared.worktime.shifts import DEFAULT_SHIFTS, Shift, check_shifts
from shared.worktime.years import WorkedYear

_FIRST_YEAR, _LAST_YEAR = 1800, 2999


@dataclass(frozen=True)
class Day:
    """Whether a date is worked and why; provisional when the official list of its year is not out."""

    worked: bool
    provisional: bool
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class Calendar:
    """A working calendar. Share one instance: the years it has laid out, and what it has judged of their
    days, are kept with it.

    zone               IANA name; dates and shifts are wall time there.
    country            ISO code whose public holidays count ("CN", "DE-BY"), or None for none.
    shifts             spans of a working day, in order; an end at 00:00 is the end of the day.
    closed, extra      the company's own days off and worked days; they win over the official list.
    weekend            weekdays not worked, as numbers; Monday is 0.
    published_through  last year whose Chinese list is to be taken as out, in place of what the data says.

    ValueError for an unknown zone or country, wrong shifts, a day both closed and extra, or no weekday left.
    """

    zone: str = "Asia/Shanghai"
    country: str | None = "CN"
    shifts: tuple[Shift, ...] = DEFAULT_SHIFTS
    closed: Mapping[date, Reason] = field(default_factory=dict, hash=False)
    extra: Mapping[date, Reason] = field(default_factory=dict, hash=False)
    weekend: frozenset[int] = frozenset({5, 6})
    published_through: int | None = None
    _years: dict[int, WorkedYear] = field(default_factory=dict, init=False, repr=False, compare=False)
    _days: dict[date, Day] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weekend", frozenset(self.weekend))
        check_shifts(self.shifts)
        if self.country is not None:
            check_country(self.country)
        if not self.weekend < frozenset(range(7)):
            raise ValueError(
                f"weekend days from 0 to 6 that leave one to work are expected, not {self.weekend}"
            )
        if both := self.closed.keys() & self.extra.keys():
            raise ValueError(f"a day is either closed or extra; {min(both)} is both")
        object.__setattr__(self, "closed", dict(self.closed))
        object.__setattr__(self, "extra", dict(self.extra))
        _ = self.tz

    @classmethod
    def default(cls) -> "Calendar":
        """Shanghai, China, 09:00-12:00 and 13:00-18:00: what holds where a pack names no other."""
        return _DEFAULT

    @cached_property
    def tz(self) -> tzinfo:
        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"an IANA time zone is expected, not {self.zone!r}") from None

    def day(self, day: date) -> Day:
        """What kind of day it is. The company's own days are never provisional."""
        known = self._days.get(day)
        if known is None:
            worked, provisional, reason = self._judge(day)
            known = self._days[day] = Day(worked, provisional, reason.zh, reason.en)
        return known

    def year(self, year: int) -> WorkedYear:
        """The year laid out for counting. ValueError for a year no complaint can reach."""
        laid_out = self._years.get(year)
        if laid_out is None:
            # Two threads may both lay a year out; they come to the same, so the later one may stay.
            laid_out = self._years[year] = self._lay_out(year)
        return laid_out

    def _lay_out(self, year: int) -> WorkedYear:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise ValueError(
                f"a year from {_FIRST_YEAR} to {_LAST_YEAR} is expected; the count reaches {year}"
            )
        days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        worked = tuple(day for day in days if self._judge(date.fromordinal(day))[0])
        return WorkedYear(year, worked, not self._is_out(year), self.shifts, self.tz)

    def _is_out(self, year: int) -> bool:
        return list_is_out(self.country, year, self.published_through)

    def _judge(self, day: date) -> tuple[bool, bool, Reason]:
        """Worked, provisional, why; the company's own word first, then the country's, then the week's."""
        if day in self.closed:
            return False, False, self.closed[day]
        if day in self.extra:
            return True, False, self.extra[day]
        provisional = not self._is_out(day.year)
        if self.country is not None:
            official = holiday_list(self.country, day.year)
            if day in official.made_up:
                return True, provisional, official.made_up[day]
            if day in official.off:
                return False, provisional, official.off[day]
        if day.weekday() in self.weekend:
            return False, provisional, WEEKEND
        return True, provisional, WORKING_DAY


_DEFAULT = Calendar()
