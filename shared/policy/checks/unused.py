"""What a pack declares and nothing in it looks at: parameters, cues, windows and other facts.

Fields are left out, as a procedure may want them merely written down, and so is what the ledger names; so
are cues and other facts where a parameter lets the company write a condition of its own.
"""

import re
from collections.abc import Iterator, Mapping

from shared.policy.checks.study import Finding, Study, tree_of
from shared.policy.conditions.names import facts_in
from shared.policy.sections.clocks import LimitBy, LimitGiven
from shared.policy.source import Path_

_IN_TEMPLATE = re.compile(r"\bparam\.([a-z][a-z0-9_]*)")


def check(study: Study) -> Iterator[Finding]:
    pack, used = study.pack, _used(study)
    blocks: dict[Path_, Mapping[str, object]] = {("params",): pack.params}
    if all(param.type != "condition" for param in pack.params.values()):
        facts = pack.facts
        blocks |= {
            ("facts", "cues"): facts.cues,
            ("facts", "history"): facts.history,
            ("facts", "windows"): facts.windows,
            ("facts", "decided"): facts.decided,
        }
    for path, block in blocks.items():
        idle = [name for name in block if name not in used]
        if idle:
            yield Finding(
                (*path, idle[0]), f"nothing looks at {', '.join(idle)}: use or remove", warning=True
            )


def _used(study: Study) -> set[str]:
    pack = study.pack
    names = {name for stated in study.stated for name in facts_in(stated.tree)}
    names |= set(_params(pack.model_dump(exclude={"ledger"})))
    names |= {carrier.partition(":")[2] for line in pack.ledger.values() for carrier in line.by}
    for param in pack.params.values():
        if param.type == "condition" and param.default is not None:
            names |= _facts_of(param.default)
    for notice in pack.notices.values():
        for said in (notice.subject, notice.body):
            names |= {name for text in (said.zh, said.en) for name in _IN_TEMPLATE.findall(text or "")}
    for clock in pack.clocks.values():
        names |= set(_of_limit(clock.limit))
    for window in pack.facts.windows.values():
        named = (window.count, window.sum, window.as_many_as, window.moment)
        names |= {*window.same, *(name for name in named if name)}
    for promotion in pack.grading.promotions:
        names |= {*promotion.same, str(promotion.again)}
    names |= {str(raised.steps) for raised in pack.grading.raises}
    if pack.tiers:
        for axis in pack.tiers.axes.values():
            names |= {*axis.score, *(n for rule in axis.rules for n in _facts_of(rule.when))}
    return names


def _facts_of(when: object) -> frozenset[str]:
    tree = tree_of(when)
    return facts_in(tree) if tree else frozenset()


def _of_limit(limit: object) -> Iterator[str]:
    if isinstance(limit, LimitGiven):
        yield limit.given.partition(".")[0]
        yield from _of_limit(limit.cap)
        yield from _of_limit(limit.otherwise)
    elif isinstance(limit, LimitBy):
        yield limit.by
        for value in (*limit.values.values(), limit.otherwise):
            yield from _of_limit(value)


def _params(part: object) -> Iterator[str]:
    """The parameter of every `{param: name}` in a pack."""
    if isinstance(part, dict):
        if set(part) == {"param"}:
            yield part["param"]
        for value in part.values():
            yield from _params(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _params(value)
