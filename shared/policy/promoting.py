"""What would have to differ among the others for another grade: how many of them a promotion asks for."""

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.words import Words
from shared.policy.bound import BoundPack
from shared.policy.counterfactual import Change, Difference
from shared.policy.sections.grading import Promotion
from shared.policy.titles import Titles, joined

PERIODS: Mapping[str, Words] = {
    "day": Words(zh="在同一天", en="in one calendar day"),
    "week": Words(zh="在同一周", en="in one calendar week"),
    "month": Words(zh="在同一自然月", en="in one calendar month"),
    "quarter": Words(zh="在同一季度", en="in one quarter"),
    "year": Words(zh="在同一年", en="in one year"),
}


def by_others(
    bound: BoundPack, titles: Titles, facts: Mapping[str, object], own: str, promoted: Sequence[str]
) -> Iterator[Difference]:
    """One that has the grade `own` by itself stays below each grade that it was `promoted` to, one after the
    other, were the others fewer; one that was not goes up, were they enough."""
    grades, table = bound.grades(), bound.pack.grading.promotions
    place = grades.index(own)
    by_id = {promotion.id: promotion for promotion in table}
    for step, id_ in enumerate(promoted):
        there = grades[min(place + step, len(grades) - 1)]
        yield _difference(bound, titles, by_id[id_], there, there, enough=False)
    if not promoted and place + 1 < len(grades):
        for rule in table:
            alike = all(facts.get(name) not in (None, "") for name in rule.same)
            if alike and own in (rule.of or grades[:-1]):
                yield _difference(bound, titles, rule, own, grades[place + 1], enough=True)


def _difference(
    bound: BoundPack, titles: Titles, rule: Promotion, of: str, to: str, *, enough: bool
) -> Difference:
    says = _says(bound, titles, rule, titles.value("grade", of), enough=enough)
    return Difference(
        grade=to,
        title=bound.pack.grading.grades[to].title,
        rule=rule.id,
        clause=rule.clause,
        changes=(Change(facts=tuple(sorted(rule.same)), says=says),),
    )


def _says(bound: BoundPack, titles: Titles, rule: Promotion, grade: Words, *, enough: bool) -> Words:
    """`3 or more of "C, slight" with the same problem within 1 month`."""
    number = bound.whole(rule.at_least)
    same = joined([titles.fact(name) for name in rule.same], "、", " and ")
    span = _span(bound, rule)
    zh = f"{same.in_('zh')}相同的“{grade.in_('zh')}”{span.zh}{'达到' if enough else '不足'}{number}件"
    many = f"{number} or more" if enough else f"fewer than {number}"
    en = f'{many} of "{grade.in_("en")}" with the same {same.in_("en")}'
    return Words(zh=zh, en=f"{en} {span.en}" if span.en else en)


def _span(bound: BoundPack, rule: Promotion) -> Words:
    if rule.per is not None:
        return PERIODS[rule.per]
    if rule.within is None:
        return Words()
    limit = bound.limit(rule.within)
    return Words(zh=f"在{limit.text('zh')}内", en=f"within {limit.text('en')}")
