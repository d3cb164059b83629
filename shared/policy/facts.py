"""The facts that every pack has, before it adds its own fields, cues and parameters."""

from collections.abc import Mapping

from shared.policy.conditions import FactType
from shared.policy.pack import Pack

SUBMITTED: Mapping[str, FactType] = {
    "kind": FactType.text,
    "channel": FactType.text,
    "channel_formal": FactType.truth,
    "category": FactType.text,
    "claim_amount": FactType.money,
    "claim_currency": FactType.text,
    "complainant_id": FactType.text,
    "event": FactType.text,
    "problem": FactType.text,
    "product": FactType.text,
    "project": FactType.text,
    "branch": FactType.text,
    "employee": FactType.text,
    "zone": FactType.text,
}
"""Facts taken from the fields of a submission. An amount is in minor units."""

PARAM_FACTS = {
    "whole": FactType.whole,
    "number": FactType.number,
    "money": FactType.money,
    "text": FactType.text,
    "truth": FactType.truth,
}

_FIELD_FACTS = {
    "text": FactType.text,
    "texts": FactType.texts,
    "whole": FactType.whole,
    "number": FactType.number,
    "money": FactType.money,
    "truth": FactType.truth,
    "moment": FactType.moment,
}


def fact_types(pack: Pack) -> dict[str, FactType]:
    """Every fact that a rule of this pack may use, with its type."""
    types = dict(SUBMITTED)
    types |= {name: _FIELD_FACTS[field.type] for name, field in pack.intake.fields.items()}
    types |= dict.fromkeys(pack.facts.cues, FactType.truth)
    types |= {name: PARAM_FACTS[p.type] for name, p in pack.params.items() if p.type in PARAM_FACTS}
    return types


def colliding_names(pack: Pack) -> set[str]:
    """Names that the pack gives to two facts, or that every pack has already."""
    given = [*SUBMITTED, "grade", "known", *pack.intake.fields, *pack.facts.cues]
    given += [name for name, p in pack.params.items() if p.type in PARAM_FACTS]
    return {name for name in given if given.count(name) > 1}
