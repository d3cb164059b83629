"""Reads a CASE.yaml for `redress policy grade`: a submission that may leave out what no rule looks at."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.clock import SystemClock
from shared.contracts.complaints import Complaint
from shared.contracts.submission import Submission
from shared.policy.bound import BoundPack
from shared.policy.source import Source, SourceError, read, read_all
from shared.policy.validation import validated

NOWHERE = "unknown"
"""Stands where a case file names no channel, or has no text."""


def complaint_of(file: Path, bound: BoundPack) -> Complaint:
    """The case as a complaint; `SourceError` with the line of what is wrong."""
    return complaint_in(read(file), bound)


def complaints_of(file: Path, bound: BoundPack) -> list[Complaint]:
    """Every case of a file: a list, YAML documents one after the other, or one case."""
    return [complaint_in(part, bound) for source in read_all(file) for part in source.items()]


def complaint_in(source: Source, bound: BoundPack) -> Complaint:
    """A case as a complaint; `SourceError` with the line of what is wrong."""
    data = source.data if isinstance(source.data, dict) else {}
    filled = Source(source.file, {"channel": NOWHERE, "text": NOWHERE, **_text(data)}, source.lines)
    return as_complaint(validated(Submission, filled), bound, source)


def as_complaint(submission: Submission, bound: BoundPack, source: Source) -> Complaint:
    """A submission as a complaint that nobody numbered."""
    now = SystemClock().now()
    received = submission.received_at or now
    given: dict[str, Any] = submission.model_dump(
        exclude={"fields", "claim", "unit", "pack", "received_at", "occurred_at"}
    )
    return Complaint(
        **given,
        id="case",
        number="case",
        unit="case",
        pack=bound.id,
        pack_version=bound.version,
        claim=submission.claim.money() if submission.claim else None,
        fields=_fields(submission, bound, source),
        received_at=received,
        occurred_at=submission.occurred_at or received,
    )


def _text(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _fields(submission: Submission, bound: BoundPack, source: Source) -> dict[str, Any]:
    from services.intake.fields import FieldError, field_value

    read_: dict[str, Any] = {}
    for name, given in submission.fields.items():
        spec = bound.pack.intake.fields.get(name)
        if spec is None:
            known = ", ".join(bound.pack.intake.fields) or "none"
            raise SourceError([source.problem(("fields", name), f"no field of {bound.id}; known: {known}")])
        try:
            read_[name] = field_value(spec, float(given) if isinstance(given, Decimal) else given)
        except FieldError as error:
            raise SourceError([source.problem(("fields", name), f"expected {error}")]) from None
    return read_
