"""Cuts the text of a condition into tokens."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from shared.policy.conditions.faults import ConditionSyntaxError


class TokenKind(Enum):
    """What a token is; the value is how it is called in a message."""

    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    MARK = "mark"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text as it was written, and its offset."""

    kind: TokenKind
    text: str
    at: int

    def __str__(self) -> str:
        return "the end" if self.kind is TokenKind.END else f"'{self.text}'"


_SPACE = re.compile(r"[ \t\n\r\f]*")
_TOKEN = re.compile(
    r"""
    (?P<NUMBER> [0-9]+ (?:\.[0-9]+)? (?:[eE][+-]?[0-9]+)? )
  | (?P<TEXT>   [rR](?:"[^"\n\r]*"|'[^'\n\r]*')
              | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
  | (?P<NAME>   [A-Za-z_][A-Za-z0-9_]* )
  | (?P<MARK>   && | \|\| | == | != | <= | >= | [-<>!+*/%?:()\[\],.] )
    """,
    re.VERBOSE,
)
_RUN_ON = re.compile(r"[A-Za-z0-9_]+")
# Marks that other languages use, and curled or dashed ones that an editor or input method puts in.
_MEANT = {
    "=": "==",
    "&": "&&",
    "|": "||",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
}


def tokens_of(source: str) -> list[Token]:
    """All tokens, the last of kind END. Raises ConditionSyntaxError at what can be no token."""
    found: list[Token] = []
    at = _after_space(source, 0)
    while at < len(source):
        token = _token_at(source, at)
        found.append(token)
        at = _after_space(source, at + len(token.text))
    return [*found, Token(TokenKind.END, "", len(source))]


def _after_space(source: str, at: int) -> int:
    match = _SPACE.match(source, at)
    return match.end() if match else at


def _token_at(source: str, at: int) -> Token:
    match = _TOKEN.match(source, at)
    if match is None or match.lastgroup is None:
        raise _no_token(source, at)
    token = Token(TokenKind[match.lastgroup], match.group(), at)
    if token.kind is TokenKind.NUMBER and (more := _RUN_ON.match(source, match.end())):
        raise ConditionSyntaxError(f"'{token.text}{more.group()}' is neither a number nor a name", at)
    return token


def _no_token(source: str, at: int) -> ConditionSyntaxError:
    sign = source[at]
    if sign in "\"'":
        return ConditionSyntaxError(
            f"the text that begins with {sign} is not closed by {sign} on its line", at
        )
    meant = _MEANT.get(sign) or unicodedata.normalize("NFKC", sign)
    shown = f"'{sign}'" if sign.isprintable() else f"the character U+{ord(sign):04X}"
    hint = f"; write {meant}" if meant != sign and meant.isascii() and meant.isprintable() else ""
    return ConditionSyntaxError(f"{shown} has no meaning here{hint}", at)
