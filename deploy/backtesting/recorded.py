"""Recorded cases: submissions or complaints (as the API gives them) of a file, or what intake keeps."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from deploy.cli.cases import as_complaint
from services.grading.circumstances import NOTHING, Circumstances
from shared.contracts.complaints import Complaint, Milestone
from shared.contracts.submission import Submission
from shared.policy.bound import BoundPack
from shared.policy.source import Source
from shared.store.mongo import Collection
from shared.web import reasons_of

LATE = ("breached", "met_late")


class UnreadableError(Exception):
    """A recorded case is neither a submission nor a complaint. Says why."""


@dataclass(frozen=True)
class Recorded:
    """One case: what it is called, the complaint that a pack sees in it, and how it stood when recorded."""

    name: str
    under: Callable[[BoundPack], Complaint]
    circumstances: Circumstances = NOTHING


def from_rows(rows: Iterable[Any], file: str) -> Iterator[Recorded | tuple[str, str]]:
    """Each row as a case, or its place with what is wrong with it."""
    for number, row in enumerate(rows, 1):
        try:
            yield recorded(row, f"{file}:{number}")
        except UnreadableError as error:
            yield f"{file}:{number}", str(error)


async def from_store(pages: Collection, packs: Iterable[str]) -> AsyncIterator[Recorded | tuple[str, str]]:
    """The complaints of these packs that intake keeps, the oldest first."""
    wanted = {"complaint.pack": {"$in": sorted(set(packs))}}
    kept = {"complaint": 1, "milestones": 1, "clocks.id": 1, "clocks.state": 1}
    async for page in pages.find(wanted, kept).sort("complaint.received_at"):
        row = {**page["complaint"], **page, "id": page["_id"]}
        try:
            yield recorded(row, str(page["_id"]))
        except UnreadableError as error:
            yield str(page["_id"]), str(error)


def recorded(row: Any, place: str) -> Recorded:
    """UnreadableError when it is neither of the two shapes."""
    if not isinstance(row, dict):
        raise UnreadableError("expected an object")
    try:
        if {"id", "number", "pack_version"} <= row.keys():
            return _complaint(row)
        submission = Submission.model_validate(row)
    except ValidationError as error:
        reason = reasons_of(error.errors(include_url=False))[0]
        raise UnreadableError(f"{reason.field} {reason.problem}: expected {reason.expected}") from None
    return Recorded(submission.ref or place, lambda bound: _submitted(submission, bound, place))


def _complaint(row: dict[str, Any]) -> Recorded:
    complaint = Complaint.model_validate(row)
    milestones = [Milestone.model_validate(milestone) for milestone in row.get("milestones", ())]
    late = frozenset(str(clock["id"]) for clock in row.get("clocks", ()) if clock.get("state") in LATE)
    circumstances = Circumstances(
        milestones=tuple(sorted(milestones, key=lambda m: m.occurred_at)), breached=late
    )

    def under(bound: BoundPack) -> Complaint:
        return complaint.model_copy(update={"pack": bound.id, "pack_version": bound.version})

    return Recorded(complaint.number, under, circumstances)


def _submitted(submission: Submission, bound: BoundPack, place: str) -> Complaint:
    """A field that this pack does not have plays no part."""
    fields = {name: value for name, value in submission.fields.items() if name in bound.pack.intake.fields}
    return as_complaint(submission.model_copy(update={"fields": fields}), bound, Source(place, None))
