"""Whether a deadline may be extended as somebody asks: the milestone `extended` and its data.

clock        which clock
to | by      until when (with an offset), or by how long
reason       why
consent      true where the complainant has agreed
approved_by  the role that approved
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shared.contracts.complaints import Reason
from shared.policy.bound import BoundPack
from shared.policy.sections.clocks import Extension
from shared.policy.terms import read_given
from shared.worktime import Extension as Move
from shared.worktime import Limit


def faults(bound: BoundPack, data: Mapping[str, object]) -> Iterator[Reason]:
    """What is wrong with the data by itself, each fault with its field below `data`."""
    clock = data.get("clock")
    spec = bound.pack.clocks.get(clock) if isinstance(clock, str) else None
    allowed = [name for name, each in bound.pack.clocks.items() if each.extension]
    if spec is None or spec.extension is None:
        yield _reason("clock", "cannot be extended", f"one of: {', '.join(allowed) or 'none is extended'}")
        return
    extension = spec.extension
    if ("to" in data) == ("by" in data):
        yield _reason("to", "is wrong", "either to (a time) or by (a limit)")
    else:
        yield from _wrong_move(data)
    if not isinstance(data.get("reason"), str) or not str(data["reason"]).strip():
        yield _reason("reason", "is missing", "why the deadline is extended")
    if extension.consent and data.get("consent") is not True:
        yield _reason("consent", "is missing", f"true: the complainant has agreed ({extension.clause})")
    if extension.approved_by and data.get("approved_by") not in extension.approved_by:
        wanted = f"one of: {', '.join(extension.approved_by)} ({extension.clause})"
        yield _reason("approved_by", "is missing or may not approve", wanted)


def too_late(
    bound: BoundPack, extension: Extension, at: datetime, due: datetime, before: int
) -> Iterator[Reason]:
    """Why one filed at `at` can no longer be had; `before`: how many were granted already."""
    if at > due:
        wanted = f"filed before the deadline passes, {due.isoformat(timespec='seconds')}"
        yield _reason("clock", "is overdue", wanted)
    if extension.at_most is not None and before >= bound.whole(extension.at_most):
        wanted = f"at most {bound.whole(extension.at_most)} extensions ({extension.clause})"
        yield _reason("clock", "was extended before", wanted)


def move(bound: BoundPack, extension: Extension, data: Mapping[str, object], at: datetime) -> Move:
    """How the deadline moves. The data must be without fault."""
    by = read_given(data["to"] if "to" in data else data["by"])
    return Move(at, by, bound.limit(extension.cap) if extension.cap is not None else None)


def _wrong_move(data: Mapping[str, object]) -> Iterator[Reason]:
    field = "to" if "to" in data else "by"
    try:
        value = read_given(data[field])
    except ValueError as error:
        yield _reason(field, "is wrong", str(error)[:300])
        return
    if field == "to" and isinstance(value, Limit):
        yield _reason(field, "is wrong", "a time with its offset, such as 2026-02-11T09:00:00+08:00")
    if field == "by" and (isinstance(value, datetime) or value.fixed):
        yield _reason(field, "is wrong", 'a length of time, such as "3 working days"')


def _reason(field: str, problem: str, expected: str) -> Reason:
    return Reason(field=f"data.{field}", problem=problem, expected=expected)
