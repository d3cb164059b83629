"""A clock that stands still is drawn as far as now, with nothing late and no due time."""

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from typing import Any

from services.reporting.deadlines import Deadline, deadlines
from services.reporting.names import Names
from services.reporting.words import Texts
from tests.parts.clock_pack import CLOCKS
from tests.parts.packs import deployment
from tests.unit.sla.heard import Sla, at, graded, step

START = at("02-11 09:00")
BOSS = {"boss": [{"email": "boss@example.com"}]}
HOUSE = deployment(CLOCKS, people=BOSS)


def shown(sla: Sla, now: datetime, clock: str) -> Deadline:
    """As the page shows what sla said last."""
    reading: dict[str, Any] = {k: v for k, v in sla.clocks()[clock].items() if v is not None}
    run = {"key": clock, "reading": reading, "spans": reading.pop("spans")}
    (deadline,) = deadlines({"clocks": [run]}, Names(HOUSE.unit("u1"), Texts("en")), now)
    return deadline


def kinds(deadline: Deadline) -> list[str]:
    root = ET.fromstring(deadline.drawing)
    return [str(rect.get("class")) for rect in root.iter("rect")]


def test_standing_still_is_neither_late_nor_due() -> None:
    sla = Sla(START, HOUSE).hear(graded(1, "normal", START)).move_to(at("02-12 10:00"))
    sla.hear(step(2, "waiting", at("02-12 10:00")))
    deadline = shown(sla, at("03-20 10:00"), "reply:received")
    assert deadline.paused == at("02-12 10:00")
    assert deadline.late is None
    assert "paused" in kinds(deadline)
    assert "late" not in kinds(deadline)
    assert "due time open until it goes on" in deadline.drawing
    assert deadline.stretches[-1].end == at("03-20 10:00")


def test_a_standstill_that_is_over_is_shown_where_it_was_with_its_reason() -> None:
    sla = Sla(START, HOUSE).hear(graded(1, "normal", START)).move_to(at("02-12 10:00"))
    sla.hear(step(2, "waiting", at("02-12 10:00"))).move_to(at("02-13 10:00"))
    sla.hear(step(3, "back", at("02-13 10:00")))
    asked = {"by": "1 working day", "reason": "parts", "consent": True, "approved_by": "boss"}
    sla.hear(step(4, "extended", at("02-13 10:00"), clock="reply", **asked))
    deadline = shown(sla, at("02-13 11:00"), "reply:received")
    (pause,) = (stretch for stretch in deadline.stretches if stretch.paused)
    assert pause.end - pause.start == timedelta(days=1)
    assert "waiting for the customer" in pause.why
    assert deadline.paused is None
    assert deadline.remarks == ["extended 02-13 10:00: parts"]
