"""What things are called in the reader's language: grades, channels, categories, milestones, roles, facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

from services.reporting.card import NONE
from services.reporting.masks import masked
from services.reporting.words import Texts
from shared.contracts.words import Words
from shared.deployment import Unit
from shared.policy.conditions import FactType
from shared.policy.counterfactual import Change
from shared.policy.explaining import ShownFact
from shared.policy.pack import Pack
from shared.policy.sections.intake import Category
from shared.policy.titles import Titles

T = TypeVar("T")


class _Titled(Protocol):
    @property
    def title(self) -> Words: ...


def capital(text: str) -> str:
    """As a label or a sentence begins."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Names:
    """Names of one unit's pack, or of an earlier one. What none of them names is shown by its id."""

    unit: Unit
    texts: Texts

    def grade(self, id_: str) -> str:
        if id_ == NONE:
            return self.texts("ungraded")
        return self._titled(self._first(lambda pack: pack.grading.grades, id_), id_)

    def channel(self, id_: str) -> str:
        return self._titled(self._first(lambda pack: pack.intake.channels, id_), id_)

    def category(self, path: str) -> str:
        """`repair/leak` -> Build quality / Leaks."""
        if path == NONE:
            return self.texts("no_value")
        titles, level = list[str](), self._categories(path.split("/")[0])
        for part in path.split("/"):
            found = level.get(part)
            titles.append(self._titled(found, part))
            level = dict(found.children) if found else {}
        return " / ".join(titles)

    def branch(self, name: str) -> str:
        return self.texts("no_value") if name == NONE else name

    def clock(self, id_: str) -> str:
        return self._titled(self._first(lambda pack: pack.clocks, id_), id_)

    def milestone(self, name: str) -> str:
        return self._titled(self._first(lambda pack: pack.every_milestone, name), name)

    def role(self, id_: str) -> str:
        return self._said(self._first(lambda pack: pack.roles, id_), id_)

    def kind(self, id_: str) -> str:
        return self._said(self._first(lambda pack: pack.intake.kinds, id_), id_)

    def unit_title(self) -> str:
        return self.unit.spec.title.in_(self.texts.language) or self.unit.id

    @cached_property
    def _titles(self) -> Titles:
        return Titles(self.unit.pack.pack, self.unit.pack.fact_types)

    def fact(self, name: str) -> str:
        """A fact by the title that the pack gives it; what every complaint has by our own word."""
        return capital(self._titles.fact(name).in_(self.texts.language))

    def value(self, name: str, value: Any) -> str:
        """A fact's value for reading: money in yuan, truths in words, phone numbers masked."""
        shown = self._titles.value(name, value).in_(self.texts.language)
        return masked(shown) if self._is_text(name) else shown

    def shown(self, fact: ShownFact) -> str:
        """The value of a fact that a rule looked at, phone numbers masked."""
        said = fact.value.in_(self.texts.language)
        return masked(said) if self._is_text(fact.name) else said

    def change(self, change: Change) -> str:
        """What would have to be otherwise, phone numbers masked."""
        said = capital(change.says.in_(self.texts.language))
        return masked(said) if any(self._is_text(name) for name in change.facts) else said

    def _is_text(self, name: str) -> bool:
        kind = self.unit.pack.fact_types.get(name, FactType.TEXT)
        return kind in (FactType.TEXT, FactType.TEXTS)

    def _categories(self, top: str) -> dict[str, Category]:
        """The tree that this branch stands in."""
        found = self._first(lambda pack: pack.intake.categories, top)
        return {} if found is None else {top: found}

    def _first(self, named: Callable[[Pack], Mapping[str, T]], id_: str) -> T | None:
        """What the present pack calls so, else an earlier one."""
        packs = (known.pack.pack for known in self.unit.editions)
        return next((named(pack)[id_] for pack in packs if id_ in named(pack)), None)

    def _titled(self, part: _Titled | None, otherwise: str) -> str:
        return self._said(part.title if part else None, otherwise)

    def _said(self, words: Words | None, otherwise: str) -> str:
        return (words.in_(self.texts.language) if words else "") or otherwise
