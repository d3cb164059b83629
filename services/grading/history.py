"""Facts about what happened to a complaint so far: milestones, counted or looked into, and what people
decided."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from services.grading.values import typed
from shared.contracts.complaints import Milestone
from shared.policy.milestones import DECIDED
from shared.policy.pack import Pack
from shared.policy.sections.facts import HistorySpec, Wanted


def history_facts(pack: Pack, milestones: Sequence[Milestone]) -> dict[str, object]:
    """The facts of `facts.history`; None where nothing tells. `milestones` as they happened, oldest first."""
    return {name: _taken(spec, milestones) for name, spec in pack.facts.history.items()}


def _taken(spec: HistorySpec, milestones: Sequence[Milestone]) -> object:
    named = [m for m in milestones if m.name in spec.milestone]
    kept = [m for m in named if _is_kept(spec, m)]
    if spec.take == "count":
        return len(kept)
    if spec.take == "any":
        return bool(kept)
    if spec.take == "run":
        return sum(1 for _ in takewhile(lambda m: _is_kept(spec, m), reversed(named)))
    return _of_field(spec, kept)


def _is_kept(spec: HistorySpec, milestone: Milestone) -> bool:
    return all(
        any(_alike(milestone.data.get(name), wanted) for wanted in alternatives)
        for name, alternatives in spec.where.items()
    )


def _alike(given: Any, wanted: Wanted) -> bool:
    return isinstance(given, bool) == isinstance(wanted, bool) and given == wanted


def _of_field(spec: HistorySpec, kept: Iterable[Milestone]) -> object:
    found = (typed(spec.type or "text", m.data.get(spec.field or "")) for m in kept)
    values: list[Any] = [value for value in found if value is not None]
    if not values:
        return None
    if spec.take in ("first", "last"):
        return values[0 if spec.take == "first" else -1]
    if spec.take == "sum":
        return sum(values)
    return max(values) if spec.take == "max" else min(values)


def decided_facts(pack: Pack, milestones: Iterable[Milestone]) -> dict[str, object]:
    """The facts of `facts.decided`; of what people said the latest holds. An empty value takes one back."""
    facts: dict[str, object] = {}
    for milestone in milestones:
        fact = milestone.data.get("fact") if milestone.name == DECIDED else None
        spec = pack.facts.decided.get(fact) if isinstance(fact, str) else None
        if isinstance(fact, str) and spec is not None:
            facts[fact] = typed(spec.type, milestone.data.get("value"))
    return facts
