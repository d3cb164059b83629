"""Sets of values that one term can have: spans of numbers, or words that are named."""

import math
from dataclasses import dataclass
from fractions import Fraction

from shared.policy.conditions.syntax import ComparisonSign

Cut = tuple[Fraction | float, int]
"""A place between numbers: just before a value (0) or just after it (1). Floats stand for infinity only."""
FLOOR: Cut = (-math.inf, 1)
CEILING: Cut = (math.inf, 0)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers in spans from cut to cut, apart and in order. Of a `whole` set only whole numbers count."""

    spans: tuple[tuple[Cut, Cut], ...]
    whole: bool

    @classmethod
    def every(cls, whole: bool = False) -> "Numbers":
        return cls(((FLOOR, CEILING),), whole)

    @classmethod
    def compared(cls, sign: ComparisonSign, value: Fraction, whole: bool) -> "Numbers":
        """The numbers x with `x sign value`."""
        before, after = (value, 0), (value, 1)
        spans: tuple[tuple[Cut, Cut], ...]
        match sign:
            case "<":
                spans = ((FLOOR, before),)
            case "<=":
                spans = ((FLOOR, after),)
            case ">":
                spans = ((after, CEILING),)
            case ">=":
                spans = ((before, CEILING),)
            case "!=":
                spans = ((FLOOR, before), (after, CEILING))
            case _:
                spans = ((before, after),)
        return cls._of(spans, whole)

    @classmethod
    def _of(cls, spans: tuple[tuple[Cut, Cut], ...], whole: bool) -> "Numbers":
        if whole:
            spans = tuple((_rounded(low), _rounded(high)) for low, high in spans)
        return cls(tuple(span for span in spans if span[0] < span[1]), whole)

    @property
    def empty(self) -> bool:
        return not self.spans

    def meet(self, other: "Numbers") -> "Numbers":
        """What lies in both."""
        spans = ((max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans)
        return Numbers._of(tuple(spans), self.whole)

    def rest(self) -> "Numbers":
        """Everything that lies outside."""
        ends = [FLOOR, *(cut for span in self.spans for cut in span), CEILING]
        return Numbers._of(tuple(zip(ends[::2], ends[1::2], strict=True)), self.whole)

    def join(self, other: "Numbers") -> "Numbers":
        """What lies in either."""
        return self.rest().meet(other.rest()).rest()

    def holds(self, value: object) -> bool:
        number = _number(value)
        return any(low <= (number, 0) < high for low, high in self.spans)

    def span_near(self, value: object) -> tuple[Cut, Cut]:
        """The span next to `value`, of a set that is not empty."""
        number = _number(value)
        return min(self.spans, key=lambda span: min(abs(bound - number) for bound in _ends(span)))

    def nearest(self, value: object) -> Fraction:
        """The member next to `value`, of a set that is not empty; for `x > 3` the next float."""
        if self.holds(value):
            return _number(value)
        (low, above), (high, after) = self.span_near(value)
        if (_number(value), 0) < (low, above):
            return Fraction(math.nextafter(float(low), math.inf)) if above else Fraction(low)
        if after or self.whole:
            return Fraction(high) if after else Fraction(high) - 1
        return Fraction(math.nextafter(float(high), -math.inf))

    def far(self, value: object) -> float:
        """How far the nearest member lies, from 0 to 1, as a share of the larger of the two."""
        now, nearest = _number(value), self.nearest(value)
        return min(float(abs(nearest - now) / max(abs(nearest), abs(now), Fraction(1))), 1.0)


@dataclass(frozen=True, slots=True)
class Named:
    """Texts or truths that are named, or `others`: all but those."""

    values: frozenset[object]
    others: bool = False

    @property
    def empty(self) -> bool:
        return not self.values and not self.others

    def meet(self, other: "Named") -> "Named":
        if self.others and other.others:
            return Named(self.values | other.values, others=True)
        if self.others:
            return Named(other.values - self.values)
        return Named(self.values - other.values if other.others else self.values & other.values)

    def rest(self) -> "Named":
        if self.values <= TRUTHS and self.values:
            return Named(TRUTHS - self.values)
        return Named(self.values, not self.others)

    def holds(self, value: object) -> bool:
        return (value in self.values) != self.others


Domain = Numbers | Named
TRUTHS = frozenset[object]({True, False})


def _rounded(cut: Cut) -> Cut:
    value, side = cut
    if isinstance(value, float):
        return cut
    return Fraction(math.floor(value) + 1 if side else math.ceil(value)), 0


def _ends(span: tuple[Cut, Cut]) -> list[Fraction]:
    return [value for value, _ in span if isinstance(value, Fraction)] or [Fraction(0)]


def _number(value: object) -> Fraction:
    if not isinstance(value, int | float | Fraction):
        raise TypeError(f"expected a number, found {type(value).__name__}")
    return Fraction(value)
