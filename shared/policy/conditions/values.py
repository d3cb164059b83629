"""Takes the values of facts from Python, each strictly of its type."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from shared.policy.conditions.literals import LEAST_WHOLE, MOST_WHOLE
from shared.policy.conditions.types import EMPTY, FactType


class FactValueError(ValueError):
    """A fact was given a value that is not of its type, or nobody declared the fact."""


def taken(facts: Mapping[str, object], types: Mapping[str, FactType]) -> list[object]:
    """The values of these facts in their order, as conditions compute with them; those not given are empty.

    Raises FactValueError on the first that is wrong.
    """
    values: list[object] = []
    for name, kind in types.items():
        value = facts.get(name)
        if value is None:
            values.append(EMPTY[kind])
        else:
            values.append(_taken(name, value, kind))
    return values


def check_values(facts: Mapping[str, object], types: Mapping[str, FactType]) -> None:
    """Raises FactValueError on the first that is not of its type, or that nobody declared."""
    for name, value in facts.items():
        if name not in types:
            raise FactValueError(f"{name} is not a declared fact")
        if value is not None:
            _taken(name, value, types[name])


def _taken(name: str, value: object, kind: FactType) -> object:
    if value is True or value is False:
        if kind is FactType.TRUTH:  # most facts, without a call for each
            return value
    elif kind is FactType.TEXT and type(value) is str and value.isascii():
        return value
    try:
        return _TAKE[kind](value)
    except (ValueError, OverflowError) as wrong:
        raise FactValueError(f"{name} is {kind}, but {wrong}") from None


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
    return value.astimezone(UTC)  # two of one zone would be compared by their clocks


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
