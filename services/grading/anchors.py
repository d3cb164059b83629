"""What every match of a pattern holds: so that a text is searched only for patterns that may be in it."""

import re
from collections.abc import Iterable
from itertools import groupby
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parse  # type: ignore[attr-defined]
from typing import Any

Anchors = frozenset[str]
"""Texts in small letters, one of which is a part of every match."""
MOST = 80


def anchors_of(pattern: re.Pattern[str]) -> Anchors | None:
    """None where nothing can be told, or too little to be worth looking for."""
    return _worth(_of_sequence(sre_parse.parse(pattern.pattern, pattern.flags)))


def _of_sequence(nodes: Iterable[tuple[Any, Any]]) -> Anchors | None:
    """Of all that follows one another the rarest counts; letters in a row are one text."""
    found: list[Anchors] = []
    for literal, run in groupby(nodes, key=lambda node: node[0] is sre.LITERAL):
        if literal:
            found.append(frozenset({"".join(chr(given).lower() for _, given in run)}))
        else:
            found += [here for node in run if (here := _worth(_of(*node))) is not None]
    return max(found, key=_rarity, default=None)


def _of(kind: object, given: Any) -> Anchors | None:
    if kind is sre.SUBPATTERN:
        return _of_sequence(given[-1])
    if kind is sre.BRANCH:
        return _together(_of_sequence(branch) for branch in given[1])
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        least, _, inner = given
        return _of_sequence(inner) if least else None
    if kind is sre.IN:
        return _together(_of_member(*member) for member in given)
    return None


def _of_member(kind: object, given: Any) -> Anchors | None:
    return frozenset({chr(given).lower()}) if kind is sre.LITERAL else None


def _together(parts: Iterable[Anchors | None]) -> Anchors | None:
    """One of them is there; which, nobody knows."""
    all_of_them: set[str] = set()
    for part in parts:
        if part is None:
            return None
        all_of_them |= part
    return frozenset(all_of_them)


def _worth(anchors: Anchors | None) -> Anchors | None:
    """A single letter is in every text."""
    if not anchors or len(anchors) > MOST or min(map(_weight, anchors)) < 2:
        return None
    return anchors


def _rarity(anchors: Anchors) -> tuple[int, int]:
    return min(map(_weight, anchors)), -len(anchors)


def _weight(text: str) -> int:
    """A Chinese character tells as much as two letters."""
    return sum(1 if char.isascii() else 2 for char in text)
