"""Folds text so that one spelling of a phrase finds all: traditional script to simplified, full-width letters
and digits to plain ones, the apostrophes of telephones to the typewriter's, capitals to small letters.
Character by character, so that positions stay."""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_IDEOGRAPHS = [chr(code) for code in (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))]
_FULL_WIDTH = [chr(code) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))]
_APOSTROPHES = dict.fromkeys("\u2018\u2019\u02bc\uff07", "'")


def folded(text: str) -> str:
    """The text in small letters and simplified script; as long as it was."""
    plain = simplified(text)
    small = plain.lower()
    return small if len(small) == len(plain) else "".join(map(_small, plain))


def simplified(text: str) -> str:
    """The text in simplified script, capitals kept (a regular expression knows some by them)."""
    table, foldable = _script()
    return foldable.sub(lambda sign: table[sign[0]], text)


def _small(sign: str) -> str:
    return sign.lower() if len(sign.lower()) == 1 else sign


@cache
def _script() -> tuple[dict[str, str], re.Pattern[str]]:
    """One conversion of all characters; a line each, since the library looks at whole phrases."""
    plain = OpenCC("t2s").convert("\n".join(_IDEOGRAPHS)).split("\n")
    table = {sign: to for sign, to in zip(_IDEOGRAPHS, plain, strict=True) if sign != to}
    table |= {sign: unicodedata.normalize("NFKC", sign) for sign in _FULL_WIDTH} | _APOSTROPHES
    return table, re.compile(f"[{''.join(table)}]")
