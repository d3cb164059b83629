"""Turns a complaint into the facts that its pack's rules look at. A fact that nobody gave is left out."""

from collections.abc import Mapping

from services.grading.circumstances import Circumstances
from services.grading.complainant import customer
from services.grading.history import decided_facts, history_facts
from services.grading.reading import Reading
from services.grading.values import typed
from shared.contracts.complaints import Complaint
from shared.contracts.gradings import Suggestion
from shared.policy.bound import BoundPack
from shared.policy.conditions import check_values
from shared.policy.facts import SUBMITTED

_PLAIN = tuple(
    n for n in SUBMITTED if n not in ("channel_formal", "claim_amount", "claim_currency", "complainant_id")
)


def facts_of(bound: BoundPack, reading: Reading, circumstances: Circumstances) -> dict[str, object]:
    """Every fact with a known value; amounts in minor units, moments aware. FactValueError for one that is
    not of its type.

    Of the circumstances only what the pack looks at: a milestone that no rule asks about is no news. Of what
    an earlier version of the pack read in the text only what this one still knows.
    """
    facts = _submitted(bound, reading.complaint)
    facts.update(dict.fromkeys(bound.pack.facts.cues, False))
    facts.update({cue.cue: True for cue in reading.cues if cue.cue in bound.pack.facts.cues})
    for suggestion in reading.suggestions:
        if suggestion.fact in bound.pack.facts.amounts:
            facts |= _trusted(suggestion, facts)
    facts |= decided_facts(bound.pack, circumstances.milestones)
    facts |= circumstances.tiers
    standing = _standing(bound, reading.complaint, circumstances)
    facts |= {name: value for name, value in standing.items() if name in bound.looked_at}
    known = {name: value for name, value in facts.items() if value is not None}
    check_values(known, bound.fact_types)
    return known


def _submitted(bound: BoundPack, complaint: Complaint) -> dict[str, object]:
    facts: dict[str, object] = {name: getattr(complaint, name) for name in _PLAIN}
    channel = bound.pack.intake.channels.get(complaint.channel)
    facts["channel_formal"] = channel.formal if channel else None
    facts["claim_amount"] = complaint.claim.minor if complaint.claim else None
    facts["claim_currency"] = complaint.claim.currency if complaint.claim else None
    facts["complainant_id"] = complaint.complainant.id
    facts.update(bound.values)
    for name, spec in bound.pack.intake.fields.items():
        facts[name] = typed(spec.type, complaint.fields.get(name))
    return facts


def _trusted(suggestion: Suggestion, facts: Mapping[str, object]) -> dict[str, object]:
    """A trusted amount counts as itself and as the field it suggests, unless that was given."""
    if not suggestion.trusted:
        return {}
    if suggestion.suggests is None:
        return {suggestion.fact: suggestion.value}
    field = "claim_amount" if suggestion.suggests == "claim" else suggestion.suggests
    if facts.get(field) is not None:
        return {}
    found: dict[str, object] = {suggestion.fact: suggestion.value, field: suggestion.value}
    return found | ({"claim_currency": "CNY"} if field == "claim_amount" else {})


def _standing(bound: BoundPack, complaint: Complaint, circumstances: Circumstances) -> dict[str, object]:
    """How the complaint stands. Empty lists count as not given."""
    return {
        "customer": customer(complaint.complainant),
        "milestones": list(dict.fromkeys(m.name for m in circumstances.milestones)) or None,
        "breached": sorted(circumstances.breached) or None,
        "warned": sorted(circumstances.warned) or None,
        **history_facts(bound.pack, circumstances.milestones),
        **circumstances.counts,
    }
