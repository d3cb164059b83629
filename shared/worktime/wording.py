"""Saying a limit in words; what `reading` reads back to the same limit."""

from shared.worktime.units import Terms, Unit

_CHINESE = {
    Unit.MINUTE: "分钟",
    Unit.HOUR: "小时",
    Unit.WORKING_MINUTE: "个工作分钟",
    Unit.WORKING_HOUR: "个工作小时",
    Unit.HALF_WORKING_DAY: "个工作日",
    Unit.DAY: "天",
    Unit.WORKING_DAY: "个工作日",
    Unit.WEEK: "周",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}
_SUFFIXES = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def english(terms: Terms) -> str:
    """As a pack writes it: "5 working days", "15:00 next day", "10th of next month"."""
    amount, unit, at, _ = terms
    if unit is Unit.MONTH_DAY:
        return _english_month_day(terms)
    if amount == 0:
        return f"{at:%H:%M} same {unit.value}" if at else f"same {unit.value}"
    if at is not None:
        return f"{at:%H:%M} next {unit.value}" if amount == 1 else f"{at:%H:%M} on {unit.value} {amount}"
    if unit is Unit.HALF_WORKING_DAY:
        return "half a working day" if amount == 1 else f"{amount / 2:.1f} working days"
    return f"{amount} {unit.value}{'' if amount == 1 else 's'}"


def chinese(terms: Terms) -> str:
    """As people read it: "5个工作日", "次日15:00", "下月10日前"."""
    amount, unit, at, day = terms
    clock = f"{at:%H:%M}" if at is not None else ""
    if unit is Unit.MONTH_DAY:
        number = "底" if day == 31 else f"{day}日"
        return f"{_chinese_month(amount, last=day == 31)}{number}{clock}前"
    if amount == 0:
        return f"{'当天' if unit is Unit.DAY else '当个工作日'}{clock}"
    if at is not None:
        return f"次日{clock}" if terms[:2] == (1, Unit.DAY) else f"{amount}{_CHINESE[unit]}后{clock}"
    if unit is Unit.HALF_WORKING_DAY:
        return "半个工作日" if amount == 1 else f"{amount / 2:.1f}个工作日"
    return f"{amount}{_CHINESE[unit]}"


def _chinese_month(amount: int, *, last: bool) -> str:
    if amount <= 1:
        return "下月" if amount else "本月"
    return f"{amount}个月后的月" if last else f"{amount}个月后的"


def _english_month_day(terms: Terms) -> str:
    amount, _, at, day = terms
    name = f"{day}{_SUFFIXES.get(day or 0, 'th')}"
    month = ("the month", "next month")[amount] if amount <= 1 else f"month {amount}"
    if day == 31:
        return f"{at:%H:%M} on the last day of {month}" if at else f"end of {month}"
    return f"{at:%H:%M} on the {name} of {month}" if at else f"{name} of {month}"
