"""Who has a complaint in hand, as the API tells it from what intake keeps."""

import random
from datetime import timedelta
from typing import Any

from services.intake.heard import apply
from services.intake.views import whole
from shared.contracts.complaints import Complaint
from shared.contracts.envelope import Envelope
from shared.contracts.gradings import ComplaintGraded
from shared.store.page import Page
from tests.unit.sla.heard import CASE, Sla, at, graded, step

START = at("02-11 09:00")


def owned(n: int, grade: str, owner: str | None) -> Envelope:
    said = graded(n, grade, START + timedelta(minutes=n), START)
    data = ComplaintGraded.of(said).model_copy(update={"owner_role": owner})
    return said.model_copy(update={"data": data.model_dump(mode="json")})


def shown(events: list[Envelope]) -> dict[str, Any]:
    complaint = Complaint(
        **CASE.model_dump(), kind="complaint", channel="phone", text="", occurred_at=START, received_at=START
    )
    page = Page("c1", {"complaint": complaint.model_dump(), "state": "open", "overdue": False})
    for envelope in random.Random(3).sample(events, len(events)):
        apply(page, envelope)
    return whole("c1", page.body, None)


def told(*steps: Envelope) -> list[Envelope]:
    sla = Sla(START).hear(graded(1, "normal", START)).move_to(at("03-20 09:00"))
    return sla.hear(*steps).said


def test_the_owner_until_a_rung_takes_it_over() -> None:
    first = owned(1, "normal", "desk")
    assert shown([])["in_charge"] is None
    assert shown([first])["in_charge"] == "desk"
    late = shown([first, *told()])
    assert (late["owner_role"], late["in_charge"]) == ("desk", "boss")


def test_not_where_the_breach_was_none() -> None:
    in_time = step(9, "replied", at("02-20 09:00"))
    assert shown([owned(1, "normal", "desk"), *told(in_time)])["in_charge"] == "desk"
