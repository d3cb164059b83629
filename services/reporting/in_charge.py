"""Who has a complaint in hand: the owner of its grade, until a rung of a ladder takes it over."""

from collections.abc import Iterable

from services.reporting.story import Document


def in_charge(timeline: Iterable[Document]) -> str | None:
    """The role, from the timeline in event order; None where no grade names an owner and nobody took over.

    A later grading hands it to its own owner if that is another one than before. Where a breach was none,
    nobody took over because of it.
    """
    holders: list[tuple[str | None, str | None]] = []
    owner: str | None = None
    for entry in timeline:
        data, run = entry["data"], entry["data"].get("clock", {}).get("key")
        if entry["key"] == "complaint.graded" and data.get("owner_role") != owner:
            owner = data.get("owner_role")
            holders.append((owner, None))
        elif entry["key"] == "complaint.escalated" and data["takes_over"]:
            holders.append((data["role"], run))
        elif entry["key"] == "clock.withdrawn" and data["what"] == "breach":
            holders = [held for held in holders if held[1] != run]
    return holders[-1][0] if holders else None
