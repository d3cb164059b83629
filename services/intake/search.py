"""Finds complaints, the newest first, page by page.

Every search names the units it looks through, so that each filter is served by an index that begins with
the unit and ends in the order shown; filters beyond the first narrow what that index gives.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pymongo import DESCENDING, IndexModel

from services.intake.views import LIST_FIELDS, listed
from shared.contracts.complaints import Reason
from shared.contracts.words import Moment
from shared.deployment import Deployment
from shared.policy.references import category_paths
from shared.store.book import Book
from shared.store.page import Document
from shared.web import ProblemError

NEWEST = [("complaint.received_at", DESCENDING), ("_id", DESCENDING)]
_ALWAYS = (
    "complaint.pack",
    "state",
    "overdue",
    "grading.grade",
    "complaint.channel",
    "complaint.category",
)
_SOMETIMES = (
    "grading.validity",
    "complaint.ref",
    "complaint.product",
    "complaint.branch",
    "complaint.complainant.id",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _index(*fields: str, partial: bool = False) -> IndexModel:
    only = {"partialFilterExpression": {fields[-1]: {"$exists": True}}} if partial else {}
    return IndexModel([*((field, 1) for field in fields), *NEWEST], name="_".join(("by", *fields)), **only)


INDEXES: tuple[IndexModel, ...] = (
    _index("complaint.unit"),
    *(_index("complaint.unit", field) for field in _ALWAYS),
    *(_index("complaint.unit", field, partial=True) for field in _SOMETIMES),
)


class Query(BaseModel):
    """The query of `GET /v1/complaints`. `category` takes everything below it too; times are of receipt."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    unit: Text | None = None
    pack: Text | None = None
    grade: Text | None = None
    validity: Text | None = None
    state: Literal["open", "closed"] | None = None
    channel: Text | None = None
    category: Text | None = None
    number: Text | None = None
    ref: Text | None = None
    product: Text | None = None
    branch: Text | None = None
    customer: Text | None = None
    received_from: Moment | None = Field(default=None, description="received at this moment or later")
    received_to: Moment | None = Field(default=None, description="received before this moment")
    overdue: bool | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


_FIELDS = {
    "pack": "complaint.pack",
    "grade": "grading.grade",
    "validity": "grading.validity",
    "state": "state",
    "channel": "complaint.channel",
    "number": "complaint.number",
    "ref": "complaint.ref",
    "product": "complaint.product",
    "branch": "complaint.branch",
    "customer": "complaint.complainant.id",
    "overdue": "overdue",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found; `cursor` leads to the next, None at the end."""

    items: Sequence[Document]
    cursor: str | None


async def search(book: Book, query: Query, deployment: Deployment) -> Found:
    """The newest that fit. ProblemError 422 for a cursor that is none."""
    wanted = conditions(query, deployment)
    found = book.pages.find(wanted, LIST_FIELDS).sort(NEWEST).limit(query.limit + 1)
    pages = [page async for page in found]
    more = len(pages) > query.limit
    shown = pages[: query.limit]
    return Found([listed(page) for page in shown], cursor_of(shown[-1]) if more else None)


def conditions(query: Query, deployment: Deployment) -> Document:
    """The query in the store's words."""
    units = [query.unit] if query.unit else list(deployment.units)
    wanted: Document = {"complaint.unit": units[0] if len(units) == 1 else {"$in": units}}
    for name, field in _FIELDS.items():
        value = getattr(query, name)
        if value is not None:
            wanted[field] = value
    if query.category is not None:
        paths = _below(query.category, units, deployment)
        wanted["complaint.category"] = paths[0] if len(paths) == 1 else {"$in": paths}
    span = {"$gte": query.received_from, "$lt": query.received_to}
    given = {sign: moment for sign, moment in span.items() if moment is not None}
    wanted |= {"complaint.received_at": given} if given else {}
    if query.cursor is not None:
        wanted["$or"] = _after(query.cursor)
    return wanted


def _below(category: str, units: Sequence[str], deployment: Deployment) -> list[str]:
    paths = {category}
    for name in units:
        unit = deployment.units.get(name)
        if unit is not None:
            packs = [known.pack.pack for known in unit.editions]
            every = [path for pack in packs for path in category_paths(pack.intake.categories)]
            paths |= {path for path in every if path.startswith(f"{category}/")}
    return sorted(paths)


def cursor_of(page: Document) -> str:
    """An opaque name for the place after this page: its time of receipt and its id."""
    milliseconds = (page["complaint"]["received_at"] - _EPOCH) // _MILLISECOND
    return base64.urlsafe_b64encode(f"{milliseconds} {page['_id']}".encode()).decode().rstrip("=")


def _after(cursor: str) -> list[dict[str, Any]]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        milliseconds, _, id_ = text.partition(" ")
        at = _EPOCH + int(milliseconds) * _MILLISECOND
    except (binascii.Error, ValueError, OverflowError):
        expected = "a cursor as the last answer gave it"
        raise ProblemError(
            422, "The cursor leads nowhere", [Reason(field="cursor", problem="is wrong", expected=expected)]
        ) from None
    return [
        {"complaint.received_at": {"$lt": at}},
        {"complaint.received_at": at, "_id": {"$lt": id_}},
    ]
