"""Reads the JSON of whoever hands something in: UTF-8, with or without a byte order mark, each name once."""

import codecs
import json
from collections import Counter
from typing import Any

from pydantic_core import from_json

from shared.contracts.complaints import Reason


class NotJsonError(ValueError):
    """It cannot be read at all; says why."""


def plain(content: bytes) -> bytes:
    """The text without a byte order mark. NotJsonError when it is not UTF-8."""
    text = content.removeprefix(codecs.BOM_UTF8)
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise NotJsonError(f"expected UTF-8, and byte {error.start + 1} is none") from None
    return text


def parsed(content: bytes) -> Any:
    """The value. NotJsonError also for lone surrogates and for a depth that nobody needs."""
    try:
        return from_json(plain(content))
    except NotJsonError:
        raise
    except ValueError as error:
        raise NotJsonError(str(error)[:200]) from None


def repeats(content: bytes) -> list[Reason]:
    """The names that stand twice in one object: which of the two was meant, nobody can tell."""
    found: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> None:
        if len(pairs) != len(dict(pairs)):
            found.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)

    json.loads(content, object_pairs_hook=look, parse_int=str)
    return [
        Reason(field=name[:200] or "body", problem="is given twice", expected="each name once")
        for name in found[:50]
    ]
