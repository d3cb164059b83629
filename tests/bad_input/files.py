"""Ways in which a YAML file that people edit goes wrong."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

STRANGE = (
    "",
    "~",
    "true",
    "-1",
    "9" * 5000,
    "1e999",
    ".nan",
    "0.0000000000000000000000001",
    "[]",
    "{}",
    "[[[[]]]]",
    "{a: b}",
    '"\\0"',
    '"\\uD83D"',
    "!!python/object:os.system x",
    "*nobody",
    "&x [*x]",
    "|",
    "'",
    '"',
    "((((",
    "grade == ",
    "5 working dayz",
    "99999999999 years",
    "2026-02-30",
    "99:99",
    "{{ 9 ** 9 }}",
    "{%",
    "(a+)+$",
    "[",
    "\\",
    "💥" * 50,
    "a: b: c",
    "\t",
    "\x85",
    "\ufeff",
)
Mutation = Callable[[list[str], int, int], list[str]]


def _deleted(lines: list[str], at: int, other: int) -> list[str]:
    return lines[:at] + lines[at + 1 + other % 5 :]


def _swapped(lines: list[str], at: int, other: int) -> list[str]:
    changed = list(lines)
    changed[at], changed[other % len(lines)] = lines[other % len(lines)], lines[at]
    return changed


def _twice(lines: list[str], at: int, other: int) -> list[str]:
    return [*lines[: at + 1], *lines[at:]]


def _indented(lines: list[str], at: int, other: int) -> list[str]:
    line = lines[at]
    width = len(line) - len(line.lstrip()) + other % 9 - 4
    return [*lines[:at], " " * max(width, 0) + line.lstrip(), *lines[at + 1 :]]


def _valued(lines: list[str], at: int, other: int) -> list[str]:
    """The value of a line becomes something else."""
    key, colon, _ = lines[at].partition(":")
    return [*lines[:at], f"{key}{colon} {STRANGE[other % len(STRANGE)]}", *lines[at + 1 :]]


def _patched(lines: list[str], at: int, other: int) -> list[str]:
    """One word inside a line becomes something else, as in `{type: whole}`."""
    words = lines[at].split(" ")
    words[other % len(words)] = STRANGE[(at * 7 + other) % len(STRANGE)]
    return [*lines[:at], " ".join(words), *lines[at + 1 :]]


def _cut(lines: list[str], at: int, other: int) -> list[str]:
    return [*lines[:at], lines[at][: other % (len(lines[at]) + 1)]]


def _renamed(lines: list[str], at: int, other: int) -> list[str]:
    return [*lines[:at], lines[at].replace(":", "x:", 1), *lines[at + 1 :]]


MUTATIONS: Sequence[Mutation] = (
    _deleted,
    _swapped,
    _twice,
    _indented,
    _valued,
    _valued,
    _patched,
    _patched,
    _cut,
    _renamed,
)


@st.composite
def spoiled(draw: Any, text: str) -> str:
    """The text with one to three things wrong."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 3))):
        mutation = draw(st.sampled_from(MUTATIONS))
        lines = mutation(lines, draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, 10_000))) or [""]
    return "\n".join(lines) + "\n"
