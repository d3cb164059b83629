"""How long something may take, as a pack writes it."""

from dataclasses import dataclass
from datetime import time
from functools import cached_property, lru_cache

from shared.worktime.reading import read
from shared.worktime.units import CLOCK_MINUTES, DAYS, MONTHS, WORKING_MINUTES, Terms, Unit
from shared.worktime.wording import chinese, english

MAX_YEARS = 100
_MINUTES_A_DAY = 24 * 60
_MINUTES_A_MONTH = 43_830
_LONGEST = MAX_YEARS * 12 * _MINUTES_A_MONTH
_MINUTES = (
    CLOCK_MINUTES
    | WORKING_MINUTES
    | {unit: days * _MINUTES_A_DAY for unit, days in DAYS.items()}
    | {unit: months * _MINUTES_A_MONTH for unit, months in MONTHS.items()}
    | {Unit.HALF_WORKING_DAY: _MINUTES_A_DAY // 2, Unit.WORKING_DAY: _MINUTES_A_DAY}
    | {Unit.MONTH_DAY: _MINUTES_A_MONTH}
)


@dataclass(frozen=True)
class Limit:
    """A limit: `amount` of `unit`, or a fixed point reckoned from the day of the start.

    amount  whole and positive; 0 days is the same day, 0 working days the same working day, 0 months ahead
            the same month
    at      wall time on the N-th day or working day, or on the numbered day of a month; None is its end
    day     for MONTH_DAY the day's number; a shorter month ends earlier

    `str(limit)` is canonical and `Limit.parse` reads it back, and `text("zh")` too. ValueError otherwise.
    """

    amount: int
    unit: Unit
    at: time | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        lowest = 0 if self.unit in (Unit.DAY, Unit.WORKING_DAY, Unit.MONTH_DAY) else 1
        if self.amount < lowest:
            raise ValueError(f"a limit of at least {lowest} {self.unit.value} is expected, not {self.amount}")
        if self.amount * _MINUTES[self.unit] > _LONGEST:
            raise ValueError(f"a limit of at most {MAX_YEARS} years is expected, not {self}")
        if self.at is not None:
            self._check_time(self.at)
        self._check_shape()

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read a limit in English or Chinese; see `reading` for the forms. ValueError for anything else."""
        return _parsed(text)

    @property
    def working(self) -> bool:
        """Whether it depends on which days and hours are worked."""
        return self.unit in (Unit.WORKING_DAY, Unit.HALF_WORKING_DAY) or self.unit in WORKING_MINUTES

    @property
    def fixed(self) -> bool:
        """Whether it names a point in time rather than a length."""
        return self.at is not None or self.amount == 0 or self.unit is Unit.MONTH_DAY

    @property
    def recurring(self) -> bool:
        """Whether it can come again and again: an hour or more, a day, a time of day, a day of the month; no
        half working day."""
        if self.unit in CLOCK_MINUTES or self.unit in WORKING_MINUTES:
            return self.amount * _MINUTES[self.unit] >= _MINUTES[Unit.HOUR]
        return self.unit is not Unit.HALF_WORKING_DAY

    def text(self, lang: str) -> str:
        """The limit in words, `lang` being "zh" or "en"."""
        if lang not in ("zh", "en"):
            raise ValueError(f'a language "zh" or "en" is expected, not {lang!r}')
        terms = Terms(self.amount, self.unit, self.at, self.day)
        return chinese(terms) if lang == "zh" else english(terms)

    def __str__(self) -> str:
        return self._canonical

    @cached_property
    def _canonical(self) -> str:
        return self.text("en")

    def _check_time(self, at: time) -> None:
        if self.unit not in (Unit.DAY, Unit.WORKING_DAY, Unit.MONTH_DAY):
            raise ValueError(f"a fixed time goes with days or working days, not with a {self.unit.value}")
        if at.second or at.microsecond or at.tzinfo:
            raise ValueError(f"a fixed time in whole minutes without a zone is expected, not {at}")

    def _check_shape(self) -> None:
        if self.unit is Unit.HALF_WORKING_DAY and self.amount % 2 == 0:
            raise ValueError(f"an odd number of half working days is expected, not {self.amount}")
        if (self.unit is Unit.MONTH_DAY) != (self.day is not None):
            raise ValueError("a day number belongs to a day of the month and to nothing else")
        if self.day is not None and not 1 <= self.day <= 31:
            raise ValueError(f"a day of the month from 1 to 31 is expected, not {self.day}")


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Limit:
    """A pack's few limits are asked for again and again, for every complaint."""
    return Limit(*read(text))
