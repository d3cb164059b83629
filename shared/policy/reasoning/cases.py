"""Reads a condition as cases, and works with cases as sets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from shared.policy.conditions import FactType, money
from shared.policy.conditions.checking import check
from shared.policy.conditions.syntax import (
    AllOf,
    AnyOf,
    Call,
    Choice,
    Comparison,
    ComparisonSign,
    ListLiteral,
    Minus,
    Name,
    Node,
    Not,
    NumberLiteral,
    TextLiteral,
    TruthLiteral,
    WholeLiteral,
)
from shared.policy.reasoning.domains import Domain, Named, Numbers

Case = Mapping[Node, Domain]
"""Of each term the domain in which its value lies. A term that is not named may have any value."""

MOST = 200
_FLIPPED: Mapping[ComparisonSign, ComparisonSign] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CANONICAL: Mapping[ComparisonSign, tuple[ComparisonSign, bool]] = {
    ">=": ("<", False),
    ">": ("<=", False),
    "!=": ("==", False),
}
_NUMERIC = (FactType.WHOLE, FactType.NUMBER, FactType.MONEY)
Constant = Fraction | str | bool


class CannotTellError(Exception):
    """Nothing is said of a condition: it has more than `MOST` cases, or compares one term with numbers and
    words."""


@dataclass(frozen=True)
class Reader:
    """Reads conditions over facts of these types. `values`: parameters, which stand for their values."""

    types: Mapping[str, FactType]
    values: Mapping[str, object] = field(default_factory=dict)

    def cases(self, condition: Node, holds: bool = True) -> list[Case]:
        """Where a condition, whose types are right, holds (or does not). CannotTellError."""
        match condition:
            case TruthLiteral(value=value):
                return [{}] if value is holds else []
            case Not(operand=operand):
                return self.cases(operand, not holds)
            case AllOf(parts=parts) | AnyOf(parts=parts):
                read = [self.cases(part, holds) for part in parts]
                return (
                    _all(read) if isinstance(condition, AllOf) is holds else _few(c for r in read for c in r)
                )
            case Choice(test=test, then=then, otherwise=otherwise):
                chosen = _all([self.cases(test), self.cases(then, holds)])
                return _few([*chosen, *_all([self.cases(test, False), self.cases(otherwise, holds)])])
            case Comparison() if (decided := self._decided(condition)) is not None:
                return [{}] if decided is holds else []
            case Comparison():
                return _one(*self._comparison(condition, holds))
            case Name(name=name) if isinstance(given := self.values.get(name), bool):
                return [{}] if given is holds else []
        return [{condition: Named(frozenset({holds}))}]

    def _comparison(self, node: Comparison, holds: bool) -> tuple[Node, Domain]:
        sign, term, other = node.sign, node.left, node.right
        if sign == "in" and isinstance(other, ListLiteral):
            values = [self._constant(item) for item in other.items]
            if self._constant(term) is None and values and None not in values:
                return term, _turned(self._among(term, [v for v in values if v is not None]), holds)
        elif sign != "in":
            if self._constant(term) is not None:
                sign, term, other = _FLIPPED.get(sign, sign), other, term
            value = self._constant(other)
            if value is not None and self._constant(term) is None:
                domain = self._domain(term, sign, value)
                if domain is not None:
                    return term, _turned(domain, holds)
            sign, straight = _CANONICAL.get(node.sign, (node.sign, True))
            return Comparison(sign, node.left, node.right), Named(frozenset({holds is straight}))
        return node, Named(frozenset({holds}))

    def _decided(self, node: Comparison) -> bool | None:
        """The outcome of comparing two constants; None where they are none."""
        left, right = self._constant(node.left), self._constant(node.right)
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return Numbers.compared(node.sign, right, whole=False).holds(left)
        if left is None or right is None or node.sign not in ("==", "!="):
            return None
        return (left == right) is (node.sign == "==")

    def _domain(self, term: Node, sign: ComparisonSign, value: Constant) -> Domain | None:
        if isinstance(value, Fraction):
            return Numbers.compared(sign, value, self._whole(term))
        if sign in ("==", "!="):
            equal = Named(frozenset({value}))
            return equal if sign == "==" else equal.rest()
        return None

    def _among(self, term: Node, values: list[Constant]) -> Domain:
        numbers = [value for value in values if isinstance(value, Fraction)]
        if not numbers:
            return Named(frozenset(values))
        found = Numbers((), self._whole(term))
        for number in numbers:
            found = found.join(Numbers.compared("==", number, found.whole))
        return found

    def _whole(self, term: Node) -> bool:
        return check(term, self.types).type in (FactType.WHOLE, FactType.MONEY)

    def _constant(self, node: Node) -> Constant | None:
        match node:
            case WholeLiteral(value=value):
                return Fraction(value)
            case NumberLiteral(value=value):
                return Fraction(float(value))
            case TextLiteral(value=text):
                return text
            case TruthLiteral(value=truth):
                return truth
            case Minus(operand=operand):
                amount = self._constant(operand)
                return -amount if isinstance(amount, Fraction) else None
            case Call(function=function) if function in money.FEN:
                folded = money.fold(function, node.arguments)
                return None if isinstance(folded, str) else self._constant(folded)
            case Name(name=name) if name in self.values:
                given = self.values[name]
                if isinstance(given, bool | str):
                    return given
                return Fraction(given) if isinstance(given, int | float) else None
        return None


def both(first: Case, second: Case) -> Case | None:
    """Where both cases hold; None where they never do."""
    found = dict(first)
    for term, domain in second.items():
        met = _met(found[term], domain) if term in found else domain
        if met.empty:
            return None
        found[term] = met
    return found


def covers(wide: Case, narrow: Case) -> bool:
    """Whether `wide` holds wherever `narrow` does."""
    return all(term in narrow and _met(narrow[term], domain.rest()).empty for term, domain in wide.items())


def outside(cases: Iterable[Case], hole: Case) -> Iterator[Case]:
    """What is left of `cases` where `hole` does not hold, in pieces that do not overlap."""
    for case in cases:
        if both(case, hole) is None:
            yield case
            continue
        kept = dict(case)
        for term, domain in hole.items():
            had = kept.get(term)
            out = domain.rest() if had is None else _met(had, domain.rest())
            if not out.empty:
                yield {**kept, term: out}
            kept[term] = domain if had is None else _met(had, domain)


def _met(first: Domain, second: Domain) -> Domain:
    if isinstance(first, Numbers) and isinstance(second, Numbers):
        return first.meet(second)
    if isinstance(first, Named) and isinstance(second, Named):
        return first.meet(second)
    raise CannotTellError


def _turned(domain: Domain, holds: bool) -> Domain:
    return domain if holds else domain.rest()


def _one(term: Node, domain: Domain) -> list[Case]:
    return [] if domain.empty else [{term: domain}]


def _all(parts: list[list[Case]]) -> list[Case]:
    found: list[Case] = [{}]
    for part in parts:
        met = (both(a, b) for a, b in product(found, part))
        found = _few(case for case in met if case is not None)
    return found


def _few(cases: Iterable[Case]) -> list[Case]:
    """Without cases that another covers."""
    kept: list[Case] = []
    for case in cases:
        if not any(covers(other, case) for other in kept):
            kept = [other for other in kept if not covers(case, other)] + [case]
        if len(kept) > MOST:
            raise CannotTellError
    return kept
