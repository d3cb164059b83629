"""Places in a pack's data: a path in which some segments leave room for any name.

`*` stands for any key, `#` for any part of a list by its `id`, `%` for any text of a list, `**` for a path
through a tree of `children`; what they stand for, joined by `/`, is the name. In square brackets: what goes
when nothing is left of what follows. `@` at the end: a name that is a key; ` = FORM`: a text made of it,
`{}` the part's own name, `{whole}` that with the names of what it is a part of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.policy.source import Path_


@dataclass(frozen=True)
class Place:
    """A place taken apart: its segments, how many of them stand in brackets, the form of a text."""

    segments: tuple[str, ...]
    owner: int
    form: str

    @classmethod
    def of(cls, text: str) -> "Place":
        place, _, form = text.partition(" = ")
        bracket = place.partition("]")[0] if place.startswith("[") else ""
        return cls(
            tuple(re.sub(r"[\[\]]", "", place).split(".")),
            bracket.count(".") + 1 if bracket else 0,
            form or "{}",
        )


def standing(data: Any, place: Place) -> Iterator[tuple[Path_, tuple[str, ...]]]:
    """The paths of `data` that fit, each with the names that stand where the place leaves room for any."""
    yield from _fitting(data, place.segments)


def _fitting(data: Any, segments: tuple[str, ...]) -> Iterator[tuple[Path_, tuple[str, ...]]]:
    if data is None or data == []:
        return
    if not segments:
        yield (), ()
        return
    head, rest = segments[0], segments[1:]
    for key, name, inner in _steps(data, head):
        for path, names in _fitting(inner, rest):
            yield (*key, *path), (*name, *names)


def _steps(data: Any, head: str) -> Iterator[tuple[Path_, tuple[str, ...], Any]]:
    if head == "**" and isinstance(data, dict):
        yield from _branches(data)
    elif head in "*@" and isinstance(data, dict):
        yield from (((key,), (key,), inner) for key, inner in data.items())
    elif head == "#" and isinstance(data, list):
        yield from (((i,), (part.get("id", str(i)),), part) for i, part in enumerate(data))
    elif head == "%" and isinstance(data, list):
        yield from (((i,), (text.replace(" ", "-"),), text) for i, text in enumerate(data))
    elif isinstance(data, dict) and head in data:
        yield (head,), (), data[head]


def _branches(tree: dict[str, Any], above: str = "") -> Iterator[tuple[Path_, tuple[str, ...], Any]]:
    for name, branch in tree.items():
        yield (name,), (f"{above}{name}",), branch
        for path, names, inner in _branches(branch.get("children") or {}, f"{above}{name}/"):
            yield (name, "children", *path), names, inner
