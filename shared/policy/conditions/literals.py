"""Reads numbers and quoted texts as they are written in a condition."""

import math
import re
from decimal import Decimal, InvalidOperation

from shared.policy.conditions.faults import ConditionSyntaxError
from shared.policy.conditions.syntax import NumberLiteral, TextLiteral, WholeLiteral
from shared.policy.conditions.tokens import Token

MOST_WHOLE = 2**63 - 1
LEAST_WHOLE = -(2**63)

_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[xX][0-9A-Fa-f]{2}|.)")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


def read_number(token: Token) -> WholeLiteral | NumberLiteral:
    if token.text.isdigit():
        if int(token.text) > MOST_WHOLE:
            raise ConditionSyntaxError(f"{token.text[:30]} is too large: at most {MOST_WHOLE}", token.at)
        return WholeLiteral(int(token.text), at=token.at)
    try:
        value = Decimal(token.text)
    except InvalidOperation:
        value = Decimal("Infinity")
    if math.isinf(value) or math.isinf(float(value)) or value.adjusted() < -300:
        raise ConditionSyntaxError(f"{token.text[:30]} is beyond what a number can hold", token.at)
    return NumberLiteral(value, at=token.at)


def read_text(token: Token) -> TextLiteral:
    value = token.text[2:-1] if token.text[0] in "rR" else _unescaped(token)
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ConditionSyntaxError("the text holds half of a surrogate pair, which is no character", token.at)
    return TextLiteral(value, at=token.at)


def _unescaped(token: Token) -> str:
    def resolve(match: re.Match[str]) -> str:
        letter, digits = match.group()[1], match.group()[2:]
        if digits and int(digits, 16) <= 0x10FFFF:
            return chr(int(digits, 16))
        if letter in _SIMPLE:
            return _SIMPLE[letter]
        raise ConditionSyntaxError(
            f"unknown escape {match.group()} in a text; write \\{match.group()} for a backslash, "
            'or r"…" for a text without escapes',
            token.at + 1 + match.start(),
        )

    return _ESCAPE.sub(resolve, token.text[1:-1])
