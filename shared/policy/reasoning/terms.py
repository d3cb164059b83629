"""The values of terms for certain facts, and the facts with a term changed."""

from collections.abc import Mapping
from typing import Self

from shared.policy.conditions import FactType
from shared.policy.conditions.checking import check
from shared.policy.conditions.compiling import ConditionFailure, compiled, run
from shared.policy.conditions.names import KNOWN, facts_in
from shared.policy.conditions.syntax import Comparison, Name, Node, TextLiteral
from shared.policy.conditions.types import EMPTY
from shared.policy.conditions.values import taken
from shared.policy.reasoning.cases import CannotTellError
from shared.policy.reasoning.domains import Domain, Numbers


class Point:
    """Facts, and the terms set beside them that no fact alone decides, such as `size(marks)`."""

    def __init__(
        self,
        types: Mapping[str, FactType],
        facts: Mapping[str, object],
        beside: Mapping[Node, object] | None = None,
    ) -> None:
        self._types = types
        self.facts = {name: value for name, value in facts.items() if value is not None}
        self.beside = dict(beside or {})
        self._values: dict[Node, object] = {}

    def value(self, term: Node) -> object:
        """CannotTellError where the term has none, as when it divides by zero."""
        if isinstance(term, Name):
            return self.facts.get(term.name, EMPTY[self._types[term.name]])
        if term in self.beside:
            return self.beside[term]
        if term not in self._values:
            self._values[term] = self._evaluated(term)
        return self._values[term]

    def lies(self, term: Node, domain: Domain) -> bool:
        value = self.value(term)
        return domain.holds(value)

    def moved(self, term: Node, domain: Domain) -> Self:
        """With the term somewhere in `domain`, as near as can be."""
        match term:
            case Name(name=name):
                return self._with({name: self._witness(domain, self.value(term), self._types[name])})
            case Comparison(sign="in", left=TextLiteral(value=asked), right=Name(name="known")):
                return self._with({asked: EMPTY[self._types[asked]] if domain.holds(True) else None})
            case Comparison(sign="in", left=TextLiteral(value=text), right=Name(name=name)):
                others = [each for each in self._texts(name) if each != text]
                return self._with({name: [*others, text] if domain.holds(True) else others})
        witness = self._witness(domain, self.value(term), check(term, self._types).type)
        return type(self)(self._types, self.facts, {**self.beside, term: witness})

    def _with(self, changed: Mapping[str, object]) -> Self:
        return type(self)(self._types, {**self.facts, **changed}, self.beside)

    def _texts(self, name: str) -> list[str]:
        value = self.facts.get(name, ())
        return [str(text) for text in value] if isinstance(value, list | tuple) else []

    @staticmethod
    def _witness(domain: Domain, now: object, kind: object) -> object:
        if isinstance(domain, Numbers):
            value = domain.nearest(now)
            return float(value) if kind is FactType.NUMBER else int(value)
        if not domain.others:
            return min(domain.values, key=str)
        return next(text for text in _texts() if text not in domain.values)

    def _evaluated(self, term: Node) -> object:
        names = sorted(facts_in(term))
        given = taken(self.facts, {name: self._types[name] for name in names})
        program = compiled([check(term, self._types).plain], (*names, KNOWN))
        try:
            [value] = run(program, [*given, sorted(self.facts)])
        except ConditionFailure as error:
            raise CannotTellError from error
        return value


def _texts() -> list[str]:
    return ["", *("x" * size for size in range(1, 100))]
