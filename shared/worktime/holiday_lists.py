"""Public holidays and make-up working days of a country, year by year, from the `holidays` package.

China publishes its list late in the year before. Until then the package only estimates the feasts and
knows no make-up day, without saying so; `list_is_out` says so. It goes by the data in the package, not by
today's date: a year is out when its list, or a later one, has been entered. A list may still reach back
into the last days of the year before it, as the one for 2019 did.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import holidays

from shared.worktime.reasons import Reason

MAKE_UP = Reason("调休上班", "make-up working day")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True)
class HolidayList:
    """One year: days off and make-up working days, each with its reason."""

    off: Mapping[date, Reason]
    made_up: Mapping[date, Reason]


def check_country(country: str) -> None:
    """ValueError unless `country` is an ISO 3166 code the package knows, such as CN, DE or DE-BY."""
    try:
        _load(country, 2020)
    except NotImplementedError:
        raise ValueError(f"an ISO country code with known holidays is expected, not {country!r}") from None


@lru_cache(maxsize=1024)
def holiday_list(country: str, year: int) -> HolidayList:
    """The list of one year. The two languages fall back on what the package has for the country."""
    known = _load(country, year)
    chinese, english = _named(known, country, year, "zh_CN"), _named(known, country, year, "en_US")
    swaps = {swap: day for day, name in chinese.items() if (swap := _swapped(name))}
    off = {day: _reason_off(day, chinese, english) for day in known}
    made_up = {day: _reason_made_up(swaps.get(day)) for day in known.weekend_workdays if day.year == year}
    return HolidayList(off, made_up)


def list_is_out(country: str | None, year: int, published_through: int | None) -> bool:
    """Whether the official list of `year` is known. Only China's comes late; the rest follow from law."""
    if country is None or country.partition("-")[0] != "CN":
        return True
    first, last = _years_entered()
    return first <= year <= (last if published_through is None else published_through)


def known_lists() -> str:
    """Which lists are known: the version of the package that they are in."""
    return version("holidays")


@lru_cache(maxsize=1)
def _years_entered() -> tuple[int, int]:
    """First and last year whose official Chinese list is in the package."""
    china = holidays.country_holidays("CN")
    entered = {*getattr(china, "special_public_holidays", {}), *(day.year for day in china.weekend_workdays)}
    return min(entered), max(entered)


def _load(country: str, year: int, language: str | None = None) -> holidays.HolidayBase:
    code, _, subdivision = country.partition("-")
    return holidays.country_holidays(code, subdiv=subdivision or None, years=[year], language=language)


def _named(known: holidays.HolidayBase, country: str, year: int, language: str) -> dict[date, str]:
    return dict(_load(country, year, language if language in known.supported_languages else None))


def _swapped(name: str) -> date | None:
    """The weekend day worked in exchange, which the Chinese name of a day off gives."""
    found = _DATE.search(name)
    return date(*map(int, found.groups())) if found else None


def _reason_off(day: date, chinese: dict[date, str], english: dict[date, str]) -> Reason:
    worked = _swapped(chinese[day])
    if worked is None:
        return Reason(chinese[day], english[day])
    return Reason(f"调休放假({worked}上班)", f"day off in exchange for work on {worked}")


def _reason_made_up(off: date | None) -> Reason:
    if off is None:
        return MAKE_UP
    return Reason(f"{MAKE_UP.zh}(换{off}放假)", f"{MAKE_UP.en} (day off: {off})")
