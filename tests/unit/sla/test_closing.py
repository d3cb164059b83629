"""What closing ends, and what is owed all the same."""

from datetime import datetime

from shared.deployment import Deployment
from tests.parts.clock_pack import CLOCKS
from tests.parts.packs import deployment
from tests.unit.sla.heard import Sla, at, graded, step

WED = at("02-11 09:00")
THU = at("02-12 10:00")
BOSS = {"boss": [{"email": "boss@example.com"}]}


def closed(served: Deployment | None = None, when: datetime = THU) -> Sla:
    sla = Sla(WED, served or deployment(CLOCKS, people=BOSS)).hear(graded(1, "normal", WED))
    return sla.hear(step(2, "replied", WED)).move_to(when).hear(step(3, "closed", when))


def states(sla: Sla) -> dict[str, str]:
    return {key: clock["state"] for key, clock in sla.clocks().items()}


def test_a_clock_whose_stop_may_come_after_closing_goes_on_and_no_other() -> None:
    sla = closed()
    assert states(sla)["calls:m2"] == "withdrawn"
    assert states(sla)["audit:m2"] == "running"
    sla.move_to(at("02-13 09:00")).hear(step(4, "audited", at("02-13 09:00")))
    assert states(sla)["audit:m2"] == "met"
    assert sla.move_to(at("06-01 00:00")).rungs() == []


def test_it_warns_breaches_and_climbs_as_if_nothing_had_happened() -> None:
    sla = closed().move_to(at("06-01 00:00"))
    said = [(e.key, e.time) for e in sla.said if e.data.get("clock", {}).get("id") == "audit"]
    assert said == [
        ("clock.started", WED),
        ("clock.warned", at("02-14 00:00")),
        ("clock.breached", at("02-15 00:00")),
        ("complaint.escalated", at("02-15 00:00")),
        ("complaint.escalated", at("02-17 00:00")),
    ]
    sla.hear(step(5, "audited", at("06-01 00:00")))
    assert states(sla)["audit:m2"] == "met_late"


def test_it_can_be_extended_afterwards() -> None:
    sla = closed().hear(step(4, "extended", THU, clock="audit", by="1 day", reason="snow"))
    assert sla.due("audit:m2") == at("02-16 00:00")


def test_closing_itself_may_begin_it() -> None:
    sla = Sla(WED, deployment(CLOCKS, people=BOSS)).hear(graded(1, "normal", WED)).move_to(THU)
    sla.hear(step(2, "closed", THU))
    assert sla.due("audit:m2") == at("02-16 00:00")
    assert states(sla)["reply:received"] == "withdrawn"


def test_until_a_step_that_closes_ends_it_after_all() -> None:
    pack = CLOCKS.replace("start: [replied, closed]", "start: replied\n    until: closed")
    assert states(closed(deployment(pack, people=BOSS)))["audit:m2"] == "withdrawn"


def test_nothing_else_begins_in_a_closed_complaint() -> None:
    """A regrade, which other complaints can bring about, begins no clock that nobody could stop."""
    sla = closed().move_to(at("02-13 10:00"))
    sla.hear(graded(2, "major", at("02-13 10:00"), received=WED))
    assert not [key for key in sla.clocks() if key.startswith("warned-major")]


def test_a_ladder_that_was_climbed_for_another_reason_ends_with_the_complaint() -> None:
    both = CLOCKS.replace("on: {clock: audit}", "on: {milestone: [replied, audited]}")
    sla = closed(deployment(both, people=BOSS)).move_to(at("02-20 00:00"))
    assert sla.rungs() == [("late-audit/told", "boss", WED)]
    sla.hear(step(4, "audited", at("02-20 00:00"))).move_to(at("02-25 00:00"))
    assert [moment for _, _, moment in sla.rungs()[1:]] == [at("02-20 00:00"), at("02-22 00:00")]


def test_a_stop_in_time_that_is_heard_after_closing_withdraws_the_breach() -> None:
    sla = Sla(WED, deployment(CLOCKS, people=BOSS)).hear(graded(1, "normal", WED))
    sla.move_to(at("03-10 09:00")).hear(step(2, "closed", at("03-10 09:00")))
    assert states(sla)["reply:received"] == "breached"
    sla.hear(step(3, "replied", at("02-11 09:30")))
    assert states(sla)["reply:received"] == "met"
    gone = [
        e.data["clock"]["key"] for e in sla.said if e.key == "clock.withdrawn" and e.data["what"] == "breach"
    ]
    assert "reply:received" in gone
