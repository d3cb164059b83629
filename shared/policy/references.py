"""Finds names that a pack uses but does not declare: grades, milestones, clocks, roles, parameters."""

from collections.abc import Iterator

from shared.policy.pack import Pack
from shared.policy.sections.clocks import ClockSpec, LimitBy, LimitGiven
from shared.policy.sections.common import LimitValue, OfParam
from shared.policy.sections.intake import Category
from shared.policy.source import Path_

BUILT_IN_MILESTONES = ("received", "occurred", "graded")
Dangling = tuple[Path_, str]


def dangling(pack: Pack) -> list[Dangling]:
    """Every use of an undeclared name, as (path in the file, what to do)."""
    return [*_grading(pack), *_clocks(pack), *_ladders(pack), *_notices(pack), *_params(pack), *_intake(pack)]


def category_paths(categories: dict[str, Category], above: str = "") -> Iterator[str]:
    """`repair`, `repair/handover`, …: every category that a submission may name."""
    for name, category in categories.items():
        path = f"{above}{name}"
        yield path
        yield from category_paths(category.children, f"{path}/")


def _unknown(name: str, what: str, among: object) -> str:
    known = ", ".join(sorted(str(n) for n in among))  # type: ignore[attr-defined]
    return f"{name!r} is no {what} of this pack; known: {known or 'none'}"


def _grading(pack: Pack) -> Iterator[Dangling]:
    grades, seen = pack.grading.grades, set[str]()
    for i, rule in enumerate(pack.grading.rules):
        if rule.grade not in grades:
            yield ("grading", "rules", i, "grade"), _unknown(rule.grade, "grade", grades)
        if rule.id in seen:
            yield ("grading", "rules", i, "id"), f"the rule {rule.id!r} is there twice"
        seen.add(rule.id)
    if pack.grading.otherwise not in grades:
        yield ("grading", "otherwise"), _unknown(pack.grading.otherwise, "grade", grades)
    for name, grade in grades.items():
        for role in (*grade.roster, *((grade.owner,) if grade.owner else ())):
            if role not in pack.roles:
                yield ("grading", "grades", name), _unknown(role, "role", pack.roles)


def _clocks(pack: Pack) -> Iterator[Dangling]:
    milestones = (*BUILT_IN_MILESTONES, *pack.milestones)
    for name, clock in pack.clocks.items():
        for end in ("start", "stop"):
            for milestone in getattr(clock, end):
                if milestone not in milestones:
                    yield ("clocks", name, end), _unknown(milestone, "milestone", milestones)
        yield from _limit_keys(pack, name, clock)


def _limit_keys(pack: Pack, name: str, clock: ClockSpec) -> Iterator[Dangling]:
    if not isinstance(clock.limit, LimitBy):
        return
    known = {"category": set(category_paths(pack.intake.categories)), "grade": set(pack.grading.grades)}
    for key in clock.limit.values:
        if key not in known.get(clock.limit.by, {key}):
            yield (
                ("clocks", name, "limit", "values", key),
                _unknown(key, clock.limit.by, known[clock.limit.by]),
            )


def _ladders(pack: Pack) -> Iterator[Dangling]:
    for name, ladder in pack.ladders.items():
        if ladder.on.clock and ladder.on.clock not in pack.clocks:
            yield ("ladders", name, "on"), _unknown(ladder.on.clock, "clock", pack.clocks)
        for milestone in (*ladder.until, *((ladder.on.milestone,) if ladder.on.milestone else ())):
            if milestone not in pack.milestones:
                yield ("ladders", name), _unknown(milestone, "milestone", pack.milestones)
        for i, rung in enumerate(ladder.rungs):
            if rung.role not in pack.roles:
                yield ("ladders", name, "rungs", i, "role"), _unknown(rung.role, "role", pack.roles)


def _notices(pack: Pack) -> Iterator[Dangling]:
    events = {
        "clock": ("started", "due_changed", "warned", "breached", "met", "withdrawn"),
        "complaint": ("received", "graded", "amended", "progressed", "escalated"),
        "milestone": tuple(pack.milestones),
    }
    for name, notice in pack.notices.items():
        family, _, what = notice.on.partition(".")
        if what not in events[family]:
            yield ("notices", name, "on"), _unknown(what, f"{family} event", events[family])
        for of in notice.of:
            known = (*pack.clocks, *pack.ladders, *pack.grading.grades)
            if of not in known:
                yield ("notices", name, "of"), _unknown(of, "clock, ladder or grade", known)
        for role in notice.to:
            if role not in pack.roles and role not in ("complainant", "escalated_to"):
                yield ("notices", name, "to"), _unknown(role, "role", pack.roles)


def _params(pack: Pack) -> Iterator[Dangling]:
    def check(value: object, kind: str, path: Path_) -> Iterator[Dangling]:
        if isinstance(value, OfParam):
            param = pack.params.get(value.param)
            if param is None or param.type != kind:
                yield path, _unknown(value.param, f"parameter of type {kind}", pack.params)

    for i, rule in enumerate(pack.grading.rules):
        yield from check(rule.when, "condition", ("grading", "rules", i, "when"))
    for section in ("clocks", "ladders", "notices"):
        for name, part in getattr(pack, section).items():
            yield from check(part.when, "condition", (section, name, "when"))
    for path, value in _limits(pack):
        yield from check(value, "limit", path)


def _limits(pack: Pack) -> Iterator[tuple[Path_, LimitValue | None]]:
    for name, clock in pack.clocks.items():
        yield from _in_limit(("clocks", name, "limit"), clock.limit)
        if clock.extension is not None:
            yield ("clocks", name, "extension", "cap"), clock.extension.cap
    for name, ladder in pack.ladders.items():
        for i, rung in enumerate(ladder.rungs):
            yield ("ladders", name, "rungs", i, "after"), rung.after
    for name, notice in pack.notices.items():
        yield ("notices", name, "within"), notice.within
    for name, window in pack.facts.windows.items():
        yield ("facts", "windows", name, "within"), window.within


def _in_limit(
    path: Path_, limit: LimitValue | LimitBy | LimitGiven | None
) -> Iterator[tuple[Path_, LimitValue | None]]:
    if isinstance(limit, LimitGiven):
        yield from _in_limit((*path, "cap"), limit.cap)
        yield from _in_limit((*path, "otherwise"), limit.otherwise)
    elif isinstance(limit, LimitBy):
        for key, value in limit.values.items():
            yield (*path, "values", key), value
        yield (*path, "otherwise"), limit.otherwise
    else:
        yield path, limit


def _intake(pack: Pack) -> Iterator[Dangling]:
    categories = set(category_paths(pack.intake.categories))
    for name, spec in pack.intake.fields.items():
        for category in spec.categories:
            if category not in categories:
                yield ("intake", "fields", name, "categories"), _unknown(category, "category", categories)
        for kind in spec.kinds:
            if kind not in pack.intake.kinds:
                yield ("intake", "fields", name, "kinds"), _unknown(kind, "kind", pack.intake.kinds)
