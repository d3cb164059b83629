"""Facts about what happened to a complaint so far: milestones, counted or looked into, and what people
decided."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
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
    return {fact: value for _, fact, value in _decisions(pack, milestones)}


def moments(pack: Pack, milestones: Iterable[Milestone]) -> dict[str, datetime]:
    """Since when the facts of `facts.decided` have the value that they have, and when each milestone happened
    first; nothing of those that have none, or did not. `milestones` as they happened, oldest first."""
    happened = list(milestones)
    first = {m.name: m.occurred_at for m in reversed(happened)}
    values: dict[str, object] = {}
    since: dict[str, datetime] = {}
    for at, fact, value in _decisions(pack, happened):
        if values.get(fact) != value:
            values[fact], since[fact] = value, at
    return first | {fact: at for fact, at in since.items() if values[fact] is not None}


def _decisions(pack: Pack, milestones: Iterable[Milestone]) -> Iterator[tuple[datetime, str, object]]:
    """When, which fact, and its value."""
    for milestone in milestones:
        fact = milestone.data.get("fact") if milestone.name == DECIDED else None
        spec = pack.facts.decided.get(fact) if isinstance(fact, str) else None
        if isinstance(fact, str) and spec is not None:
            yield milestone.occurred_at, fact, typed(spec.type, milestone.data.get("value"))
