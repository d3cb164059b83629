"""The bodies and answers of intake as its OpenAPI document describes them."""

from datetime import datetime
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field

from services.intake.amending import FIXED
from services.intake.customers import MeasuresRequest
from services.intake.milestones import MilestoneRequest
from services.intake.same_event import SameEvent
from services.intake.submissions import MAX_ID
from shared.contracts.submission import Submission
from shared.openapi import describe

KEY: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "the same request under the same key is taken once",
            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_ID, "pattern": "^[!-~]+$"},
        }
    ]
}


class Links(BaseModel):
    """Where the complaint is, and where its milestones go."""

    self_: str = Field(alias="self")
    milestones: str


class Receipt(BaseModel):
    """The complaint that a submission became."""

    id: str
    number: str
    links: Links


class Recorded(BaseModel):
    """A milestone as it is kept."""

    milestone: dict[str, Any]
    links: Links


class Amended(BaseModel):
    """What a change came to; `changed` is empty when nothing differs."""

    id: str
    changed: list[str]
    complaint: dict[str, Any]
    links: Links


class Listing(BaseModel):
    """One page of a search; `cursor` leads to the next."""

    items: list[dict[str, Any]]
    cursor: str | None


class Customer(BaseModel):
    """What is known of a customer, and the tier on each axis."""

    id: str
    unit: str
    measures: dict[str, Any]
    measured_at: datetime | None
    tiers: dict[str, str]
    links: dict[str, str]


def install(app: FastAPI) -> None:
    """Describe what the routes read by hand."""
    describe(app, (Submission, MilestoneRequest, MeasuresRequest, SameEvent), {"Patch": _patch()})


def _patch() -> dict[str, Any]:
    """A merge patch (RFC 7396): any field of a submission but the fixed ones; null takes one out."""
    given = Submission.model_json_schema(ref_template="#/components/schemas/{model}")["properties"]
    fields = {
        name: schema if {"type": "null"} in schema.get("anyOf", ()) else {"anyOf": [schema, {"type": "null"}]}
        for name, schema in given.items()
        if name not in FIXED
    }
    remarks = {
        "by": {"type": ["string", "null"], "minLength": 1, "maxLength": 200},
        "reason": {"type": ["string", "null"], "minLength": 1, "maxLength": 2000},
    }
    return {"type": "object", "additionalProperties": False, "properties": fields | remarks}
