"""Corrects fields of a complaint. The corrected whole is checked as a submission is."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.intake.checking import Accepted, check
from shared.contracts.complaints import Complaint, ComplaintAmended, Reason
from shared.contracts.submission import Submission
from shared.contracts.words import Money
from shared.deployment import Unit
from shared.policy.pack import Pack
from shared.store.page import Document, Page
from shared.web import ProblemError, reasons_of

FIXED = ("unit", "pack", "received_at")
"""The unit's rules and the day of receipt made the number; they stay."""
MAX_AMENDMENTS = 500
TITLE = "The complaint cannot be changed like this"


def amend(page: Page, patch: Mapping[str, Any], unit: Unit, now: datetime) -> Document:
    """Lay `patch` over the complaint (RFC 7396: null takes a field out); what changed, and the complaint.

    `by` and `reason` in the patch say who changed it and why. Nothing changes, nothing is said.
    ProblemError 422 names each field that does not fit.
    """
    changes = {name: value for name, value in patch.items() if name not in ("by", "reason")}
    by, reason = _remark(patch, "by", 200), _remark(patch, "reason", 2000)
    before = Complaint.model_validate(page.body["complaint"])
    after = _checked(before, changes, unit, now)
    changed = tuple(_differences(before, after))
    if changed:
        _not_after_milestones(after, page)
        if len(page.body.get("amendments", ())) >= MAX_AMENDMENTS:
            raise ProblemError(409, f"A complaint can be amended {MAX_AMENDMENTS} times")
        page.body["complaint"] = after.model_dump(exclude_none=True)
        amendment = {"at": now, "changed": list(changed), "by": by, "reason": reason}
        page.body.setdefault("amendments", []).append({k: v for k, v in amendment.items() if v is not None})
        page.say(
            ComplaintAmended(complaint=after, changed=changed, by=by, amended_at=now),
            source="intake",
            time=now,
            now=now,
        )
    return {"id": after.id, "changed": list(changed), "complaint": after.model_dump(exclude_none=True)}


def _remark(patch: Mapping[str, Any], name: str, longest: int) -> str | None:
    value = patch.get(name)
    if value is None or (isinstance(value, str) and 0 < len(value) <= longest):
        return value
    wanted = f"text of 1 to {longest} characters"
    raise ProblemError(422, TITLE, [Reason(field=name, problem="is wrong", expected=wanted)])


def _checked(before: Complaint, changes: Mapping[str, Any], unit: Unit, now: datetime) -> Complaint:
    fixed = [Reason(field=name, problem="cannot be changed", expected="to be left out") for name in FIXED]
    wrong = [reason for reason in fixed if reason.field in changes]
    if wrong:
        raise ProblemError(422, TITLE, wrong)
    try:
        merged = Submission.model_validate(merge(as_submitted(before, unit.pack.pack), changes))
    except ValidationError as error:
        raise ProblemError(422, TITLE, reasons_of(error.errors(include_url=False))) from None
    checked = check(merged, unit, now)
    if not isinstance(checked, Accepted):
        raise ProblemError(422, TITLE, checked)
    return checked.complaint(before.id, before.number)


def merge(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """JSON merge patch."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            inner = merged.get(name)
            merged[name] = merge(inner if isinstance(inner, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged


def as_submitted(complaint: Complaint, pack: Pack) -> dict[str, Any]:
    """The submission that this complaint would come from."""
    given: dict[str, Any] = json.loads(
        complaint.model_dump_json(exclude={"id", "number", "pack_version"}, exclude_none=True)
    )
    if complaint.claim is not None:
        given["claim"] = _amount(complaint.claim)
    for name, value in given["fields"].items():
        spec = pack.intake.fields.get(name)
        if spec is not None and spec.type == "money":
            given["fields"][name] = _amount(Money.model_validate(value))
    return given


def _amount(money: Money) -> dict[str, str]:
    amount, currency = str(money).split()
    return {"amount": amount, "currency": currency}


def _differences(before: Complaint, after: Complaint) -> list[str]:
    """Names of the fields that differ; inside `fields` and `complainant` each by itself."""
    names = []
    old, new = before.model_dump(exclude={"pack_version"}), after.model_dump(exclude={"pack_version"})
    for name in old:
        if old[name] == new[name]:
            continue
        if name in ("fields", "complainant"):
            inner = sorted({*old[name], *new[name]})
            names += [f"{name}.{n}" for n in inner if old[name].get(n) != new[name].get(n)]
        else:
            names.append(name)
    return names


def _not_after_milestones(complaint: Complaint, page: Page) -> None:
    first = min((m["occurred_at"] for m in page.body.get("milestones", ())), default=None)
    if first is not None and complaint.occurred_at > first:
        wanted = f"not after the first milestone, {first.isoformat(timespec='seconds')}"
        raise ProblemError(422, TITLE, [Reason(field="occurred_at", problem="is too late", expected=wanted)])
