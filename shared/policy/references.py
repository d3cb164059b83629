"""Finds names that a pack uses but does not declare: grades, milestones, clocks, roles, parameters."""

from collections.abc import Iterator, Sequence

from shared.policy.clock_references import clock_references
from shared.policy.conditions import FactType
from shared.policy.counting import miscounted
from shared.policy.facts import fact_types
from shared.policy.ledger import wrong_ledger
from shared.policy.lexicon import lexicon
from shared.policy.pack import Pack
from shared.policy.sections.clocks import LimitBy, LimitGiven
from shared.policy.sections.common import Decides, LimitValue, OfParam
from shared.policy.sections.intake import Category
from shared.policy.sections.ladders import Ladder
from shared.policy.source import Path_
from shared.policy.tiering import tier_conditions, wrong_tiers

BUILT_IN_MILESTONES = ("received", "occurred", "graded")
"""Milestones that may be recorded under every pack."""
Dangling = tuple[Path_, str]


def dangling(pack: Pack) -> list[Dangling]:
    """Every use of an undeclared name, as (path in the file, what to do)."""
    return [
        *_facts(pack),
        *_decisions(pack),
        *_grading(pack),
        *_clocks(pack),
        *clock_references(pack, set(category_paths(pack.intake.categories))),
        *_ladders(pack),
        *_notices(pack),
        *_params(pack),
        *_intake(pack),
        *wrong_tiers(pack),
        *wrong_ledger(pack),
        *miscounted(pack),
    ]


def category_paths(categories: dict[str, Category], above: str = "") -> Iterator[str]:
    """`repair`, `repair/handover`, …: every category that a submission may name."""
    for name, category in categories.items():
        path = f"{above}{name}"
        yield path
        yield from category_paths(category.children, f"{path}/")


def _unknown(name: str, what: str, among: object) -> str:
    known = ", ".join(sorted(str(n) for n in among))  # type: ignore[attr-defined]
    return f"{name!r} is no {what} of this pack; known: {known or 'none'}"


def deciding(pack: Pack) -> Iterator[tuple[Path_, Decides]]:
    """Every rule of every table that decides, with where it stands."""
    tables: tuple[tuple[Path_, Sequence[Decides]], ...] = (
        (("conversions",), pack.conversions),
        (("categorising",), pack.categorising),
        (("validity", "rules"), pack.validity.rules if pack.validity else ()),
        (("grading", "rules"), pack.grading.rules),
        (("grading", "raises"), pack.grading.raises),
    )
    for path, rules in tables:
        yield from (((*path, i), rule) for i, rule in enumerate(rules))


def facts_by_name(pack: Pack) -> Iterator[tuple[Path_, str]]:
    """The facts that a pack names outside of conditions, with where."""
    for name, clock in pack.clocks.items():
        yield from _in_clock(("clocks", name, "limit"), clock.limit)
    for i, rule in enumerate(pack.grading.raises):
        if isinstance(rule.steps, str):
            yield ("grading", "raises", i, "steps"), rule.steps
    for i, promotion in enumerate(pack.grading.promotions):
        yield from ((("grading", "promotions", i, "same"), fact) for fact in promotion.same)
    for name, window in pack.facts.windows.items():
        yield from ((("facts", "windows", name, "same"), fact) for fact in window.same)
        if window.count not in (None, "complaints"):
            yield ("facts", "windows", name, "count"), str(window.count)
        if window.sum is not None:
            yield ("facts", "windows", name, "sum"), window.sum
        if window.as_many_as is not None:
            yield ("facts", "windows", name, "as_many_as"), window.as_many_as


def _in_clock(path: Path_, limit: LimitValue | LimitBy | LimitGiven | None) -> Iterator[tuple[Path_, str]]:
    if isinstance(limit, LimitBy):
        yield (*path, "by"), limit.by
        for key, value in limit.values.items():
            yield from _in_clock((*path, "values", key), value)
        yield from _in_clock((*path, "otherwise"), limit.otherwise)
    elif isinstance(limit, LimitGiven):
        if "." not in limit.given:
            yield (*path, "given"), limit.given
        yield from _in_clock((*path, "cap"), limit.cap)
        yield from _in_clock((*path, "otherwise"), limit.otherwise)


