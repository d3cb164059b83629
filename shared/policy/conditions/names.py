"""The names of facts: which are allowed, and which one somebody probably meant."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from shared.policy.conditions.parser import RESERVED
from shared.policy.conditions.syntax import Comparison, Name, Node, Quantifier, TextLiteral, children, walk
from shared.policy.conditions.types import FactType

# The fact that every condition has without declaring it: the names of those that were really given.
KNOWN = "known"

_FACT = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


def is_fact_name(name: str) -> bool:
    """Whether a fact may be called so: ASCII letters, digits and _, beginning with a letter, not reserved."""
    return bool(_FACT.match(name)) and name not in RESERVED and name != KNOWN


def refuse_bad_names(types: Mapping[str, FactType]) -> None:
    """Raises ValueError that lists the names which no fact may have."""
    if bad := sorted(name for name in types if not is_fact_name(name)):
        raise ValueError(f"no fact can be called {', '.join(bad)}")


def meant(name: str, among: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no name is near."""
    candidates = {candidate.lower(): candidate for candidate in among}
    near = get_close_matches(name.lower(), candidates, n=1, cutoff=0.6)
    return f"; did you mean '{candidates[near[0]]}'?" if near else ""


def facts_in(node: Node, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """The facts that a condition looks at, those included that it only asks `"name" in known` of."""
    if (asked := _asked(node)) is not None:
        return frozenset({asked})
    match node:
        case Name(name=name):
            return frozenset() if name in bound or name == KNOWN else frozenset({name})
        case Quantifier(subject=subject, variable=variable, test=test):
            return facts_in(subject, bound) | facts_in(test, bound | {variable})
    return frozenset().union(*(facts_in(child, bound) for child in children(node)))


def asks_known(node: Node) -> bool:
    """Whether a condition asks which facts were given."""
    return any(part == Name(KNOWN) for part, _ in walk(node))


def asked_of_known(node: Node) -> frozenset[str]:
    """The names that a condition asks `"name" in known` of."""
    asked = (_asked(part) for part, _ in walk(node))
    return frozenset(name for name in asked if name is not None)


def asks_all_known(node: Node) -> bool:
    """Whether it asks more of `known` than for names that are written out."""
    parts = [part for part, _ in walk(node)]
    return parts.count(Name(KNOWN)) > sum(_asked(part) is not None for part in parts)


def _asked(node: Node) -> str | None:
    match node:
        case Comparison(sign="in", left=TextLiteral(value=name), right=Name(name="known")):
            return name
    return None
