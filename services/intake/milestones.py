"""Records that something happened to a complaint: replied, resolved, closed, and what else the pack names."""

from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import to_json

from services.intake import deadlines, decisions
from services.intake.arrivals import Key
from services.intake.checking import TOLERANCE
from shared.contracts.complaints import Complaint, ComplaintProgressed, Milestone, Reason
from shared.contracts.envelope import new_id
from shared.contracts.words import Moment
from shared.deployment import Unit
from shared.policy.milestones import EXTENDED
from shared.policy.pack import Pack
from shared.store.page import Document, Page
from shared.web import ProblemError

MAX_DEPTH = 8
MAX_INTEGER = 2**53
MAX_PER_COMPLAINT = 1000
MAX_WEIGHT = 4 * 1024 * 1024
"""Bytes of data that a complaint's milestones carry in all; the store takes 16 MiB a document."""


class MilestoneRequest(BaseModel):
    """The body of `POST /v1/complaints/{id}/milestones`. `occurred_at` is now where it is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    milestone: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    by: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    occurred_at: Moment | None = None
    data: dict[str, Any] = Field(
        default_factory=dict, description="what goes with it, such as a reply's text"
    )

    @field_validator("data")
    @classmethod
    def _storable(cls, data: dict[str, Any]) -> dict[str, Any]:
        _check_storable(data, MAX_DEPTH)
        return data


def _check_storable(value: object, depth: int) -> None:
    if depth == 0:
        raise ValueError(f"expected at most {MAX_DEPTH} levels, one inside the other")
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.startswith("$") or "\0" in name or not name:
                raise ValueError("expected names that are not empty and do not begin with $")
            _check_storable(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _check_storable(inner, depth - 1)
    elif isinstance(value, int | float) and not abs(value) <= MAX_INTEGER:
        raise ValueError(f"expected numbers between -{MAX_INTEGER} and {MAX_INTEGER}")


def record(page: Page, request: MilestoneRequest, unit: Unit, key: Key | None, now: datetime) -> Document:
    """Put the milestone onto the page and say so; the milestone as kept, with `repeated`.

    ProblemError: 422 for what does not fit, 409 for a complaint that is closed.
    """
    kept: list[Document] = page.body.get("milestones", [])
    before = _same_key(kept, key)
    if before is not None:
        return shown(before) | {"repeated": True}
    complaint = Complaint.model_validate(page.body["complaint"])
    pack = unit.pack.pack
    occurred_at = request.occurred_at or now
    data, undecided = decisions.checked(request.milestone, request.data, request.by, unit)
    reasons = [
        *_unknown(request.milestone, pack),
        *undecided,
        *deadlines.checked(request.milestone, data, occurred_at, page.body, unit, now),
        *_times(occurred_at, complaint, now),
        *_not_independent(request, complaint, unit),
    ]
    if reasons:
        raise ProblemError(422, "The milestone cannot be recorded", reasons)
    weight = page.body.get("weight", 0) + len(to_json(data))
    _still_takes_one(page, request, pack, occurred_at, weight)
    milestone = Milestone(
        id=new_id(),
        name=request.milestone,
        occurred_at=occurred_at,
        recorded_at=now,
        by=request.by,
        data=data,
    )
    stored = milestone.model_dump(exclude_none=True)
    marked = stored | ({"key": {"id": key.id, "fingerprint": key.fingerprint}} if key else {})
    page.body |= {"milestones": [*kept, marked], "weight": weight}
    if request.milestone in pack.closing:
        page.body |= {"state": "closed", "closed_at": occurred_at}
    said = ComplaintProgressed(case=complaint.case, milestone=milestone)
    page.say(said, source="intake", time=occurred_at, now=now)
    return shown(stored) | {"repeated": False}


def shown(milestone: Document) -> Document:
    """A milestone without what only we need."""
    return {name: value for name, value in milestone.items() if name != "key"}


def _same_key(kept: list[Document], key: Key | None) -> Document | None:
    for milestone in kept if key else ():
        if key and milestone.get("key", {}).get("id") == key.id:
            if milestone["key"]["fingerprint"] != key.fingerprint:
                raise key_reused()
            return milestone
    return None


def key_reused() -> ProblemError:
    reason = Reason(
        field="Idempotency-Key",
        problem="was used before with another body",
        expected="a new key for a new request, or the same body again",
    )
    return ProblemError(422, "The Idempotency-Key was used for something else", [reason])


def _unknown(name: str, pack: Pack) -> list[Reason]:
    if name in pack.every_milestone:
        return []
    near = get_close_matches(name, pack.every_milestone, n=1)
    expected = f"one of: {', '.join(pack.every_milestone)}" + (f"; did you mean {near[0]}?" if near else "")
    return [Reason(field="milestone", problem="is not a milestone of this procedure", expected=expected)]


def _not_independent(request: MilestoneRequest, complaint: Complaint, unit: Unit) -> list[Reason]:
    """An independent milestone is recorded by somebody, and not by the employee complained of."""
    spec = unit.pack.pack.milestones.get(request.milestone)
    if spec is None or not spec.independent or complaint.employee is None:
        return []
    wanted = "somebody other than the employee complained of"
    if request.by is None:
        return [Reason(field="by", problem="is missing", expected=wanted)]
    if unit.people.same(request.by, complaint.employee):
        return [Reason(field="by", problem="is the employee complained of", expected=wanted)]
    return []


def _takes_though_closed(page: Page, request: MilestoneRequest, pack: Pack, occurred_at: datetime) -> bool:
    """A step that happened before the complaint was closed is heard late; one that may come after closing is
    taken, and an extension where its clock goes on."""
    if request.milestone == EXTENDED:
        return request.data["clock"] in pack.outliving
    heard_late = request.milestone in pack.milestones and occurred_at < page.body["closed_at"]
    return request.milestone in pack.after_closing or (heard_late and request.milestone not in pack.closing)


def _times(occurred_at: datetime, complaint: Complaint, now: datetime) -> list[Reason]:
    if occurred_at > now + TOLERANCE:
        wanted = f"not after {now.isoformat(timespec='seconds')}"
        return [Reason(field="occurred_at", problem="is in the future", expected=wanted)]
    if occurred_at < complaint.occurred_at:
        wanted = f"not before {complaint.occurred_at.isoformat(timespec='milliseconds')}"
        return [Reason(field="occurred_at", problem="is before what it is about", expected=wanted)]
    return []


def _still_takes_one(
    page: Page, request: MilestoneRequest, pack: Pack, occurred_at: datetime, weight: int
) -> None:
    if page.body["state"] == "closed" and not _takes_though_closed(page, request, pack, occurred_at):
        but = f" but: {', '.join(sorted(pack.after_closing))}" if pack.after_closing else ""
        before = "and steps that happened before, told by their occurred_at"
        raise ProblemError(409, f"The complaint is closed; it takes no further milestones{but}, {before}")
    if len(page.body.get("milestones", ())) >= MAX_PER_COMPLAINT or weight > MAX_WEIGHT:
        limits = f"at most {MAX_PER_COMPLAINT} milestones and {MAX_WEIGHT} bytes of data with them"
        raise ProblemError(409, f"The complaint is full; it takes {limits}")
