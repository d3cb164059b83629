"""Takes the values of facts from Python, each strictly of its type."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from shared.policy.conditions.literals import LEAST_WHOLE, MOST_WHOLE
from shared.policy.conditions.types import FactType


class FactValueError(ValueError):
    """A fact was given a value that is not of its type, or nobody declared the fact."""


def taken(facts: Mapping[str, object], types: Mapping[str, FactType]) -> dict[str, object]:
    """The facts that were given, as the library takes them; None counts as not given.

    Raises FactValueError on the first that is wrong.
    """
    values: dict[str, object] = {}
    for name, value in facts.items():
        if value is None:
            continue
        kind = types.get(name)
        if kind is None:
            raise FactValueError(f"{name} is not a declared fact")
        given = type(value)
        if (given is bool and kind is FactType.TRUTH) or (
            given is str and kind is FactType.TEXT and value.isascii()  # type: ignore[attr-defined]
        ):  # most facts, without a call for each
            values[name] = value
            continue
        try:
            values[name] = _TAKE[kind](value)
        except (ValueError, OverflowError) as wrong:
            raise FactValueError(f"{name} is {kind}, but {wrong}") from None
    return values


def check_values(facts: Mapping[str, object], types: Mapping[str, FactType]) -> None:
    """Raises FactValueError on the first that is wrong."""
    taken(facts, types)


def _truth(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError(f"was given {_shown(value)}, which is no bool")
    return value


def _whole(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"was given {_shown(value)}, which is no int")
    if not LEAST_WHOLE <= value <= MOST_WHOLE:
        raise ValueError("was given an int beyond 64 bits")
    return value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"was given {_shown(value)}, which is no float")
    if not math.isfinite(value):
        raise ValueError(f"was given {value}, which is not finite")
    return float(value)


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(f"was given {_shown(value)}, which is no str")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("was given half of a surrogate pair, which is no character") from None
    return value


def _texts(value: object) -> object:
    if not isinstance(value, list | tuple):
        raise ValueError(f"was given {_shown(value)}, which is no list of str")
    return [_text(item) for item in value]


def _moment(value: object) -> object:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"was given {_shown(value)}, which is no datetime with a zone")
    return value.astimezone(UTC)  # the library knows fixed offsets only, no named zones


def _span(value: object) -> object:
    if not isinstance(value, timedelta):
        raise ValueError(f"was given {_shown(value)}, which is no timedelta")
    return value


def _shown(value: object) -> str:
    """The value's type only: the value may be what a customer wrote, and messages go to logs."""
    return f"a {type(value).__name__}"


_TAKE: Mapping[FactType, Callable[[object], object]] = {
    FactType.TRUTH: _truth,
    FactType.WHOLE: _whole,
    FactType.NUMBER: _number,
    FactType.MONEY: _whole,
    FactType.TEXT: _text,
    FactType.TEXTS: _texts,
    FactType.MOMENT: _moment,
    FactType.SPAN: _span,
}
