"""A submission: the one format for the body of `POST /v1/complaints`, a bus message and a CASE.yaml."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.envelope import EventData
from shared.contracts.words import Claim, Moment, Person

Slug = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.\-/]+$")]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MAX_TEXT = 20_000
"""Characters of text that a submission may have."""


def _no_control(value: str) -> str:
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", value)
    if not kept.strip():
        raise ValueError("expected text that can be read")
    return kept


class Complainant(Person):
    """The person as submitted: a misspelt key is an error here, too."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Claimed(Claim):
    """The claim as submitted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Submission(BaseModel):
    """What somebody hands in. A field it does not know is an error: a misspelt field must not vanish.

    `unit` is the company or branch office of the deployment; where it is left out, the unit that runs
    `pack` is meant, or the only one there is. Times carry an offset (RFC 3339).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    ref: Ref | None = Field(default=None, description="the submitter's own name for the case")
    unit: Slug | None = None
    pack: Slug | None = None
    kind: Slug = "complaint"
    channel: Slug
    category: Slug | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT), AfterValidator(_no_control)]
    complainant: Complainant = Complainant()
    claim: Claimed | None = None
    event: Ref | None = Field(default=None, description="the one event that several complaints are about")
    problem: Ref | None = None
    product: Ref | None = None
    project: Ref | None = None
    branch: Ref | None = None
    employee: Ref | None = None
    zone: Slug | None = None
    occurred_at: Moment | None = Field(default=None, description="when it happened")
    received_at: Moment | None = Field(default=None, description="when the company got it; default: now")
    fields: dict[str, Any] = Field(default_factory=dict, description="what the pack's intake schema adds")


class ComplaintSubmitted(EventData, Submission):
    """A submission as a message to the exchange `redress.submissions`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    TYPE: ClassVar[str] = "redress.complaint.submitted.v1"
