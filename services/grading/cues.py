"""Finds the cues of a pack in a complaint's text, in one pass for all phrases of all cues. The pass also
says which patterns may be in the text at all: a text is searched for few of them.

A phrase counts unless it is denied within the same clause (没有人受伤, 质量没有问题; see `denials`), or
stands inside a longer phrase that the pack excludes. Latin phrases must stand as words of their own. Text
and phrases are folded, so that a pack need not give both scripts.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import ahocorasick

from services.grading.anchors import anchors_of
from services.grading.denials import denied
from services.grading.folding import folded, simplified
from shared.contracts.gradings import Cue
from shared.policy.lexicon import lexicon
from shared.policy.pack import Pack
from shared.policy.sections.facts import CueSpec, Wording


class CueFinder:
    """The cues of one pack, made ready once."""

    def __init__(self, cues: dict[str, CueSpec]) -> None:
        self._cues = cues
        ways = [way for name, cue in cues.items() for way in _ways(name, cue)]
        self._patterns = [
            (way, re.compile(simplified(pattern), re.IGNORECASE))
            for way in ways
            for pattern in way.said.patterns
        ]
        self._always: list[int] = []
        """Patterns that nothing tells to be there."""
        words: dict[str, _Word] = {}
        for way in ways:
            for phrase in way.said.phrases:
                words.setdefault(folded(phrase), _Word([], [])).ways.append(way)
        for n, (_, pattern) in enumerate(self._patterns):
            anchors = anchors_of(pattern)
            if anchors is None:
                self._always.append(n)
            for anchor in anchors or ():
                words.setdefault(anchor, _Word([], [])).patterns.append(n)
        self._words = ahocorasick.Automaton()
        for word, means in words.items():
            self._words.add_word(word, (len(word), means))
        if words:
            self._words.make_automaton()

    def find(self, text: str) -> list[Cue]:
        """The first undenied hit of each cue, in the order of the pack."""
        low = folded(text)
        found: dict[str, Cue] = {}
        for way, start, end in self._hits(low, found):
            if way.cue not in found and way.counts(low, start, end):
                found[way.cue] = Cue(cue=way.cue, phrase=text[start:end], at=start)
        return [found[name] for name in self._cues if name in found]

    def _hits(self, low: str, found: Mapping[str, Cue]) -> Iterator[tuple["_Way", int, int]]:
        """All that may count; no patterns of cues that were `found` by then."""
        possible = set(self._always)
        for last, (length, (ways, patterns)) in self._words.iter(low) if len(self._words) else ():
            possible.update(patterns)
            start = last - length + 1
            if ways and _stands_alone(low, start, last + 1):
                for way in ways:
                    yield way, start, last + 1
        for n in sorted(possible):
            way, pattern = self._patterns[n]
            if way.cue not in found:
                for match in pattern.finditer(low):
                    yield way, match.start(), match.end()


class _Word(NamedTuple):
    """What a word in a text may mean: wordings of which it is a phrase, and the numbers of patterns every
    match of which holds it, or another of their anchors."""

    ways: list["_Way"]
    patterns: list[int]


class _Way:
    """One wording of a cue, the pack's own or the lexicon's. `longer`: what the cue leaves out."""

    def __init__(self, cue: str, said: Wording, longer: tuple[str, ...]) -> None:
        self.cue, self.said = cue, said
        self._denials = tuple(map(folded, said.denied_by))
        self._longer = tuple(map(folded, longer))

    def counts(self, low: str, start: int, end: int) -> bool:
        """Whether a hit there is neither denied nor a part of something longer."""
        if denied(low, start, end, self._denials, self.said.reach):
            return False
        return not any(_inside(low, longer, start, end) for longer in self._longer)


def _ways(name: str, cue: CueSpec) -> Iterator[_Way]:
    """All wordings of a cue. What one of them leaves out counts in none."""
    wordings: list[Wording] = [cue, *(lexicon()[entry] for entry in cue.like)]
    longer = tuple(dict.fromkeys(word for said in wordings for word in said.unless))
    yield from (_Way(name, said, longer) for said in wordings)


def _stands_alone(low: str, start: int, end: int) -> bool:
    """A Latin phrase is not a part of a longer word, save "n't", which hangs on one (won't start). Chinese
    needs no such care."""
    head, tail = low[start], low[end - 1]
    if (
        not low.startswith("n't ", start)
        and head.isascii()
        and head.isalnum()
        and start > 0
        and low[start - 1].isascii()
        and low[start - 1].isalnum()
    ):
        return False
    after = low[end] if end < len(low) else " "
    return not (tail.isascii() and tail.isalnum() and after.isascii() and after.isalnum())


def _inside(low: str, longer: str, start: int, end: int) -> bool:
    at = low.find(longer, max(0, end - len(longer)))
    while 0 <= at <= start:
        if at + len(longer) >= end:
            return True
        at = low.find(longer, at + 1)
    return False


@lru_cache(maxsize=256)
def _finder(key: "_Identity") -> CueFinder:
    return CueFinder(key.pack.facts.cues)


class _Identity:
    """Packs hold dictionaries and cannot be hashed; one finder is kept per pack object."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return id(self.pack)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.pack is self.pack


def find_cues(pack: Pack, text: str) -> list[Cue]:
    """The cues of `pack` that `text` holds."""
    return _finder(_Identity(pack)).find(text)
