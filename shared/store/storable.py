"""What of a sender's JSON the store can keep, told before anything is written."""

import math
from collections.abc import Iterator

MAX_DEPTH = 20
LARGEST_WHOLE = 2**63 - 1


def unstorable(value: object) -> Iterator[str]:
    """One line for each thing in it that the store cannot keep, with its place."""
    return iter(()) if _fits(value, MAX_DEPTH) else _wrong(value, "data", MAX_DEPTH)


def _fits(value: object, depth: int) -> bool:
    """The same question with a plain answer; every event is asked it, and places cost three times as much."""
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, dict):
        return depth > 0 and all("\0" not in n and _fits(inner, depth - 1) for n, inner in value.items())
    if isinstance(value, list):
        return depth > 0 and all(_fits(inner, depth - 1) for inner in value)
    return _is_number(value)


def _is_number(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or -LARGEST_WHOLE <= value <= LARGEST_WHOLE


def _wrong(value: object, where: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict | list) and depth == 0:
        yield f"{where}: expected at most {MAX_DEPTH} levels, one inside the other"
    elif isinstance(value, dict):
        for name, inner in value.items():
            if "\0" in name:
                yield f"{where}: expected names without NUL"
            yield from _wrong(inner, f"{where}.{name}", depth - 1)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _wrong(inner, f"{where}.{n}", depth - 1)
    elif not _is_number(value):
        kind = "number that JSON knows" if isinstance(value, float) else "whole number of at most 64 bits"
        yield f"{where}: expected a {kind}"
