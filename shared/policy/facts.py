"""The facts that every pack has, before it adds its own fields, cues and parameters."""

from collections.abc import Mapping

from shared.policy.conditions import FactType
from shared.policy.pack import Pack

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


def fact_types(pack: Pack) -> dict[str, FactType]:
    """Every fact that a rule of this pack may use, with its type."""
    types = dict(SUBMITTED)
    types |= {name: _FIELD_FACTS[field.type] for name, field in pack.intake.fields.items()}
    types.update(dict.fromkeys(pack.facts.cues, FactType.TRUTH))
    types |= {name: PARAM_FACTS[p.type] for name, p in pack.params.items() if p.type in PARAM_FACTS}
    return types


def colliding_names(pack: Pack) -> set[str]:
    """Names that the pack gives to two facts, or that every pack has already."""
    given = [*SUBMITTED, "grade", "known", *pack.intake.fields, *pack.facts.cues]
    given += [name for name, p in pack.params.items() if p.type in PARAM_FACTS]
    return {name for name in given if given.count(name) > 1}
