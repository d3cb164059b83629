"""How alike two texts are, and which texts are worth comparing.

A text is its set of shingles: runs of three Chinese characters or Latin words. Two sets are alike by
Jaccard's measure. A sketch keeps a set as small numbers, so that it can be stored without the text. Bands
are MinHashes of the set: two texts that have the share `s` of their shingles in common meet in at least one
of them with the probability 1 - (1 - s)^32, which is 86 % at 0.06 and 97 % at 0.1.
"""

import re
from array import array
from zlib import crc32

from rensa import RMinHash

from services.grading.folding import folded

RUN = 3
BANDS = 32
KEPT = 1000
"""How many shingles a sketch keeps, those with the smallest numbers; of longer texts it is a fair sample."""
_SEED = 1
_UNIT = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_BREAK = re.compile(r"[^\sa-z0-9\u3400-\u9fff]+")


def shingles(text: str) -> set[str]:
    """The runs of a text, within its clauses; case, script and spaces do not matter."""
    found: set[str] = set()
    for clause in _BREAK.split(folded(text)):
        units = _UNIT.findall(clause)
        found.update(" ".join(units[i : i + RUN]) for i in range(len(units) - RUN + 1))
    return found


def bands(found: set[str]) -> list[int]:
    """One number a band; none of an empty set."""
    if not found:
        return []
    hashes = RMinHash(num_perm=BANDS, seed=_SEED)
    hashes.update(sorted(found))
    return list(hashes.digest())


def sketch(found: set[str]) -> bytes:
    """The set as sorted numbers of 32 bits."""
    return array("I", sorted({crc32(one.encode()) for one in found})[:KEPT]).tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """Jaccard's measure of two sketches: exact where both are whole, else of their smallest numbers."""
    a, b = set(array("I", one)), set(array("I", other))
    both, common = a | b, a & b
    if len(a) == KEPT or len(b) == KEPT:
        both = set(sorted(both)[:KEPT])
        common &= both
    return len(common) / len(both) if both else 0.0
