"""Reads one value of the pack's own fields, by the type that the pack gives the field."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.contracts.words import Claim, Moment
from shared.policy.sections.intake import IntakeField
from shared.policy.sections.tiers import Measure

MAX_CHARACTERS = 5_000
MAX_TEXTS = 100
LARGEST = 10**15
"""Whole numbers and measures beyond this are mistakes, and the store could not keep all of them."""
_MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)


class FieldError(ValueError):
    """The value does not fit the field; the message says what was expected."""


def field_value(spec: IntakeField | Measure, given: object, currency: str = "CNY") -> Any:
    """The value as it is kept. Money: units in, `{"minor", "currency"}` out; a moment: RFC 3339 in UTC."""
    value = _READERS[spec.type](given, currency)
    if spec.choices:
        for one in value if isinstance(value, list) else [value]:
            if str(one) not in spec.choices:
                raise FieldError(f"one of: {', '.join(spec.choices)}")
    return value


def _text(given: object, _currency: str) -> str:
    if not isinstance(given, str) or len(given) > MAX_CHARACTERS:
        raise FieldError(f"text of at most {MAX_CHARACTERS} characters")
    return given


def _texts(given: object, currency: str) -> list[str]:
    if not isinstance(given, list) or len(given) > MAX_TEXTS:
        raise FieldError(f"a list of at most {MAX_TEXTS} texts")
    return [_text(one, currency) for one in given]


def _whole(given: object, _currency: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or abs(given) > LARGEST:
        raise FieldError("a whole number")
    return given


def _number(given: object, _currency: str) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool):
        raise FieldError("a number")
    if abs(given) > LARGEST or math.isnan(given):
        raise FieldError("a number")
    return given


def _money(given: object, currency: str) -> dict[str, Any]:
    """An amount, or an amount with its currency."""
    whole = given if isinstance(given, Mapping) else {"amount": given, "currency": currency}
    if isinstance(whole.get("amount"), bool) or not set(whole) <= {"amount", "currency"}:
        raise FieldError(_AMOUNT)
    try:
        return Claim.model_validate(whole).money().model_dump()
    except ValidationError:
        raise FieldError(_AMOUNT) from None


_AMOUNT = "an amount of 0 or more with at most two decimals, such as 1280.50"


def _truth(given: object, _currency: str) -> bool:
    if not isinstance(given, bool):
        raise FieldError("true or false")
    return given


def _moment(given: object, _currency: str) -> str:
    if not isinstance(given, str) or given.strip().lstrip("+-").replace(".", "").isdigit():
        raise FieldError(_TIME)
    try:
        return _MOMENT.dump_json(_MOMENT.validate_python(given)).decode().strip('"')
    except ValidationError:
        raise FieldError(_TIME) from None


_TIME = "a time with its offset, such as 2026-02-11T09:00:00+08:00"

_READERS: Mapping[str, Callable[[object, str], Any]] = MappingProxyType(
    {
        "text": _text,
        "texts": _texts,
        "whole": _whole,
        "number": _number,
        "money": _money,
        "truth": _truth,
        "moment": _moment,
    }
)
