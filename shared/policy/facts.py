"""The facts that every pack has, before it adds its own fields, cues and parameters."""

from collections.abc import Mapping
from datetime import datetime

from shared.policy.conditions import FactType, FactValueError
from shared.policy.pack import Pack
from shared.policy.sections.facts import HistorySpec, WindowSpec
from shared.policy.tiering import tier_facts

SUBMITTED: Mapping[str, FactType] = {
    "kind": FactType.TEXT,
    "channel": FactType.TEXT,
    "channel_formal": FactType.TRUTH,
    "category": FactType.TEXT,
    "claim_amount": FactType.MONEY,
    "claim_currency": FactType.TEXT,
    "complainant_id": FactType.TEXT,
    "event": FactType.TEXT,
    "problem": FactType.TEXT,
    "product": FactType.TEXT,
    "project": FactType.TEXT,
    "branch": FactType.TEXT,
    "employee": FactType.TEXT,
    "zone": FactType.TEXT,
}
"""Facts taken from the fields of a submission. An amount is in minor units."""

STANDING: Mapping[str, FactType] = {
    "customer": FactType.TEXT,
    "validity": FactType.TEXT,
    "milestones": FactType.TEXTS,
    "breached": FactType.TEXTS,
    "warned": FactType.TEXTS,
}
"""Facts about how a complaint stands: who complains (the id, else a hash of telephone or e-mail), what was
decided, the names of the milestones so far, the clocks whose breach or warning stands."""

PARAM_FACTS = {
    "whole": FactType.WHOLE,
    "number": FactType.NUMBER,
    "money": FactType.MONEY,
    "text": FactType.TEXT,
    "truth": FactType.TRUTH,
}

_FIELD_FACTS = {
    "text": FactType.TEXT,
    "texts": FactType.TEXTS,
    "whole": FactType.WHOLE,
    "number": FactType.NUMBER,
    "money": FactType.MONEY,
    "truth": FactType.TRUTH,
    "moment": FactType.MOMENT,
}
_AMOUNT_FACTS = {"money": FactType.MONEY}
_HISTORY_FACTS = {"count": FactType.WHOLE, "run": FactType.WHOLE, "any": FactType.TRUTH}


def fact_types(pack: Pack) -> dict[str, FactType]:
    """Every fact that a rule of this pack may use, with its type."""
    types = {**SUBMITTED, **STANDING}
    types |= {name: _FIELD_FACTS[field.type] for name, field in pack.intake.fields.items()}
    types.update(dict.fromkeys(pack.facts.cues, FactType.TRUTH))
    types |= {name: _AMOUNT_FACTS.get(a.reads, FactType.WHOLE) for name, a in pack.facts.amounts.items()}
    types |= {name: _history_fact(spec) for name, spec in pack.facts.history.items()}
    types |= {name: _FIELD_FACTS[spec.type] for name, spec in pack.facts.decided.items()}
    types |= tier_facts(pack) | param_types(pack)
    types |= {name: _window_fact(spec, types) for name, spec in pack.facts.windows.items()}
    return types


def param_types(pack: Pack) -> dict[str, FactType]:
    """The parameters that are facts."""
    return {name: PARAM_FACTS[p.type] for name, p in pack.params.items() if p.type in PARAM_FACTS}


def _history_fact(spec: HistorySpec) -> FactType:
    return _FIELD_FACTS[spec.type] if spec.type else _HISTORY_FACTS[spec.take]


def _window_fact(spec: WindowSpec, types: Mapping[str, FactType]) -> FactType:
    summed = types.get(spec.sum) if spec.sum else None
    return FactType.MONEY if summed is FactType.MONEY else FactType.WHOLE


def colliding_names(pack: Pack) -> set[str]:
    """Names that the pack gives to two facts, or that every pack has already."""
    facts = pack.facts
    given = [*SUBMITTED, *STANDING, "grade", "known", *pack.intake.fields]
    given += [*facts.cues, *facts.amounts, *facts.history, *facts.windows, *facts.decided]
    given += [*tier_facts(pack), *param_types(pack)]
    return {name for name in given if given.count(name) > 1}


def off_the_wire(given: Mapping[str, object], types: Mapping[str, FactType]) -> dict[str, object]:
    """Facts as an event carries them, typed again. Those that `types` does not know are left out: a newer
    version of the pack has dropped them. FactValueError for a value that is not of its type."""
    return {name: _typed(name, types[name], value) for name, value in given.items() if name in types}


def _typed(name: str, kind: FactType, value: object) -> object:
    if not isinstance(value, str) or kind not in (FactType.MOMENT, FactType.NUMBER):
        return value
    try:
        return datetime.fromisoformat(value) if kind is FactType.MOMENT else float(value)
    except ValueError:
        raise FactValueError(f"{name} is {kind}, and was given a text that is none") from None
