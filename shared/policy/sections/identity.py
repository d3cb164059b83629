"""What a pack is: its dates, its calendars."""

from datetime import date, time
from typing import Literal

from pydantic import Field

from shared.policy.sections.common import Part, Said
from shared.worktime import Calendar, Reason


class Effective(Part):
    """From which day to which day the pack holds."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None


class Shift(Part):
    """One span of a working day, local time: `{from: "09:00", to: "12:00"}`."""

    from_: str = Field(alias="from", pattern=r"^\d\d:\d\d$")
    to: str = Field(pattern=r"^\d\d:\d\d$")


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CalendarSpec(Part):
    """Working time where it differs: in a pack from the default (China, 09:00-12:00 and 13:00-18:00), in
    `calendars` from the pack's own, in a deployment from the pack's. What is left out stays as it is there;
    closed and extra days come on top.

    `country: null` is no public holidays, `weekend: []` a week of seven days. `published_through`: the last
    year whose official list is out, where the company knows sooner than the program.
    """

    zone: str | None = None
    country: str | None = "CN"
    weekend: tuple[Weekday, ...] = ("sat", "sun")
    shifts: tuple[Shift, ...] = ()
    closed: dict[date, Said] = Field(default_factory=dict)
    extra: dict[date, Said] = Field(default_factory=dict)
    published_through: int | None = Field(default=None, ge=2000, le=2100)

    def over(self, base: Calendar) -> Calendar:
        """`base` with what this says laid over it. ValueError for an unknown zone or country, or shifts or
        days that contradict one another."""
        said = self.model_fields_set
        closed = {day: Reason(words.zh, words.en) for day, words in self.closed.items()}
        extra = {day: Reason(words.zh, words.en) for day, words in self.extra.items()}
        shifts = tuple((time.fromisoformat(s.from_), time.fromisoformat(s.to)) for s in self.shifts)
        return Calendar(
            zone=self.zone or base.zone,
            country=self.country if "country" in said else base.country,
            weekend=frozenset(map(WEEK.index, self.weekend)) if "weekend" in said else base.weekend,
            shifts=shifts or base.shifts,
            closed={day: why for day, why in base.closed.items() if day not in extra} | closed,
            extra={day: why for day, why in base.extra.items() if day not in closed} | extra,
            published_through=self.published_through or base.published_through,
        )
