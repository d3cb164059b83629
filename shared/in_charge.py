"""Who has a complaint in hand: the owner of its grade, until a rung of a ladder takes it over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Graded:
    """A grading names the owner of the grade; None where the grade has none."""

    owner: str | None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A rung gave it to a role, because of a run of a clock or for another reason (None)."""

    role: str
    run: str | None


@dataclass(frozen=True, slots=True)
class NotBreached:
    """The breach of a run was none."""

    run: str


Handing = Graded | TakenOver | NotBreached


def handing(key: str, data: Mapping[str, Any]) -> Handing | None:
    """What an event, by its routing key and its data, does to who is in charge; None: nothing."""
    if key == "complaint.graded":
        return Graded(data.get("owner_role"))
    if key == "complaint.escalated" and data["takes_over"]:
        return TakenOver(data["role"], (data.get("clock") or {}).get("key"))
    if key == "clock.withdrawn" and data["what"] == "breach":
        return NotBreached(data["clock"]["key"])
    return None


def in_charge(handings: Iterable[Handing | None]) -> str | None:
    """The role, from everything in event order; None where no grade names an owner and nobody took over.

    A later grading hands it to its own owner if that is another one than before. Where a breach was none,
    nobody took over because of it.
    """
    holders: list[tuple[str | None, str | None]] = []
    owner: str | None = None
    for one in handings:
        match one:
            case Graded(named) if named != owner:
                owner = named
                holders.append((owner, None))
            case TakenOver(role, run):
                holders.append((role, run))
            case NotBreached(run):
                holders = [held for held in holders if held[1] != run]
    return holders[-1][0] if holders else None
