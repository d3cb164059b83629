"""The patterns of `text.matches("…")`: as RE2 reads them, in time that grows with the text only."""

from collections.abc import Callable

import re2


def fault_in_pattern(text: str) -> str | None:
    """What is wrong with the pattern, None when it is right."""
    try:
        pattern(text)
    except re2.error as wrong:
        return f"the pattern is refused: {wrong.args[0].decode()}"
    return None


def pattern(text: str) -> Callable[[str], bool]:
    """Whether a text holds the pattern anywhere."""
    options = re2.Options()
    options.log_errors = False
    search = re2.compile(text, options).search
    return lambda value: search(value) is not None
