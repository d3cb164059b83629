"""The only door to the CEL library, and the function that it lacks.

Its `size` of a text counts bytes, so that 统计 would be 6. Conditions measure text by CHARACTERS instead,
which `run` gives to every program.
"""

from collections.abc import Sequence
from typing import Protocol, cast

import cel

# No fact can be called so, as a fact begins with a letter.
CHARACTERS = "_characters"


class LibraryError(Exception):
    """The library refused a condition, or failed to evaluate it. The text says why, on one line."""


class Program(Protocol):
    """A compiled expression."""

    def execute(self, context: dict[str, object], /) -> object: ...


def compiled(source: str) -> Program:
    """Raises LibraryError when the library cannot read it."""
    try:
        return cast(Program, cel.compile(source))
    except Exception as wrong:
        raise LibraryError(_reason(wrong)) from wrong


def listed(sources: Sequence[str]) -> str:
    """One expression that gives the values of all, so that the facts are converted only once."""
    return "[" + ", ".join(sources) + "]"


def run(program: Program, facts: dict[str, object]) -> object:
    """Raises LibraryError when the evaluation fails, as it does on a division by zero."""
    try:
        return program.execute({**facts, CHARACTERS: len})
    except Exception as wrong:
        raise LibraryError(_reason(wrong)) from wrong


def _reason(wrong: Exception) -> str:
    if isinstance(wrong, ZeroDivisionError):
        return "division by zero"
    if isinstance(wrong, OverflowError):
        return "a result is too large to hold"
    return " ".join(str(wrong).split())[:300]
