"""What a complaint says by itself, read once: its fields, the cues and the amounts in its text."""

from dataclasses import dataclass

from services.grading.amounts import read_amounts
from services.grading.cues import find_cues
from shared.contracts.complaints import Complaint
from shared.contracts.gradings import Cue, Suggestion
from shared.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class Reading:
    """A complaint and what was found in its text."""

    complaint: Complaint
    cues: tuple[Cue, ...]
    suggestions: tuple[Suggestion, ...]


def read(pack: Pack, complaint: Complaint) -> Reading:
    amounts = pack.facts.amounts
    return Reading(
        complaint,
        tuple(find_cues(pack, complaint.text)),
        tuple(read_amounts(amounts, complaint.text)) if amounts else (),
    )
