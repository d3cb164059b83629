"""Small values that several contracts share: text in two languages, money, people, a case's name."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

FIRST_YEAR, LAST_YEAR = 1900, 2500
"""Between these lie all moments of which events speak, and their deadlines."""


def in_reach(value: datetime) -> datetime:
    """The same; ValueError for a moment in another age."""
    if not FIRST_YEAR < value.year < LAST_YEAR:
        raise ValueError(f"expected a time between the years {FIRST_YEAR} and {LAST_YEAR}")
    return value


def to_moment(value: datetime) -> datetime:
    """UTC, whole milliseconds: what the store keeps is what was sent."""
    moment = in_reach(value) if value.tzinfo is UTC else in_reach(value).astimezone(UTC)
    finer = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - finer) if finer else moment


Moment = Annotated[AwareDatetime, AfterValidator(to_moment)]
"""A point in time; on the wire RFC 3339 with an offset."""


class Value(BaseModel):
    """A frozen value inside an event; unknown fields are ignored, as in the event itself."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)


class Words(Value):
    """One text in Chinese and English. At least one of them; each falls back on the other."""

    zh: str = ""
    en: str = ""

    def in_(self, language: str) -> str:
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)


class Money(Value):
    """An amount in minor units (fen for CNY)."""

    minor: int
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")

    def __str__(self) -> str:
        return f"{Decimal(self.minor) / 100:.2f} {self.currency}"


def _exact(value: Any) -> Any:
    return str(value) if isinstance(value, float) else value


def _two_digits(value: Decimal) -> Decimal:
    if value != value.quantize(Decimal("0.01")):
        raise ValueError("expected at most two digits after the point")
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, le=Decimal("1000000000000"), allow_inf_nan=False),
    AfterValidator(_two_digits),
]


class Claim(Value):
    """What the complainant asks for, as submitted: units of the currency, at most two decimals."""

    amount: Amount
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")

    def money(self) -> Money:
        return Money(minor=int(self.amount * 100), currency=self.currency)


class Person(Value):
    """Personal data stands together, so that it can be kept apart: `id` is the company's own customer id."""

    id: str | None = Field(default=None, max_length=200)
    name: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=320)


class Case(Value):
    """Which complaint an event is about, and the rules it runs under."""

    id: str
    number: str
    unit: str
    pack: str
    pack_version: str

    @property
    def rules(self) -> tuple[str, str, str]:
        """Under which it was received: unit, pack and version."""
        return self.unit, self.pack, self.pack_version
