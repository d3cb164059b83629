"""The people of a unit: who holds a role, who stands in where nobody does, and who the accused is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.policy.sections.ladders import Role


class Contact(BaseModel):
    """A person of the company and where to reach them. `id` is the company's own, as complaints name the
    employee they are about; `sms` is a phone number with country code."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str | None = Field(default=None, min_length=1, max_length=200)
    name: str | None = None
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)
    sms: str | None = Field(default=None, pattern=r"^\+?[0-9][0-9 \-]{4,18}$")
    language: Literal["zh", "en"] | None = None

    def is_called(self, word: str | None) -> bool:
        """Whether this is who is meant by an id or a name."""
        return word is not None and word in (self.id, self.name)


def _one_or_many(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Contacts = Annotated[tuple[Contact, ...], BeforeValidator(_one_or_many)]


def _anybody(contact: Contact) -> bool:
    return True


@dataclass(frozen=True)
class People:
    """The roles of a pack and who holds them in one unit. An `accused` is meant by id or name, or is None."""

    roles: Mapping[str, Role]
    holders: Mapping[str, tuple[Contact, ...]]

    def of(self, role: str, accused: str | None) -> tuple[Contact, ...]:
        """Who holds the role, without the employee complained of."""
        return tuple(c for c in self.holders.get(role, ()) if not c.is_called(accused))

    def standing_in(self, role: str, accused: str | None, suits: Callable[[Contact], bool] = _anybody) -> str:
        """The role, else the first of its fallbacks, that somebody who suits holds; the role if none."""
        asked: str | None = role
        while asked is not None and asked in self.roles:
            if any(suits(contact) for contact in self.of(asked, accused)):
                return asked
            asked = self.roles[asked].fallback
        return role

    def hold(self, who: str, roles: Iterable[str]) -> bool:
        """Whether who is meant by an id or a name, or as a role, holds one of the roles."""
        return any(who == role or any(c.is_called(who) for c in self.holders.get(role, ())) for role in roles)

    def same(self, one: str, other: str) -> bool:
        """Whether two words, ids or names, mean the same person as far as we know."""
        known = (c for contacts in self.holders.values() for c in contacts)
        return one == other or any(c.is_called(one) and c.is_called(other) for c in known)
