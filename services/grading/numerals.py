"""Numbers as people write them: 300,000, 30万, 三十万, 三万五, 壹佰贰拾, 1亿2000万. Text comes folded.

A number that leaves its value open (三五万, 几十) is none.
"""

import re
from decimal import Decimal

_DIGITS = {sign: n for n, signs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆",
                                              "七柒", "八捌", "九玖")) for sign in signs}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_SIGNS = "".join((*_DIGITS, *_TENS, *_MYRIADS))
NUMBER = rf"(?>(?:{_ARABIC})|[{''.join(_DIGITS)}十拾])(?:[{_SIGNS}]|点(?=[{''.join(_DIGITS)}])|{_ARABIC})*"
"""A regular expression for what may be a number; `number` says whether it is."""
LARGEST = 10**13
_TOKEN = re.compile(rf"{_ARABIC}|点|[{_SIGNS}]")


def number(text: str) -> Decimal | None:
    """The value of a text that `NUMBER` matches; None when it is no definite number, or beyond LARGEST."""
    tokens = _TOKEN.findall(text)
    if "点" in tokens:
        return _with_point(tokens)
    if len(tokens) > 1 and all(token in _DIGITS for token in tokens):
        return _digit_by_digit(tokens)
    return _summed(tokens)


def _with_point(tokens: list[str]) -> Decimal | None:
    """三点五万: digits after the point, then perhaps one 万 or 亿."""
    point = tokens.index("点")
    scale = _MYRIADS.get(tokens[-1], 1)
    after = tokens[point + 1 : -1] if scale > 1 else tokens[point + 1 :]
    whole = number("".join(tokens[:point]))
    if whole is None or not after or not all(token in _DIGITS for token in after):
        return None
    return _bounded((whole + Decimal("0." + "".join(str(_DIGITS[t]) for t in after))) * scale)


def _digit_by_digit(tokens: list[str]) -> Decimal | None:
    """二〇〇. Without a zero, two digits in a row mean one or the other: 三五."""
    digits = [_DIGITS[token] for token in tokens]
    return _bounded(Decimal("".join(map(str, digits)))) if digits[0] and 0 in digits else None


def _summed(tokens: list[str]) -> Decimal | None:
    """Digits times what follows them, added up. A last single digit counts the next lower place: 三万五."""
    total = section = Decimal(0)
    open_: Decimal | None = None
    place = lowest = Decimal(0)
    zero = False
    for token in tokens:
        if token in _MYRIADS:
            scale = _MYRIADS[token]
            section += open_ or 0
            if (not section and not total) or (scale == 10**4 and 0 < lowest <= 10**4):
                return None
            total = (total + section) * scale if scale > 10**4 else total + section * scale
            section, open_, place, lowest, zero = Decimal(0), None, Decimal(scale), Decimal(scale), False
        elif token in _TENS:
            scale = _TENS[token]
            if section and 0 < place <= scale:
                return None
            section += (1 if open_ is None else open_) * scale
            open_, place, zero = None, Decimal(scale), False
        elif token in ("零", "〇") and (section or total) and open_ is None:
            zero = True
        elif open_ is not None:
            return None
        else:
            open_ = Decimal(_DIGITS[token]) if token in _DIGITS else Decimal(token.replace(",", ""))
    if open_ is not None and not zero and place > 10 and 0 < open_ < 10 and open_ == int(open_):
        open_ = open_ * place / 10
    if open_ is not None and 0 < place <= open_:
        return None
    return _bounded(total + section + (open_ or 0))


def _bounded(value: Decimal) -> Decimal | None:
    return value if value <= LARGEST else None
