"""Decisions that wait for a clock which waits for them: for the grade, the kind, category or validity."""

from collections.abc import Iterator, Sequence

from shared.policy.checks.study import Finding, Study, tree_of
from shared.policy.conditions.names import facts_in
from shared.policy.conditions.syntax import AnyOf, Comparison, Name, Node, TextLiteral, walk
from shared.policy.pack import Pack
from shared.policy.sections.clocks import ClockSpec, LimitBy, LimitGiven
from shared.policy.sections.common import Decides

GRADE = "grade"
DECISIONS = {
    "conversions": "kind",
    "categorising": "category",
    "validity": "validity",
    "grading": GRADE,
    "facts": GRADE,
}
HEARD = (Name("breached"), Name("warned"))


def check(study: Study) -> Iterator[Finding]:
    pack = study.pack
    for stated in study.stated:
        decided = DECISIONS.get(str(stated.path[0]))
        for name in sorted(_looked_at(stated.tree, frozenset(pack.clocks))) if decided else ():
            driven = [fact for fact in (GRADE, *_driven(pack, str(decided))) if _hangs_on(pack, name, fact)]
            if driven:
                yield Finding(
                    stated.path,
                    f"looks at the clock {name!r}, which itself depends on the {driven[0]}, so that each "
                    f"would drive the other; give that clock a limit and a condition without the {driven[0]}",
                )


def _driven(pack: Pack, decided: str) -> list[str]:
    """What `decided` decides, it first: the kind, category and validity of which a rule looks at it."""
    tables: dict[str, Sequence[Decides]] = {
        "kind": pack.conversions,
        "category": pack.categorising,
        "validity": pack.validity.rules if pack.validity else (),
    }
    driven = [decided] if tables.get(decided) else []
    for fact, rules in tables.items():
        trees = [tree for rule in rules if (tree := tree_of(rule.when)) is not None]
        if fact not in driven and any(facts_in(tree) & set(driven) for tree in trees):
            driven.append(fact)
    return driven


def _looked_at(tree: Node, clocks: frozenset[str]) -> frozenset[str]:
    """The clocks whose state a condition asks for; all of them where it does not name them."""
    nodes = [node for node, _ in walk(tree)]
    named = [
        node.left.value
        for node in nodes
        if isinstance(node, Comparison)
        and node.sign == "in"
        and isinstance(node.left, TextLiteral)
        and node.right in HEARD
    ]
    asked = sum(node in HEARD for node in nodes)
    return frozenset(named) if asked == len(named) else clocks


def _hangs_on(pack: Pack, name: str, fact: str, above: frozenset[str] = frozenset()) -> bool:
    clock = pack.clocks[name]
    condition = tree_of(clock.when)
    looks = condition is not None and fact in facts_in(condition) and not _holds_itself(condition, name)
    outer = clock.inside
    within = outer in pack.clocks and outer not in above and outer is not None
    return (
        looks
        or _by(clock.limit, fact)
        or (fact == GRADE and _starts_by_grade(pack, clock, above | {name}))
        or (within and _hangs_on(pack, str(outer), fact, above | {name}))
    )


def _holds_itself(condition: Node, name: str) -> bool:
    """Once it ran out the clock goes on by its own breach, whatever follows from it."""
    own = Comparison("in", TextLiteral(name), Name("breached"))
    return isinstance(condition, AnyOf) and own in condition.parts


def _starts_by_grade(pack: Pack, clock: ClockSpec, above: frozenset[str]) -> bool:
    return "graded" in (*clock.start, *clock.stop) or any(
        _climbs_by_grade(pack, start, above) for start in clock.start if "/" in start
    )


def _climbs_by_grade(pack: Pack, start: str, above: frozenset[str]) -> bool:
    """Whether the rung at which a clock starts is one that a grade leads to."""
    name, _, id_ = start.partition("/")
    ladder = pack.ladders[name]
    asked = [ladder.when, *(rung.when for rung in ladder.rungs if rung.id == id_)]
    trees = [tree for when in asked if (tree := tree_of(when)) is not None]
    cause = ladder.on.clock
    return (
        "graded" in ladder.on.milestone
        or bool(ladder.enter)
        or any(GRADE in facts_in(tree) for tree in trees)
        or (cause is not None and cause not in above and _hangs_on(pack, cause, GRADE, above))
    )


def _by(limit: object, fact: str) -> bool:
    if isinstance(limit, LimitGiven):
        return _by(limit.cap, fact) or _by(limit.otherwise, fact)
    if not isinstance(limit, LimitBy):
        return False
    inner = (*limit.values.values(), limit.otherwise)
    return limit.by == fact or any(_by(each, fact) for each in inner)
