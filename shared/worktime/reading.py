"""Reading a limit from the words of a pack, English or Chinese.

    30 minutes · 1.5 hours · half an hour · 8 working hours · half a day (12 hours) · half a working day
    3 days · 5 working days · 1 week · 1 month · half a year · 1 year
    same day · same working day · next day · next working day · end of day 2 · end of working day 2
    15:00 same day · 15:00 same working day · 15:00 next day · 15:00 next working day · 15:00 on day 2
    15:00 on working day 2 · 10th of next month · 15:00 on the 10th of next month · end of the month
    end of next month · 15:00 on the last day of the month · 10th of month 2 · end of month 2 (the second
    month after this one)
    30分钟 · 半个小时 · 8个工作小时 · 半天 · 半个工作日 · 3天 · 2个工作日 · 第2个工作日 · 1周 · 半年 · 1个月
    当天 · 当个工作日 · 次日 · 次日15:00 · 2天后15:00 · 2个工作日后15:00 · 下月10日前 · 下月底
    2个月后的10日前 · 2个月后的月底

A numbered day of a month is included ("10日前" ends with the 10th), so the English "before the 10th" is
refused: it could mean the 9th. "第2天" is refused too: it may or may not count the first day.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import time

from shared.worktime.units import Terms, Unit

FORMS = (
    '"30 minutes", "1.5 hours", "8 working hours", "half a working day", "3 days", "5 working days", '
    '"1 week", "1 month", "half a year", "same day", "same working day", "next day", "15:00 next day", '
    '"15:00 on working day 2", "10th of next month", or in Chinese "2个工作日", "24小时", "当天", '
    '"次日15:00", "下月10日前"'
)
_SIMPLIFIED = str.maketrans("個時鐘兩當週內點後間", "个时钟两当周内点后间")
_ENGLISH_UNITS = {
    "minute": Unit.MINUTE,
    "min": Unit.MINUTE,
    "hour": Unit.HOUR,
    "working minute": Unit.WORKING_MINUTE,
    "working hour": Unit.WORKING_HOUR,
    "day": Unit.DAY,
    "calendar day": Unit.DAY,
    "working day": Unit.WORKING_DAY,
    "business day": Unit.WORKING_DAY,
    "week": Unit.WEEK,
    "month": Unit.MONTH,
    "year": Unit.YEAR,
}
_CHINESE_UNITS = {
    "分钟": Unit.MINUTE,
    "小时": Unit.HOUR,
    "钟头": Unit.HOUR,
    "工作分钟": Unit.WORKING_MINUTE,
    "工作小时": Unit.WORKING_HOUR,
    "工作时": Unit.WORKING_HOUR,
    "天": Unit.DAY,
    "日": Unit.DAY,
    "自然日": Unit.DAY,
    "工作日": Unit.WORKING_DAY,
    "工作天": Unit.WORKING_DAY,
    "周": Unit.WEEK,
    "星期": Unit.WEEK,
    "月": Unit.MONTH,
    "年": Unit.YEAR,
}
# What half of a unit is; 1.5 units are three of these. Units that count whole days have no such half.
_HALVES = {
    Unit.HOUR: (30, Unit.MINUTE),
    Unit.WORKING_HOUR: (30, Unit.WORKING_MINUTE),
    Unit.WORKING_DAY: (1, Unit.HALF_WORKING_DAY),
    Unit.YEAR: (6, Unit.MONTH),
}
# "Half a day" and "half a month" mean a length of their own, and 1.5 of them mean nothing certain.
_SINGLE_HALVES = {Unit.DAY: (12, Unit.HOUR), Unit.MONTH: (15, Unit.DAY)}
_ENGLISH_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_ENGLISH_NUMBERS |= {"six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}

_CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d)"
_WORDS = "|".join(_ENGLISH_NUMBERS)
_LENGTH = re.compile(rf"(?P<count>\d+(?:\.\d+)? ?|(?:half an?|{_WORDS}) )(?P<unit>[a-z][a-z ]*?)s?")
_POINT = re.compile(
    rf"(?:(?:{_CLOCK}|end) )?(?:of |on )?(?:the )?(?:(?P<same>same)|(?P<next>next)|) ?"
    r"(?P<unit>(?:working |business |calendar )?day)(?: (?P<count>\d+))?"
)
_MONTH_DAY = re.compile(
    rf"(?:{_CLOCK} (?:on )?)?(?:the )?(?:(?P<day>\d\d?)(?:st|nd|rd|th)|end|last day) of (?:the )?"
    r"(?:(?P<which>next|same|) ?month|month (?P<count>\d+))"
)
_CN = r"\d+(?:\.\d+)?|[零一二两三四五六七八九十]+"
_CN_CLOCK = r"(?:(?P<hour>\d\d?)[:点](?P<minute>\d\d)?)?"
_CN_LENGTH = re.compile(rf"(?P<count>半|{_CN})个?(?P<unit>[^\d后前内]+?)(?:之内|以内|内)?")
_CN_POINT = re.compile(
    rf"(?:(?P<same>[当同]天|[当同]日)|(?P<samework>[当本同]一?个?工作日)|(?P<next>次日|翌日|隔天|隔日)|(?:下一?个?|次)(?P<nextwork>工作日)"
    rf"|第(?P<nth>{_CN})个?工作日|(?P<count>{_CN})个?(?P<unit>工作日|天|日)后){_CN_CLOCK}(?:之前|以前|前|内)?"
)
_CN_MONTH_DAY = re.compile(
    rf"(?:(?P<next>下个?月|次月)|[本当]月|(?P<count>{_CN})个?月后的?月?)(?:(?P<day>{_CN})[日号]|[底末]){_CN_CLOCK}(?:之前|以前|前|内)?"
)


def read(text: str) -> Terms:
    """The terms of a limit. ValueError that lists what is expected when no form fits."""
    words = _normal(text)
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Terms | None]], ...] = (
        (_LENGTH, _english_length),
        (_POINT, _english_point),
        (_MONTH_DAY, _month_day),
        (_CN_POINT, _chinese_point),
        (_CN_MONTH_DAY, _month_day),
        (_CN_LENGTH, _chinese_length),
    )
    for pattern, reader in readers:
        if (found := pattern.fullmatch(words)) and (terms := reader(found)):
            return terms
    raise ValueError(f"a limit such as {FORMS} is expected, not {text!r}")


def _normal(text: str) -> str:
    """Half-width, lower case, simplified characters, single blanks, without a leading "within" or "by"."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLIFIED)
    plain = " ".join(plain.split()).removeprefix("within ").removeprefix("by ")
    return plain if plain.isascii() else plain.replace(" ", "")


