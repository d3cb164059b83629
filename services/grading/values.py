"""Values as they travel (fields, what people recorded) become values as conditions take them."""

import math
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def typed(kind: str, given: Any) -> object:
    """The value, money in minor units, moments aware; None for what is not of the type."""
    try:
        return _READ[kind](given)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return None


def _money(given: Any) -> object:
    """Money as it is kept, or an amount in units."""
    if isinstance(given, dict) and "minor" in given:
        return int(given["minor"])
    amount = given["amount"] if isinstance(given, dict) else given
    minor = None if isinstance(amount, bool) else Decimal(str(amount)) * 100
    return int(minor) if minor is not None and minor == int(minor) else None


def _moment(given: Any) -> object:
    moment = datetime.fromisoformat(str(given))
    return moment if moment.tzinfo else None


def _number(given: Any) -> object:
    number = float(given)
    return number if not isinstance(given, bool) and math.isfinite(number) else None


def _texts(given: Any) -> object:
    return list(given) if isinstance(given, list | tuple) and all(isinstance(g, str) for g in given) else None


def _whole(given: Any) -> object:
    """A whole number, in which JSON may have left a point: 5.0."""
    whole = not isinstance(given, bool) and isinstance(given, int | float) and given == int(given)
    return int(given) if whole else None


_READ = {
    "text": lambda given: given if isinstance(given, str) else None,
    "texts": _texts,
    "truth": lambda given: given if isinstance(given, bool) else None,
    "whole": _whole,
    "number": _number,
    "money": _money,
    "moment": _moment,
}
