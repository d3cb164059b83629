"""The written procedures that packs carry out: their ids and what each is about."""

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from shared.contracts.words import Words
from shared.policy.source import read

_FILE = Path(__file__).with_suffix(".yaml")


@cache
def regimes() -> dict[str, Words]:
    """Every regime in order, by id."""
    return TypeAdapter(dict[str, Words]).validate_python(read(_FILE).data)
