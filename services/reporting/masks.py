"""Phone numbers and e-mail addresses are shown so that one recognises them, not so that one can use them."""

import re

_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_PHONE = re.compile(r"(?<![\w.])\+?\d(?:[ \-]?\d){6,17}(?![\w.])")


def masked(text: str) -> str:
    """Every phone number and e-mail address in a text, masked."""
    return _PHONE.sub(lambda found: phone(found[0]), _EMAIL.sub(lambda found: email(found[0]), text))


def phone(number: str) -> str:
    """`13800001234` -> `138****1234`; a short one keeps only its last two digits."""
    digits = re.sub(r"\D", "", number)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else f"****{digits[-2:]}"


def email(address: str) -> str:
    """`zhangsan@example.com` -> `z***@example.com`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"
