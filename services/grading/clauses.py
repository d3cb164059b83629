"""Where a clause of a text begins and ends: denials and neighbouring words reach no further."""

import re

_END = re.compile(r"[，。；！？;!?\n]|(?<!\d)[,.]|[,.](?!\d)|但|however|but ")


def before(text: str, at: int, reach: int) -> str:
    """The part of the clause that stands before `at`, at most `reach` characters of it."""
    return _END.split(text[max(at - reach, 0) : at])[-1]


def around(text: str, start: int, end: int) -> str:
    """The clause that holds `text[start:end]`."""
    after = _END.search(text, end)
    return before(text, start, start) + text[start : after.start() if after else len(text)]
