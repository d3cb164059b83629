"""Reads a CASE.yaml for `redress policy grade`: a submission that may leave out what no rule looks at."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from deploy.cli.standing import Case
from shared.clock import SystemClock
from shared.contracts.complaints import Complaint, Milestone
from shared.contracts.submission import Submission
from shared.contracts.words import Moment
from shared.policy.bound import BoundPack
from shared.policy.milestones import DECIDED
from shared.policy.sections.facts import DecidedSpec
from shared.policy.sections.intake import IntakeField
from shared.policy.source import Problem, Source, SourceError, read, read_all
from shared.policy.validation import validated


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda v: float(v) if isinstance(v, Decimal) else str(v)))


Data = Annotated[dict[str, Any], BeforeValidator(_plain)]
"""Values as JSON has them."""


class Happened(BaseModel):
    """A milestone of a case; at receipt where no time is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    milestone: str
    occurred_at: Moment | None = None
    by: str | None = None
    data: Data = Field(default_factory=dict)


class More(BaseModel):
    """What a case says beyond a submission."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    milestones: tuple[Happened, ...] = ()
    decided: Data = Field(default_factory=dict)
    measures: Data = Field(default_factory=dict)
    tiers: dict[str, str] = Field(default_factory=dict)


NOWHERE = "unknown"
"""Stands where a case file names no channel, or has no text."""


def case_of(file: Path, bound: BoundPack) -> Case:
    """The one case of a file; `SourceError` with the line of what is wrong."""
    return case_in(read(file), bound)


def cases_of(file: Path, bound: BoundPack) -> list[Case]:
    """Every case of a file: a list, YAML documents one after the other, or one case."""
    return [case_in(part, bound) for source in read_all(file) for part in source.items()]


def case_in(source: Source, bound: BoundPack) -> Case:
    """A submission with, if it likes, `milestones: [{milestone, occurred_at, by, data}]`,
    `decided: {fact: value}`, which people decided at receipt, and of the customer `measures: {name: value}`
    or `tiers: {axis: tier}`. `SourceError` says what is wrong."""
    if not isinstance(source.data, dict):
        raise SourceError(
            [source.problem((), "expected a case: a block of names and values, in YAML or JSON")]
        )
    data = {key: value for key, value in source.data.items() if value is not None}
    more = validated(More, _part(source, {key: data.pop(key) for key in More.model_fields if key in data}))
    filled = _part(source, {"channel": NOWHERE, "text": NOWHERE, **data})
    complaint = as_complaint(validated(Submission, filled), bound, source)
    return Case(complaint, _milestones(more, complaint, bound, source), _tiers(more, bound, source))


def _part(source: Source, data: dict[str, Any]) -> Source:
    return Source(source.file, data, source.lines)


def _tiers(more: More, bound: BoundPack, source: Source) -> dict[str, str]:
    if not more.measures and not more.tiers:
        return {}
    from deploy.cli.customers import tiers_of

    return tiers_of(bound, source, more.measures, more.tiers)


def _milestones(more: More, complaint: Complaint, bound: BoundPack, source: Source) -> tuple[Milestone, ...]:
    decided = [
        Happened(milestone=DECIDED, data={"fact": fact, "value": value})
        for fact, value in more.decided.items()
    ]
    wrong = [
        *_unknown(source, "milestones", [h.milestone for h in more.milestones], bound.pack.every_milestone),
        *_unknown(source, "decided", list(more.decided), bound.pack.facts.decided),
        *_undecidable(source, more.decided, bound.pack.facts.decided),
    ]
    if wrong:
        raise SourceError(wrong)
    moments = [(h.occurred_at or complaint.received_at, h) for h in (*decided, *more.milestones)]
    found = [
        Milestone(id=f"{n:04}", name=h.milestone, occurred_at=at, recorded_at=at, by=h.by, data=h.data)
        for n, (at, h) in enumerate(moments)
    ]
    return tuple(sorted(found, key=lambda m: (m.occurred_at, m.id)))


def _unknown(source: Source, where: str, names: list[str], known: Mapping[str, object]) -> list[Problem]:
    said = ", ".join(known) or "none"
    return [
        source.problem((where,), f"{name!r} is not known to this pack; known: {said}")
        for name in names
        if name not in known
    ]


def _undecidable(
    source: Source, decided: Mapping[str, Any], known: Mapping[str, DecidedSpec]
) -> Iterator[Problem]:
    """What people cannot have decided: of another type, or none of the choices."""
    from services.intake.fields import FieldError, field_value

    for fact, value in decided.items():
        spec = known.get(fact)
        if spec is not None and value is not None:
            try:
                field_value(IntakeField(type=spec.type, title=spec.title, choices=spec.choices), value)
            except FieldError as error:
                yield source.problem(("decided", fact), f"expected {error}")


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