def _facts(pack: Pack) -> Iterator[Dangling]:
    """Facts named outside of conditions, and what the facts of a pack name in turn."""
    types, facts = fact_types(pack), pack.facts
    for path, name in facts_by_name(pack):
        if name not in types and name != "grade":
            yield path, _unknown(name, "fact", types)
        elif path[-1] == "steps" and types[name] is not FactType.WHOLE:
            yield path, f"{name!r} is {types[name]}; expected a whole fact, or a number"
    for name, cue in facts.cues.items():
        for entry in cue.like:
            if entry not in lexicon():
                yield ("facts", "cues", name, "like"), _unknown(entry, "entry of the lexicon", lexicon())
    for name, history in facts.history.items():
        for milestone in history.milestone:
            if milestone not in pack.every_milestone:
                there = ("facts", "history", name, "milestone")
                yield there, _unknown(milestone, "milestone", pack.every_milestone)
    for name, decided in facts.decided.items():
        for role in decided.by:
            if role not in pack.roles:
                yield ("facts", "decided", name, "by"), _unknown(role, "role", pack.roles)
        if decided.choices and decided.type != "text":
            yield ("facts", "decided", name, "choices"), "expected with type text only"
    for name, amount in facts.amounts.items():
        wanted = FactType.MONEY if amount.reads == "money" else FactType.WHOLE
        fields = {n: t for n, t in types.items() if n in pack.intake.fields and t is wanted}
        fits = ("claim", *fields) if wanted is FactType.MONEY else tuple(fields)
        if amount.suggests is not None and amount.suggests not in fits:
            yield ("facts", "amounts", name, "suggests"), _unknown(amount.suggests, f"{wanted} field", fits)


def _decisions(pack: Pack) -> Iterator[Dangling]:
    """What the rules give, and ids that are there twice, in whichever tables."""
    seen = {promotion.id for promotion in pack.grading.promotions}
    for path, rule in deciding(pack):
        if rule.id in seen:
            yield (*path, "id"), f"the rule {rule.id!r} is there twice"
        seen.add(rule.id)
    for i, conversion in enumerate(pack.conversions):
        for kind in (*conversion.of, conversion.to):
            if kind not in pack.intake.kinds:
                yield ("conversions", i), _unknown(kind, "kind", pack.intake.kinds)
    paths = set(category_paths(pack.intake.categories))
    for i, categorised in enumerate(pack.categorising):
        if categorised.category not in paths:
            yield ("categorising", i, "category"), _unknown(categorised.category, "category", paths)
    if pack.validity is not None:
        values = pack.validity.values
        if pack.validity.otherwise not in values:
            yield ("validity", "otherwise"), _unknown(pack.validity.otherwise, "validity", values)
        for i, found in enumerate(pack.validity.rules):
            if found.value not in values:
                yield ("validity", "rules", i, "value"), _unknown(found.value, "validity", values)


def _grading(pack: Pack) -> Iterator[Dangling]:
    grades = pack.grading.grades
    for i, rule in enumerate(pack.grading.rules):
        if rule.grade not in grades:
            yield ("grading", "rules", i, "grade"), _unknown(rule.grade, "grade", grades)
    for role in pack.grading.by_hand.by if pack.grading.by_hand else ():
        if role not in pack.roles:
            yield ("grading", "by_hand", "by"), _unknown(role, "role", pack.roles)
    if pack.grading.otherwise not in grades:
        yield ("grading", "otherwise"), _unknown(pack.grading.otherwise, "grade", grades)
    for name, grade in grades.items():
        for role in (*grade.roster, *((grade.owner,) if grade.owner else ())):
            if role not in pack.roles:
                yield ("grading", "grades", name), _unknown(role, "role", pack.roles)


def _clocks(pack: Pack) -> Iterator[Dangling]:
    milestones = (*BUILT_IN_MILESTONES, *pack.every_milestone)
    rungs = {f"{name}/{rung.id}" for name, ladder in pack.ladders.items() for rung in ladder.rungs}
    for name, clock in pack.clocks.items():
        for end in ("start", "stop"):
            for milestone in getattr(clock, end):
                if "/" in milestone and milestone not in rungs:
                    yield ("clocks", name, end), _unknown(milestone, "rung", rungs)
                elif "/" not in milestone and milestone not in milestones:
                    yield ("clocks", name, end), _unknown(milestone, "milestone", milestones)
        if name in _set_off_by(pack, name):
            yield ("clocks", name, "start"), f"the clock {name!r} would be started by its own ladder"


