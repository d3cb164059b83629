"""Clocks: started, warned, breached, met, moved, withdrawn; the late truth."""

from copy import deepcopy

from tests.unit.sla.heard import Sla, at, graded, step

WED = at("02-11 09:00")


def test_five_working_days_across_the_spring_festival_and_its_working_saturday() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED))
    assert sla.spoken() == ["clock.started"]
    assert sla.due("reply:received") == at("02-25 18:00")


def test_a_reply_in_time_meets_the_clock_and_nothing_fires_afterwards() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED), step(2, "replied", at("02-11 10:00")))
    sla.move_to(at("03-20 00:00"))
    assert sla.spoken() == ["clock.started", "clock.met"]
    assert sla.clocks()["reply:received"]["state"] == "met"
    assert "wake_at" not in sla.page.body


def test_warnings_then_breach_then_the_ladder_in_order_and_on_time() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED)).move_to(at("03-20 00:00"))
    assert sla.spoken() == [
        "clock.started",
        "clock.warned",
        "clock.warned",
        "clock.breached",
        "complaint.escalated",
        "complaint.escalated",
    ]
    points = [e.data["point"] for e in sla.said if e.key == "clock.warned"]
    assert points == ["50%", "1 hour before"]
    breach = next(e for e in sla.said if e.key == "clock.breached")
    assert breach.time == at("02-25 18:00")
    assert breach.data["late_by"] <= 0.001
    rungs = [(e.data["role"], e.time) for e in sla.said if e.key == "complaint.escalated"]
    assert rungs == [("desk", at("02-25 18:00")), ("boss", at("02-26 18:00"))]


def test_a_stop_at_the_due_moment_itself_is_in_time() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED)).move_to(at("02-25 18:00"))
    sla.hear(step(2, "replied", at("02-25 18:00")))
    assert "clock.breached" not in sla.spoken()
    assert sla.clocks()["reply:received"]["state"] == "met"


def test_a_stop_before_its_start_stops_nothing() -> None:
    early = step(2, "replied", at("02-10 09:00"))
    for events in ([graded(1, "normal", WED), early], [early, graded(1, "normal", WED)]):
        sla = Sla(WED).hear(*events)
        assert sla.spoken() == ["clock.started"]
        assert sla.due("reply:received") == at("02-25 18:00")
        sla.move_to(at("02-25 19:00"))
        assert sla.clocks()["reply:received"]["state"] == "breached"


def test_a_breach_is_withdrawn_when_the_reply_turns_out_to_have_been_in_time() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED)).move_to(at("02-26 09:00"))
    sla.hear(step(2, "replied", at("02-24 11:00")))
    assert sla.spoken()[-2:] == ["clock.withdrawn", "clock.met"]
    assert sla.said[-2].data["what"] == "breach"
    sla.move_to(at("03-20 00:00"))
    roles = [e.data["role"] for e in sla.said if e.key == "complaint.escalated"]
    assert roles == ["desk"], "the second rung is not climbed after the withdrawal"


def test_a_late_reply_is_met_late_and_ends_the_ladder() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED)).move_to(at("02-26 09:00"))
    sla.hear(step(2, "replied", at("02-26 09:00"))).move_to(at("03-20 00:00"))
    assert sla.clocks()["reply:received"]["state"] == "met_late"
    assert [e.data["role"] for e in sla.said if e.key == "complaint.escalated"] == ["desk"]


def test_a_regrade_moves_the_due_time_but_not_the_start() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED)).move_to(at("02-11 15:00"))
    sla.hear(graded(2, "major", at("02-11 15:00"), received=WED))
    assert "clock.due_changed" in sla.spoken()
    assert sla.due("reply:received") == at("02-12 18:00")
    assert sla.clocks()["reply:received"]["started_at"].startswith("2026-02-11T01:00")


def test_a_clock_that_a_regrade_brings_counts_from_the_step_that_started_it() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED), step(2, "accepted", at("02-11 10:00")))
    sla.move_to(at("02-11 10:10")).hear(graded(2, "major", at("02-11 10:10"), received=WED))
    assert sla.due("major-call:m2") == at("02-11 10:30")


