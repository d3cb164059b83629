"""Who fills a role and how they are reached; addresses as they are compared, sent to, and shown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.notify.channels.port import Language
from shared.contracts.words import Person
from shared.people import Contact

Way = Literal["email", "sms"]
COMPLAINANT = "complainant"
ESCALATED_TO = "escalated_to"
_EMAIL = re.compile(r"[!-~]+@[A-Za-z0-9.\-]+")
_PHONE = re.compile(r"\+?[0-9]{5,19}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told by one channel. Without an address nobody in the role can be reached at all."""

    role: str
    channel: Way
    address: str | None
    language: Language


def plain_address(channel: Way, given: str | None) -> str | None:
    """The address in one spelling, so that one person counts once; None when it is no address."""
    if not given:
        return None
    if channel == "email":
        name, _, host = given.strip().rpartition("@")
        spelt = f"{name}@{host.lower()}"
        return spelt if _EMAIL.fullmatch(spelt) and len(spelt) <= 320 else None
    spelt = re.sub(r"[\s\-()]", "", given)
    return spelt if _PHONE.fullmatch(spelt) else None


def masked(channel: str, address: str | None) -> str:
    """An address as it may be shown: enough to tell two apart, too little to use."""
    if address is None:
        return ""
    if channel == "email":
        name, _, host = address.rpartition("@")
        return f"{name[:1]}***@{host}"
    return f"***{address[-4:]}"


def contact_of(person: Person) -> Contact:
    """The complainant, as somebody who can be told."""
    email, sms = plain_address("email", person.email), plain_address("sms", person.phone)
    return Contact(name=person.name, email=email, sms=sms)


def can_be_reached(contact: Contact, channels: Sequence[Way]) -> bool:
    """Whether there is an address for one of these channels."""
    return any(_address(contact, channel) is not None for channel in channels)


def reached(
    role: str, channels: Sequence[Way], holders: Sequence[Contact], language: Language
) -> Iterator[Recipient]:
    """Every address that the holders of `role` have for one of these channels. Where there is none at all, a
    recipient without address for each channel: nobody hears of it."""
    found: dict[tuple[Way, str], Recipient] = {}
    for channel in channels:
        for contact in holders:
            address = _address(contact, channel)
            if address is not None:
                spoken = contact.language or language
                found.setdefault((channel, address), Recipient(role, channel, address, spoken))
    yield from found.values() or (Recipient(role, channel, None, language) for channel in channels)


def _address(contact: Contact, channel: Way) -> str | None:
    return plain_address(channel, contact.email if channel == "email" else contact.sms)
