"""Who complains, as one text: the company's own id, else a hash of the telephone, else of the e-mail."""

import re
from hashlib import sha256

from shared.contracts.words import Person


def customer(person: Person) -> str | None:
    """None when nothing tells who it is. Telephones are alike however they are written."""
    if person.id:
        return person.id
    phone = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", re.sub(r"[^\d+]", "", person.phone or ""))
    email = (person.email or "").strip().lower()
    if phone:
        return _hashed("phone", phone)
    return _hashed("email", email) if email else None


def _hashed(what: str, value: str) -> str:
    return f"{what}:{sha256(value.encode()).hexdigest()[:24]}"
