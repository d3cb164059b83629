"""Why a stretch of time counts or does not, in the two languages people read it in."""

from typing import NamedTuple


class Reason(NamedTuple):
    """One short phrase in Chinese and in English."""

    zh: str
    en: str


WORKING_DAY = Reason("工作日", "working day")
WEEKEND = Reason("周末", "weekend")
DAY_OF_START = Reason("发生当日不计", "the day it happens is not counted")
BREAK = Reason("班次之间休息", "break between shifts")
OFF_HOURS = Reason("非工作时间", "outside working hours")
CLOCK_TIME = Reason("自然时间连续计算", "clock time, counted without a break")
CALENDAR_DAYS = Reason("自然日连续计算", "calendar days, counted without a break")
AGREED = Reason("按约定的时间", "the time that was given")
