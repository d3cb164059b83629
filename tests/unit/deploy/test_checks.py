"""What a scenario expects of who has a complaint in hand."""

from datetime import UTC

import pytest

from deploy.scenario.checks import differences
from deploy.scenario.story import Expected
from deploy.scenario.witness import Witness
from tests.unit.sla.heard import Sla, at, graded


@pytest.mark.parametrize(
    ("day", "role", "seen"),
    [("02-11", "boss", ["in_charge: expected boss, saw nobody"]), ("03-20", "boss", [])],
)
def test_who_has_it_in_hand(day: str, role: str, seen: list[str]) -> None:
    start = at("02-11 09:00")
    events = [graded(1, "normal", start)]
    events += Sla(start).hear(*events).move_to(at(f"{day} 10:00")).said
    expected = Expected(ref="c", in_charge=role)
    assert list(differences(expected, "c1", Witness(events[::-1]), UTC)) == seen
