"""What of a sender's JSON the store can keep, told before anything is written."""

import math
from collections.abc import Iterator

MAX_DEPTH = 20
LARGEST_WHOLE = 2**63 - 1


def unstorable(value: object, where: str = "data", depth: int = MAX_DEPTH) -> Iterator[str]:
    """One line for each thing in it that the store cannot keep, with its place."""
    if isinstance(value, dict | list) and depth == 0:
        yield f"{where}: expected at most {MAX_DEPTH} levels, one inside the other"
    elif isinstance(value, dict):
        for name, inner in value.items():
            if "\0" in name:
                yield f"{where}: expected names without NUL"
            yield from unstorable(inner, f"{where}.{name}", depth - 1)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from unstorable(inner, f"{where}.{n}", depth - 1)
    elif isinstance(value, int) and not -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        yield f"{where}: expected a whole number of at most 64 bits"
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{where}: expected a number that JSON knows"
