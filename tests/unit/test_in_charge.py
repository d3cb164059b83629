"""Who has a complaint in hand."""

from typing import Any

import pytest

from shared.in_charge import handing, in_charge


def graded(owner: str | None) -> dict[str, Any]:
    return {"key": "complaint.graded", "data": {"owner_role": owner} if owner else {}}


def rung(role: str, run: str | None = None, takes_over: bool = True) -> dict[str, Any]:
    clock = {"clock": {"key": run}} if run else {}
    return {"key": "complaint.escalated", "data": {"role": role, "takes_over": takes_over, **clock}}


def withdrawn(run: str, what: str = "breach") -> dict[str, Any]:
    return {"key": "clock.withdrawn", "data": {"what": what, "clock": {"key": run}}}


@pytest.mark.parametrize(
    ("timeline", "role"),
    [
        ([], None),
        ([graded(None)], None),
        ([graded("desk")], "desk"),
        ([graded("desk"), rung("manager", takes_over=False)], "desk"),
        ([graded("desk"), rung("manager")], "manager"),
        ([graded("desk"), rung("manager"), rung("director")], "director"),
        ([graded("desk"), rung("manager"), graded("desk")], "manager"),
        ([graded("desk"), rung("manager"), graded("office")], "office"),
        ([graded("desk"), rung("manager", "reply:1"), withdrawn("reply:1")], "desk"),
        ([graded("desk"), rung("manager", "reply:1"), withdrawn("reply:1", "warning")], "manager"),
        ([graded("desk"), rung("manager", "reply:1"), rung("head"), withdrawn("reply:1")], "head"),
        ([graded(None), rung("mediator")], "mediator"),
    ],
)
def test_who_has_it_in_hand(timeline: list[dict[str, Any]], role: str | None) -> None:
    assert in_charge(handing(entry["key"], entry["data"]) for entry in timeline) == role
