"""Turns a complaint into the facts that its pack's rules look at. A fact that nobody gave is left out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.grading.circumstances import Circumstances
from shared.contracts.complaints import Complaint
from shared.contracts.gradings import Cue
from shared.policy.bound import BoundPack
from shared.policy.facts import SUBMITTED

_PLAIN = tuple(
    n for n in SUBMITTED if n not in ("channel_formal", "claim_amount", "claim_currency", "complainant_id")
)


def facts_of(
    bound: BoundPack, complaint: Complaint, cues: Iterable[Cue], circumstances: Circumstances
) -> dict[str, object]:
    """Every fact with a known value; amounts in minor units, moments aware."""
    facts: dict[str, object] = {name: getattr(complaint, name) for name in _PLAIN}
    channel = bound.pack.intake.channels.get(complaint.channel)
    facts["channel_formal"] = channel.formal if channel else None
    facts["claim_amount"] = complaint.claim.minor if complaint.claim else None
    facts["claim_currency"] = complaint.claim.currency if complaint.claim else None
    facts["complainant_id"] = complaint.complainant.id
    facts.update(bound.values)
    for name, spec in bound.pack.intake.fields.items():
        facts[name] = _value(spec.type, complaint.fields.get(name))
    facts.update(dict.fromkeys(bound.pack.facts.cues, False))
    facts.update({cue.cue: True for cue in cues})
    facts |= {**circumstances.counts, **circumstances.tiers}
    return {name: value for name, value in facts.items() if value is not None}


def _value(kind: str, given: Any) -> object:
    if given is None:
        return None
    if kind == "money":
        return int(given["minor"])
    if kind == "moment":
        return datetime.fromisoformat(str(given))
    if kind == "number":
        return float(given)
    return given