def test_a_clock_that_applies_no_longer_is_withdrawn_and_comes_back_without_lost_time() -> None:
    sla = Sla(WED).hear(graded(1, "major", WED), step(2, "accepted", at("02-11 10:00")))
    sla.move_to(at("02-11 10:10")).hear(graded(2, "normal", at("02-11 10:10"), received=WED))
    assert sla.clocks()["major-call:m2"]["state"] == "withdrawn"
    sla.move_to(at("02-11 10:20")).hear(graded(3, "major", at("02-11 10:20"), received=WED))
    assert sla.clocks()["major-call:m2"]["state"] == "running"
    assert sla.due("major-call:m2") == at("02-11 10:30")


def test_closing_ends_what_still_runs() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED), step(2, "closed", at("02-12 10:00")))
    sla.move_to(at("03-20 00:00"))
    assert sla.clocks()["reply:received"]["state"] == "withdrawn"
    assert "clock.breached" not in sla.spoken()


def test_a_milestone_sets_a_ladder_off_each_time_it_happens() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED))
    sla.hear(step(2, "dissatisfied", WED), step(3, "dissatisfied", WED))
    assert [e.data["about"] for e in sla.said if e.key == "complaint.escalated"] == [
        "milestone.dissatisfied"
    ] * 2


def test_acknowledging_stops_the_climb() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED)).move_to(at("02-26 09:00"))
    sla.hear(step(2, "acknowledged", at("02-26 09:00"))).move_to(at("03-20 00:00"))
    assert [e.data["role"] for e in sla.said if e.key == "complaint.escalated"] == ["desk"]


def test_after_an_outage_everything_fires_oldest_first_and_says_how_late() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED))
    sla.clock.move_to(at("03-02 09:00"))
    sla.keeper.fire([sla.page])
    sla._collect()
    assert sla.spoken()[1:] == [
        "clock.warned",
        "clock.warned",
        "clock.breached",
        *["complaint.escalated"] * 2,
    ]
    assert [e.time for e in sla.said] == sorted(e.time for e in sla.said)
    assert all(e.data["late_by"] > 3 * 86400 for e in sla.said[3:])


def test_asking_what_is_owed_changes_nothing() -> None:
    """Not even where much is: breaches, warnings, rungs, and a clock that is there no longer."""
    sla = Sla(WED).hear(graded(1, "major", WED), step(2, "accepted", WED))
    sla.page.body["steps"].clear()
    sla.clock.move_to(at("03-20 00:00"))
    before = deepcopy(sla.page.body)
    assert sla.keeper.owed(sla.page).stale
    assert sla.page.body == before


def test_every_reading_explains_itself_without_gaps() -> None:
    sla = Sla(WED).hear(graded(1, "normal", WED))
    spans = sla.clocks()["reply:received"]["spans"]
    assert [a["end"] for a in spans[:-1]] == [b["start"] for b in spans[1:]]
    assert any("春节" in s["why"]["zh"] for s in spans if not s["counted"])


def test_a_breached_clock_that_is_brought_back_says_that_it_runs_again() -> None:
    accepted = step(2, "accepted", WED)
    sla = Sla(WED).hear(graded(1, "major", WED), accepted).move_to(at("02-11 09:31"))
    sla.hear(graded(2, "normal", at("02-11 09:31"), received=WED))
    assert sla.clocks()["major-call:m2"]["stopped_at"] is not None
    sla.move_to(at("02-11 10:00")).hear(graded(3, "major", at("02-11 10:00"), received=WED))
    assert sla.clocks()["major-call:m2"].get("stopped_at") is None
    assert sla.spoken().count("clock.breached") == 1


def test_news_from_a_clock_ahead_of_ours_counts_when_its_moment_has_come() -> None:
    sla = Sla(WED).hear(graded(1, "major", at("02-11 09:01")), step(2, "accepted", at("02-11 09:02")))
    assert sla.spoken() == []
    sla.move_to(at("02-11 09:02"))
    assert sla.due("major-call:m2") == at("02-11 09:32")
