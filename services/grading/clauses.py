"""Where a clause of a text begins and ends: denials and neighbouring words reach no further."""

import re

_END = re.compile(
    r"[，。；！？;!?…\n]|(?<!\d)[,.]|[,.](?!\d)|(?<=[一-鿿])\s+(?=[一-鿿])"
    r"|但|可是|不过(?!分)|然而|而是|however|but "
)


def before(text: str, at: int, reach: int) -> str:
    """The part of the clause that stands before `at`, at most `reach` characters of it."""
    return _END.split(text[max(at - reach, 0) : at])[-1]


def around(text: str, start: int, end: int) -> str:
    """The clause that holds `text[start:end]`."""
    return before(text, start, start) + text[start:end] + after(text, end)


def after(text: str, end: int) -> str:
    """The part of the clause that stands after `end`."""
    closing = _END.search(text, end)
    return text[end : closing.start() if closing else len(text)]