def _english_length(found: re.Match[str]) -> Terms | None:
    unit = _ENGLISH_UNITS.get(found["unit"])
    count = found["count"].strip()
    halves = 1 if count.startswith("half") else _halves(str(_ENGLISH_NUMBERS.get(count, count)))
    return None if unit is None or halves is None else _length(halves, unit)


def _chinese_length(found: re.Match[str]) -> Terms | None:
    unit = _CHINESE_UNITS.get(found["unit"])
    halves = 1 if found["count"] == "半" else _halves(str(_chinese_number(found["count"])))
    return None if unit is None or halves is None else _length(halves, unit)


def _halves(count: str) -> int | None:
    """Twice a number that is whole or ends in .5; 0 and other fractions are no amount."""
    whole, _, fraction = count.partition(".")
    twice = 2 * int(whole) + (fraction == "5")
    return twice if fraction in ("", "0", "5") and twice else None


def _length(halves: int, unit: Unit) -> Terms | None:
    if halves % 2 == 0:
        return Terms(halves // 2, unit)
    if halves == 1 and unit in _SINGLE_HALVES:
        return Terms(*_SINGLE_HALVES[unit])
    if unit not in _HALVES:
        return None
    amount, smaller = _HALVES[unit]
    return Terms(halves * amount, smaller)


def _english_point(found: re.Match[str]) -> Terms | None:
    unit = _ENGLISH_UNITS[found["unit"]]
    if sum(map(bool, (found["same"], found["next"], found["count"]))) != 1:
        return None
    amount = 0 if found["same"] else int(found["count"] or 1)
    if amount == 0 and not found["same"]:
        return None
    return _point(Terms(amount, unit), found)


def _chinese_point(found: re.Match[str]) -> Terms | None:
    if found["samework"]:
        return _point(Terms(0, Unit.WORKING_DAY), found)
    if found["same"] or found["next"]:
        return _point(Terms(0 if found["same"] else 1, Unit.DAY), found)
    unit = Unit.DAY if found["unit"] in ("天", "日") else Unit.WORKING_DAY
    amount = _chinese_number(found["nth"] or found["count"] or "1")
    if not isinstance(amount, int) or amount == 0 or (found["count"] and not found["hour"]):
        return None
    return _point(Terms(amount, unit), found)


def _month_day(found: re.Match[str]) -> Terms | None:
    groups = found.groupdict()
    ahead = int(groups.get("which") == "next" or bool(groups.get("next")))
    months = _chinese_number(groups["count"]) if groups["count"] else ahead
    day = 31 if found["day"] is None else _chinese_number(found["day"])
    if not isinstance(day, int) or not 1 <= day <= 31 or not isinstance(months, int):
        return None
    return _point(Terms(months, Unit.MONTH_DAY, None, day), found)


def _point(terms: Terms, found: re.Match[str]) -> Terms | None:
    """The terms with the wall time found; without one, or with 24:00, it stays the end of the day."""
    hour, minute = found["hour"], int(found["minute"] or 0)
    if hour is None or (hour, minute) == ("24", 0):
        return terms
    return terms._replace(at=time(int(hour), minute)) if int(hour) < 24 and minute < 60 else None


def _chinese_number(written: str) -> int | str:
    """Up to 99 in characters as a number; digits as a number if whole, else as they stand."""
    if written.isdecimal():
        return int(written)
    if written[0].isdecimal():
        return written
    tens, ten, ones = written.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return "0"
    return (_CHINESE_DIGITS.get(tens, 1) * 10 if ten else 0) + _CHINESE_DIGITS.get(ones, 0)
