"""Numbers as people write them: 300,000, 30万, 30 w, 三十万, 三万五, 壹佰贰拾, 1亿2000万, 0.3 million,
forty-two. Text comes folded.

A number that leaves its value open (三五万, 几十) is none.
"""

import re
from decimal import Decimal

_DIGITS = {sign: n for n, signs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆",
                                              "七柒", "八捌", "九玖")) for sign in signs}  # fmt: skip
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "w": 10**4, "亿": 10**8}
_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_SIGNS = "".join((*_DIGITS, *_TENS, "万亿"))
_WATTS = r"(?:[a-z0-9]|的?\s?[a-z]{0,4}(?:灯|瓦|功率|充|电|快))"
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_DECADES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_DECADES, 2)}
_SCALES = {"hundred": 100, "k": 10**3, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALE = "(?:hundred|thousand|million|billion)"
_WORD = rf"(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![a-z])"
_ENGLISH = (
    rf"(?:(?:{_ARABIC})\s*(?:k|{_SCALE})(?![a-z0-9])|an?\s+{_SCALE}(?![a-z])|{_WORD})"
    rf"(?:(?:\s+and\s+|[\s-]+)(?:{_WORD}|{_SCALE}(?![a-z])))*"
)
_CHINESE = (
    rf"(?>(?:{_ARABIC})|[{''.join(_DIGITS)}十拾])"
    rf"(?:\s?[万亿]|\s?w(?!{_WATTS})|[{_SIGNS}]|点(?=[{''.join(_DIGITS)}])|{_ARABIC})*"
)
NUMBER = rf"(?>{_ENGLISH}|{_CHINESE})"
"""A regular expression for what may be a number; `number` says whether it is."""
LARGEST = 10**13
_TOKEN = re.compile(rf"{_ARABIC}|点|[{_SIGNS}w]")
_ENGLISH_TOKEN = re.compile(rf"{_ARABIC}|[a-z]+")


def number(text: str) -> Decimal | None:
    """The value of a text that `NUMBER` matches; None when it is no definite number, or beyond LARGEST."""
    if re.search("[a-vx-z]", text):
        return _in_words(_ENGLISH_TOKEN.findall(text))
    tokens = _TOKEN.findall(text)
    if "点" in tokens:
        return _with_point(tokens)
    if len(tokens) > 1 and all(token in _DIGITS for token in tokens):
        return _digit_by_digit(tokens)
    return _summed(tokens)


def _in_words(tokens: list[str]) -> Decimal | None:
    """Three hundred and twenty thousand; 0.3 million."""
    total = section = Decimal(0)
    for word in tokens:
        if word in ("a", "an", "and"):
            continue
        if word not in _SCALES:
            value = Decimal(_WORDS[word]) if word in _WORDS else Decimal(word.replace(",", ""))
            if section % (10 if value < 10 else 100):
                return None
            section += value
        elif _SCALES[word] == 100:
            section = (section or Decimal(1)) * 100
        else:
            total, section = total + (section or Decimal(1)) * _SCALES[word], Decimal(0)
    return _bounded(total + section)


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