def _set_off_by(pack: Pack, clock: str) -> set[str]:
    """The clocks whose ladders start this one, at whatever remove."""
    found: set[str] = set()
    to_look_at = [clock]
    while to_look_at:
        starts = pack.clocks[to_look_at.pop()].start
        ladders = {start.partition("/")[0] for start in starts if "/" in start} & pack.ladders.keys()
        above = {pack.ladders[ladder].on.clock for ladder in ladders} & pack.clocks.keys()
        to_look_at += [name for name in above if name is not None and name not in found]
        found |= {name for name in above if name is not None}
    return found


def _ladders(pack: Pack) -> Iterator[Dangling]:
    milestones = pack.every_milestone
    for name, ladder in pack.ladders.items():
        if ladder.on.clock and ladder.on.clock not in pack.clocks:
            yield ("ladders", name, "on"), _unknown(ladder.on.clock, "clock", pack.clocks)
        unless = (milestone for rung in ladder.rungs for milestone in rung.unless)
        for milestone in (*ladder.until, *unless):
            if milestone not in milestones:
                yield ("ladders", name), _unknown(milestone, "milestone", milestones)
        for milestone in ladder.on.milestone:
            if milestone not in (*BUILT_IN_MILESTONES, *milestones):
                yield ("ladders", name, "on"), _unknown(milestone, "milestone", milestones)
        yield from _rungs(pack, name, ladder)
    for name, role in pack.roles.items():
        if role.fallback is not None and role.fallback not in pack.roles:
            yield ("roles", name, "fallback"), _unknown(role.fallback, "role", pack.roles)


def _rungs(pack: Pack, name: str, ladder: Ladder) -> Iterator[Dangling]:
    ids = [rung.id for rung in ladder.rungs]
    for i, rung in enumerate(ladder.rungs):
        if rung.role not in pack.roles:
            yield ("ladders", name, "rungs", i, "role"), _unknown(rung.role, "role", pack.roles)
        if rung.id in ids[:i]:
            yield ("ladders", name, "rungs", i, "id"), f"the rung {rung.id!r} is there twice"
    for grade, entry in ladder.enter.items():
        if grade not in pack.grading.grades:
            yield ("ladders", name, "enter"), _unknown(grade, "grade", pack.grading.grades)
        if entry not in ids:
            yield ("ladders", name, "enter", grade), _unknown(entry, "rung", ids)


def _notices(pack: Pack) -> Iterator[Dangling]:
    events = {
        "clock": ("started", "due_changed", "warned", "breached", "met", "withdrawn"),
        "complaint": ("received", "graded", "amended", "progressed", "escalated"),
        "milestone": tuple(pack.every_milestone),
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

    for path, rule in deciding(pack):
        yield from check(rule.when, "condition", (*path, "when"))
    for section in ("clocks", "ladders", "notices"):
        for name, part in getattr(pack, section).items():
            yield from check(part.when, "condition", (section, name, "when"))
    for name, ladder in pack.ladders.items():
        for i, rung in enumerate(ladder.rungs):
            yield from check(rung.when, "condition", ("ladders", name, "rungs", i, "when"))
    for _, when, path in tier_conditions(pack):
        yield from check(when, "condition", path)
    for path, value in limits(pack):
        yield from check(value, "limit", path)
    for name, clock in pack.clocks.items():
        yield from check(clock.times, "whole", ("clocks", name, "times"))
        if clock.extension is not None:
            yield from check(clock.extension.at_most, "whole", ("clocks", name, "extension", "at_most"))


def limits(pack: Pack) -> Iterator[tuple[Path_, LimitValue | None]]:
    """Every limit of a pack, with where it stands."""
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
    if pack.tiers is not None:
        yield ("tiers", "reviewed"), pack.tiers.reviewed
        for name, measure in pack.tiers.measures.items():
            yield ("tiers", "measures", name, "within"), measure.within


def _in_limit(
    path: Path_, limit: LimitValue | LimitBy | LimitGiven | None
) -> Iterator[tuple[Path_, LimitValue | None]]:
    if isinstance(limit, LimitGiven):
        yield (*path, "before"), limit.before
        yield from _in_limit((*path, "cap"), limit.cap)
        yield from _in_limit((*path, "otherwise"), limit.otherwise)
    elif isinstance(limit, LimitBy):
        for key, value in limit.values.items():
            yield from _in_limit((*path, "values", key), value)
        yield from _in_limit((*path, "otherwise"), limit.otherwise)
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
