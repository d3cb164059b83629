"""What kinds of value a fact can have, and what each is when nobody gave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class FactType(StrEnum):
    """The type of a fact. Beside each: the Python value that `Conditions.evaluate` takes."""

    TRUTH = "truth"  # bool
    WHOLE = "whole"  # int of 64 bits
    NUMBER = "number"  # finite float (an int is taken too)
    MONEY = "money"  # int, minor units (fen), of 64 bits
    TEXT = "text"  # str
    TEXTS = "texts"  # list or tuple of str
    MOMENT = "moment"  # aware datetime
    SPAN = "span"  # timedelta


@dataclass(frozen=True, slots=True)
class Several:
    """The type of a list written in a condition, such as `[1, 2]`. A list of text is `FactType.TEXTS`."""

    element: FactType

    def __str__(self) -> str:
        return f"list of {self.element}"


Type = FactType | Several

NUMERIC = frozenset({FactType.WHOLE, FactType.NUMBER})
ORDERED = NUMERIC | {FactType.MONEY, FactType.TEXT, FactType.MOMENT, FactType.SPAN}

EMPTY: Mapping[FactType, object] = MappingProxyType(
    {
        FactType.TRUTH: False,
        FactType.WHOLE: 0,
        FactType.NUMBER: 0.0,
        FactType.MONEY: 0,
        FactType.TEXT: "",
        FactType.TEXTS: [],
        FactType.MOMENT: datetime(1970, 1, 1, tzinfo=UTC),
        FactType.SPAN: timedelta(0),
    }
)


def list_of(element: FactType) -> Type:
    return FactType.TEXTS if element is FactType.TEXT else Several(element)


def element_of(kind: Type) -> FactType | None:
    """The type of a list's elements, None for what is no list."""
    if isinstance(kind, Several):
        return kind.element
    return FactType.TEXT if kind is FactType.TEXTS else None
