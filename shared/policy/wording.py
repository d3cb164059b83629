"""Says in Chinese and English where the value of a term would have to lie, and what it is now."""

from collections.abc import Mapping
from fractions import Fraction

from shared.contracts.words import Words
from shared.policy.conditions import FactType, render
from shared.policy.conditions.checking import check
from shared.policy.conditions.syntax import Arithmetic, Call, Comparison, Name, Node, TextLiteral
from shared.policy.reasoning import Domain, Named, Numbers
from shared.policy.titles import NO, YES, Titles, amount, joined


class Wording:
    """The sentences of one pack."""

    def __init__(self, titles: Titles, types: Mapping[str, FactType]) -> None:
        self._titles = titles
        self._types = types

    def says(self, term: Node, domain: Domain, now: object) -> Words:
        """`投诉人数 ≥ 5（现为 4）`, `people ≥ 5 (is 4)`. `now` is None where nobody gave the fact."""
        match term:
            case Comparison(sign="in", left=TextLiteral(value=name), right=Name(name="known")):
                there, title = domain.holds(True), self._titles.fact(name)
                return _pair(title, Words(zh="已给出", en="is given") if there else _NOT_GIVEN)
            case Comparison(sign="in", left=TextLiteral(value=text), right=Name(name=name)):
                there, title = domain.holds(True), self._titles.fact(name)
                holds = Words(zh="包含", en="include") if there else Words(zh="不包含", en="do not include")
                return _pair(title, _pair(holds, self._titles.value(name, text)))
        is_now = self._now(term, domain, now)
        wanted = self._wanted(term, domain, now)
        stands = _pair(Words(zh="现为", en="is"), is_now)
        return Words(zh=f"{wanted.zh}（{stands.zh}）", en=f"{wanted.en} ({stands.en})")

    def _wanted(self, term: Node, domain: Domain, now: object) -> Words:
        title = self._title(term)
        if isinstance(domain, Numbers):
            return _pair(title, self._band(term, domain, now))
        if domain.values <= {True, False}:
            truth = YES if domain.holds(True) else NO
            return Words(zh=f"{title.zh}：{truth.zh}", en=f"{title.en}: {truth.en}")
        values = [self._value(term, value) for value in sorted(domain.values, key=str)]
        sign = Words(zh="不为", en="is not") if domain.others else Words(zh="为", en="is")
        return _pair(title, _pair(sign, joined(values, "或", " or ")))

    def _band(self, term: Node, domain: Numbers, now: object) -> Words:
        (low, above), (high, after) = domain.span_near(now or 0)
        if domain.whole and isinstance(high, Fraction):
            high, after = high - 1, 1
        if low == high:
            return _pair(Words(zh="=", en="="), self._value(term, low))
        bounds = []
        if isinstance(low, Fraction):
            bounds.append(_pair(_sign(">" if above else "≥"), self._value(term, low)))
        if isinstance(high, Fraction):
            bounds.append(_pair(_sign("≤" if after else "<"), self._value(term, high)))
        return joined(bounds, " 且 ", " and ")

    def _title(self, term: Node) -> Words:
        match term:
            case Name(name=name):
                return self._titles.fact(name)
            case Call(function="size", arguments=(Name(name=name),)):
                title = self._titles.fact(name)
                return Words(zh=f"{title.in_('zh')}的个数", en=f"number of {title.in_('en')}")
            case Arithmetic(sign="+", left=left, right=right):
                return joined([self._title(left), self._title(right)], " + ", " + ")
        return _sign(f"“{render(term)}”")

    def _now(self, term: Node, domain: Domain, now: object) -> Words:
        if now is None and isinstance(domain, Named) and domain.values <= {True, False}:
            return NO
        return self._value(term, now)

    def _value(self, term: Node, value: object) -> Words:
        if isinstance(value, Fraction | int) and not isinstance(value, bool):
            if check(term, self._types).type is FactType.MONEY:
                return amount(int(value))
            value = int(value) if value == int(value) else float(value)
        return self._titles.value(term.name if isinstance(term, Name) else "", value)


_NOT_GIVEN = Words(zh="未给出", en="is not given")


def _pair(first: Words, second: Words) -> Words:
    """Side by side; Chinese has a space only beside what is not Chinese."""
    zh = [first.in_("zh"), second.in_("zh")]
    space = " " if any(edge.isascii() or edge in "≥≤" for edge in (zh[0][-1:], zh[1][:1])) else ""
    return Words(zh=space.join(zh), en=f"{first.in_('en')} {second.in_('en')}")


def _sign(text: str) -> Words:
    return Words(zh=text, en=text)
