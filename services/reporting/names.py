"""What things are called in the reader's language: grades, channels, categories, milestones, roles, facts."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from services.reporting.card import NONE
from services.reporting.masks import masked
from services.reporting.words import Texts
from shared.contracts.words import Words
from shared.deployment import Unit
from shared.policy.conditions import FactType
from shared.policy.counterfactual import Change
from shared.policy.explaining import ShownFact
from shared.policy.sections.intake import Category
from shared.policy.titles import Titles


class _Titled(Protocol):
    @property
    def title(self) -> Words: ...


def capital(text: str) -> str:
    """As a label or a sentence begins."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Names:
    """Names of one unit's pack. What the pack does not name is shown by its id."""

    unit: Unit
    texts: Texts

    def grade(self, id_: str) -> str:
        grade = self.unit.pack.pack.grading.grades.get(id_)
        return self.texts("ungraded") if id_ == NONE else self._titled(grade, id_)

    def channel(self, id_: str) -> str:
        channel = self.unit.pack.pack.intake.channels.get(id_)
        return self._titled(channel, id_)

    def category(self, path: str) -> str:
        """`repair/leak` -> Build quality / Leaks."""
        if path == NONE:
            return self.texts("no_value")
        titles, level = [], dict[str, Category](self.unit.pack.pack.intake.categories)
        for part in path.split("/"):
            found = level.get(part)
            titles.append(self._titled(found, part))
            level = dict(found.children) if found else {}
        return " / ".join(titles)

    def branch(self, name: str) -> str:
        return self.texts("no_value") if name == NONE else name

    def clock(self, id_: str) -> str:
        clock = self.unit.pack.pack.clocks.get(id_)
        return self._titled(clock, id_)

    def milestone(self, name: str) -> str:
        spec = self.unit.pack.pack.every_milestone.get(name)
        return self._titled(spec, name)

    def role(self, id_: str) -> str:
        return self._said(self.unit.pack.pack.roles.get(id_), id_)

    def kind(self, id_: str) -> str:
        return self._said(self.unit.pack.pack.intake.kinds.get(id_), id_)

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

    def _titled(self, part: _Titled | None, otherwise: str) -> str:
        return self._said(part.title if part else None, otherwise)

    def _said(self, words: Words | None, otherwise: str) -> str:
        return (words.in_(self.texts.language) if words else "") or otherwise
