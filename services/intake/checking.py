"""Checks a submission against its unit's pack: what is wrong with it, or what it comes to. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any

from services.intake.deadlines import given_limits
from services.intake.fields import FieldError, field_value
from shared.contracts.complaints import Complaint, Reason
from shared.contracts.submission import Submission
from shared.deployment import Deployment, Unit, UnknownUnitError
from shared.policy.pack import Pack
from shared.policy.references import category_paths
from shared.policy.sections.intake import Category, IntakeField

TOLERANCE = timedelta(minutes=5)
"""How far the clocks of those who submit may be ahead of ours."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_SAME = frozenset(Complaint.model_fields) & frozenset(Submission.model_fields) - {
    "unit",
    "pack",
    "claim",
    "fields",
    "occurred_at",
    "received_at",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A submission that may come in: its unit, its times, and the pack's fields as they are kept."""

    submission: Submission
    unit: Unit
    occurred_at: datetime
    received_at: datetime
    fields: Mapping[str, Any]

    def complaint(self, complaint_id: str, number: str) -> Complaint:
        """The complaint that it becomes under this id and number."""
        given = self.submission
        return Complaint(
            id=complaint_id,
            number=number,
            unit=self.unit.id,
            pack=self.unit.pack.id,
            pack_version=self.unit.pack.version,
            claim=given.claim.money() if given.claim else None,
            fields=dict(self.fields),
            occurred_at=self.occurred_at,
            received_at=self.received_at,
            **{name: getattr(given, name) for name in _SAME},
        )


def unit_meant(submission: Submission, deployment: Deployment) -> Unit | Reason:
    """The unit that a submission is for, or why there is none."""
    field = "unit" if submission.unit is not None or submission.pack is None else "pack"
    try:
        unit = deployment.meant(submission.unit, submission.pack)
    except UnknownUnitError as error:
        given = submission.unit if field == "unit" else submission.pack
        return Reason(
            field=field, problem="is missing" if given is None else "is unknown", expected=str(error)
        )
    if submission.pack not in (None, unit.pack.id):
        return Reason(field="pack", problem="is not what this unit works by", expected=unit.pack.id)
    return unit


def check(
    submission: Submission, unit: Unit, now: datetime, heard_at: datetime | None = None
) -> Accepted | list[Reason]:
    """Everything that the pack asks of a submission. All that is wrong is told together.

    `heard_at` is when the message says that it was sent; it stands in for `received_at` where that is
    not given, so that a message that waited counts from when it was sent.
    """
    pack = unit.pack.pack
    received = submission.received_at or heard_at or now
    occurred = submission.occurred_at or received
    reasons = [
        *_known(submission, pack),
        *_times(received, occurred, now),
        *_required(submission, pack),
    ]
    fields, wrong = _fields(submission, pack)
    reasons += wrong or given_limits(fields, unit)
    return reasons or Accepted(submission, unit, occurred, received, fields)


def _known(submission: Submission, pack: Pack) -> Iterator[Reason]:
    intake = pack.intake
    if submission.kind not in intake.kinds:
        yield _unknown("kind", submission.kind, tuple(intake.kinds))
    if submission.channel not in intake.channels:
        yield _unknown("channel", submission.channel, tuple(intake.channels))
    if submission.category is not None and not _in_tree(submission.category, intake.categories):
        yield _unknown("category", submission.category, tuple(category_paths(intake.categories)))


def _in_tree(path: str, tree: Mapping[str, Category]) -> bool:
    for name in path.split("/"):
        if name not in tree:
            return False
        tree = tree[name].children
    return True


def _unknown(field: str, given: str, known: Sequence[str], problem: str = "is unknown") -> Reason:
    """Few choices are listed; of many, the first and the one most like it."""
    if not known:
        return Reason(field=field, problem=problem, expected="none: this procedure has no such thing")
    near = get_close_matches(given, known, n=1, cutoff=0.6)
    listed = ", ".join(known[:20]) + (f", … ({len(known)} in all)" if len(known) > 20 else "")
    return Reason(
        field=field,
        problem=problem,
        expected=f"one of: {listed}" + (f"; did you mean {near[0]}?" if near else ""),
    )


def _times(received: datetime, occurred: datetime, now: datetime) -> Iterator[Reason]:
    if received > now + TOLERANCE:
        yield Reason(field="received_at", problem="is in the future", expected=f"not after {_shown(now)}")
    if occurred > received + TOLERANCE:
        yield Reason(
            field="occurred_at",
            problem="is after the complaint was received",
            expected=f"not after {_shown(received)}",
        )
    for field, moment in (("received_at", received), ("occurred_at", occurred)):
        if moment < EARLIEST:
            yield Reason(field=field, problem="is too long ago", expected="the year 2000 or later")


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _required(submission: Submission, pack: Pack) -> Iterator[Reason]:
    for name in pack.intake.required:
        if _blank(_at(submission, name)):
            yield Reason(field=name, problem="is missing", expected="a value; this procedure asks for it")


def _at(value: object, path: str) -> object:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
    return value


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], {})


def _fields(submission: Submission, pack: Pack) -> tuple[dict[str, Any], list[Reason]]:
    """The pack's own fields as they are kept, and what is wrong with them."""
    kept: dict[str, Any] = {}
    wrong: list[Reason] = []
    declared = pack.intake.fields
    currency = submission.claim.currency if submission.claim else "CNY"
    for name in submission.fields:
        if name not in declared:
            wrong.append(
                _unknown(f"fields.{name}"[:200], name, tuple(declared), "is not a field of this procedure")
            )
    for name, spec in declared.items():
        given, field = submission.fields.get(name), f"fields.{name}"
        kind, category = _other_kind(submission, spec), _other_category(submission, spec)
        if _blank(given):
            if spec.required and kind is None and category is None:
                wrong.append(
                    Reason(field=field, problem="is missing", expected=f"{spec.type}; {_title(spec)}")
                )
        elif elsewhere := kind or (None if _category_to_be_found(submission, pack) else category):
            wrong.append(Reason(field=field, problem="does not belong here", expected=elsewhere))
        else:
            try:
                kept[name] = field_value(spec, given, currency)
            except FieldError as error:
                wrong.append(Reason(field=field, problem="is wrong", expected=str(error)))
    return kept, wrong


def _title(spec: IntakeField) -> str:
    return spec.title.in_("en")


def _other_kind(submission: Submission, spec: IntakeField) -> str | None:
    """The kinds that the field is for, when this case is of none of them."""
    if spec.kinds and submission.kind not in spec.kinds:
        return f"only for kind {', '.join(spec.kinds)}"
    return None


def _other_category(submission: Submission, spec: IntakeField) -> str | None:
    """The categories that the field is for, when nobody said that this case is of one of them."""
    category = submission.category or ""
    if spec.categories and not any(category == c or category.startswith(f"{c}/") for c in spec.categories):
        return f"only for category {', '.join(spec.categories)}"
    return None


def _category_to_be_found(submission: Submission, pack: Pack) -> bool:
    """Nobody named a category, and the pack finds it from what the case says: any field may belong."""
    return submission.category is None and bool(pack.categorising)
