"""Conditions that can never hold, and rules that never decide because others above them always do."""

from collections.abc import Iterator

from shared.policy.checks.study import Finding, Row, Study
from shared.policy.reasoning import Case, covers, outside

MOST_PIECES = 1000


def check(study: Study) -> Iterator[Finding]:
    for stated in study.stated:
        if study.cases(stated.tree) == []:
            yield Finding(
                stated.path, "can never hold: what it asks for excludes itself; correct or remove it"
            )
    for table in study.tables:
        for i, row in enumerate(table.rows):
            if row.cases:
                yield from _shadowed(row, row.cases, table.rows[:i])


def _shadowed(row: Row, cases: list[Case], above: tuple[Row, ...]) -> Iterator[Finding]:
    alike = [other.id for other in above if other.cases and _same(other.cases, cases)]
    if alike:
        yield Finding(row.path, f"the same condition as {alike[0]!r}; keep one of the two")
        return
    others = [other for other in above if other.cases and other.gives != row.gives]
    if _left(cases, others) == []:
        one = [other.id for other in others if _left(cases, [other]) == []]
        by = f"{one[0]!r} holds whenever it does" if one else _together(cases, others)
        yield Finding(
            row.path, f"never decides: {by}, and stands above; move this rule up or narrow that one"
        )


def _together(cases: list[Case], others: list[Row]) -> str:
    needed = list(others)
    for other in others:
        fewer = [kept for kept in needed if kept is not other]
        if _left(cases, fewer) == []:
            needed = fewer
    return f"one of {', '.join(repr(other.id) for other in needed)} holds whenever it does"


def _left(cases: list[Case], rows: list[Row]) -> list[Case] | None:
    """What of `cases` no row takes; None where it comes to too many pieces."""
    for row in rows:
        for hole in row.cases or ():
            cases = list(outside(cases, hole))
            if len(cases) > MOST_PIECES:
                return None
    return cases


def _same(first: list[Case], second: list[Case]) -> bool:
    return all(
        any(covers(wide, narrow) for wide in wider)
        for wider, narrower in ((first, second), (second, first))
        for narrow in narrower
    )
