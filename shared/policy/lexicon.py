"""What people say in complaints of every trade, by what they mean: wordings that the cues of packs take
over by name, so that no pack has to think of them again."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from shared.policy.sections.common import Name
from shared.policy.sections.facts import Wording
from shared.policy.source import read

_FILE = Path(__file__).with_suffix(".yaml")


@cache
def lexicon() -> Mapping[str, Wording]:
    """Every entry by its name."""
    return TypeAdapter(dict[Name, Wording]).validate_python(read(_FILE).data)
