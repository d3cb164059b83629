"""What facts and their values are called in Chinese and English, for everything that explains a decision."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from shared.contracts.words import Words
from shared.policy.conditions import FactType
from shared.policy.pack import Pack
from shared.policy.sections.intake import Category

BUILT_IN: Mapping[str, Words] = {
    "kind": Words(zh="事项", en="kind"),
    "channel": Words(zh="渠道", en="channel"),
    "channel_formal": Words(zh="正式渠道", en="formal channel"),
    "category": Words(zh="类别", en="category"),
    "claim_amount": Words(zh="诉求金额", en="claim"),
    "claim_currency": Words(zh="币种", en="currency"),
    "complainant_id": Words(zh="客户号", en="customer id"),
    "customer": Words(zh="客户", en="customer"),
    "event": Words(zh="关联事件", en="event"),
    "problem": Words(zh="问题", en="problem"),
    "product": Words(zh="产品", en="product"),
    "project": Words(zh="项目", en="project"),
    "branch": Words(zh="项目 / 网点", en="branch"),
    "employee": Words(zh="被投诉员工", en="employee"),
    "zone": Words(zh="区域", en="zone"),
    "grade": Words(zh="级别", en="grade"),
    "validity": Words(zh="有效性", en="validity"),
    "breached": Words(zh="已超时的时限", en="deadlines missed"),
    "warned": Words(zh="已预警的时限", en="deadlines warned of"),
    "milestones": Words(zh="已记录的节点", en="milestones recorded"),
}
"""Facts that every pack has."""

YES, NO = Words(zh="是", en="yes"), Words(zh="否", en="no")
NOT_GIVEN = Words(zh="未给出", en="not given")


class Titles:
    """The words of one pack. What it does not name is shown by its id."""

    def __init__(self, pack: Pack, types: Mapping[str, FactType]) -> None:
        self._types = types
        self._zone = ZoneInfo(pack.time_zone)
        self._facts = dict(BUILT_IN)
        facts = pack.facts
        for block in (
            pack.intake.fields,
            facts.cues,
            facts.amounts,
            facts.history,
            facts.windows,
            facts.decided,
            pack.params,
        ):
            self._facts |= {name: part.title for name, part in block.items()}
        if pack.tiers:
            self._facts |= {f"tier_{name}": axis.title for name, axis in pack.tiers.axes.items()}
        self._values = _values(pack)

    def fact(self, name: str) -> Words:
        return self._facts.get(name) or Words(zh=name, en=name)

    def value(self, name: str, value: object) -> Words:
        """A fact's value for reading: money in yuan, moments in the pack's zone, ids by their titles."""
        if value is None:
            return NOT_GIVEN
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, list | tuple | set | frozenset):
            return joined([self.value(name, item) for item in value], "、", ", ")
        if self._types.get(name) is FactType.MONEY and isinstance(value, int):
            return amount(value)
        if isinstance(value, datetime):
            return _plain(value.astimezone(self._zone).strftime("%Y-%m-%d %H:%M"))
        if isinstance(value, float):
            return _plain(f"{value:,.10g}")
        if isinstance(value, int):
            return _plain(f"{value:,}")
        return self._values.get(name, {}).get(str(value)) or _plain(str(value))


def amount(fen: int) -> Words:
    """Money in minor units."""
    return Words(zh=f"{fen / 100:,.2f} 元", en=f"{fen / 100:,.2f} yuan")


def joined(parts: Iterable[Words], zh: str, en: str) -> Words:
    each = list(parts)
    return Words(zh=zh.join(w.in_("zh") for w in each), en=en.join(w.in_("en") for w in each))


def _plain(text: str) -> Words:
    return Words(zh=text, en=text)


def _values(pack: Pack) -> dict[str, Mapping[str, Words]]:
    clocks = {name: clock.title for name, clock in pack.clocks.items()}
    values: dict[str, Mapping[str, Words]] = {
        "kind": pack.intake.kinds,
        "channel": {name: channel.title for name, channel in pack.intake.channels.items()},
        "category": dict(_categories(pack.intake.categories, "", ())),
        "grade": {name: grade.title for name, grade in pack.grading.grades.items()},
        "breached": clocks,
        "warned": clocks,
        "milestones": {name: milestone.title for name, milestone in pack.milestones.items()},
    }
    if pack.validity:
        values["validity"] = {name: value.title for name, value in pack.validity.values.items()}
    for name, axis in (pack.tiers.axes if pack.tiers else {}).items():
        values[f"tier_{name}"] = {tier: spec.title for tier, spec in axis.tiers.items()}
    return values


def _categories(
    categories: Mapping[str, Category], above: str, titles: tuple[Words, ...]
) -> Iterable[tuple[str, Words]]:
    for name, category in categories.items():
        path, named = f"{above}{name}", (*titles, category.title)
        yield path, joined(named, " / ", " / ")
        yield from _categories(category.children, f"{path}/", named)
