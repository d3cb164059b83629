"""Decisions that wait for a clock which waits for the grade."""

from collections.abc import Iterator

from shared.policy.checks.study import Finding, Study, tree_of
from shared.policy.conditions.names import facts_in
from shared.policy.conditions.syntax import Comparison, Name, Node, TextLiteral, walk
from shared.policy.pack import Pack
from shared.policy.sections.clocks import LimitBy, LimitGiven

DECISIONS = ("grading", "conversions", "categorising", "validity", "facts")
HEARD = (Name("breached"), Name("warned"))


def check(study: Study) -> Iterator[Finding]:
    by_grade = {name for name in study.pack.clocks if _hangs_on_grade(study.pack, name)}
    for stated in study.stated:
        if stated.path[0] in DECISIONS:
            for name in sorted(_looked_at(stated.tree, frozenset(study.pack.clocks)) & by_grade):
                yield Finding(
                    stated.path,
                    f"looks at the clock {name!r}, which itself depends on the grade, so that each would "
                    "drive the other; give that clock a limit and a condition without the grade",
                )


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


def _hangs_on_grade(pack: Pack, name: str, above: frozenset[str] = frozenset()) -> bool:
    clock = pack.clocks[name]
    condition = tree_of(clock.when)
    looks = condition is not None and "grade" in facts_in(condition)
    outer = clock.inside
    within = outer in pack.clocks and outer not in above and outer is not None
    return (
        looks
        or _by_grade(clock.limit)
        or "graded" in (*clock.start, *clock.stop)
        or any(_climbs_by_grade(pack, start, above | {name}) for start in clock.start if "/" in start)
        or (within and _hangs_on_grade(pack, str(outer), above | {name}))
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
        or any("grade" in facts_in(tree) for tree in trees)
        or (cause is not None and cause not in above and _hangs_on_grade(pack, cause, above))
    )


def _by_grade(limit: object) -> bool:
    if isinstance(limit, LimitGiven):
        return _by_grade(limit.cap) or _by_grade(limit.otherwise)
    if not isinstance(limit, LimitBy):
        return False
    return limit.by == "grade" or any(map(_by_grade, (*limit.values.values(), limit.otherwise)))
