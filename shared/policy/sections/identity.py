"""What a pack is: its dates, its calendars."""

from datetime import date

from pydantic import Field

from shared.policy.sections.common import Part, Said


class Effective(Part):
    """From which day to which day the pack holds."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None


class Shift(Part):
    """One span of a working day, local time: `{from: "09:00", to: "12:00"}`."""

    from_: str = Field(alias="from", pattern=r"^\d\d:\d\d$")
    to: str = Field(pattern=r"^\d\d:\d\d$")


class CalendarSpec(Part):
    """Working time where it differs from the default (China, 09:00-12:00 and 13:00-18:00)."""

    country: str | None = "CN"
    shifts: tuple[Shift, ...] = ()
    closed: dict[date, Said] = Field(default_factory=dict)
    extra: dict[date, Said] = Field(default_factory=dict)
