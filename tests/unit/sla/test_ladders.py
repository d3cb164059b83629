"""Ladders: minutes with written reports, levels, duty, conflict of interest, fallback; in any order."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.deployment import Deployment
from shared.policy.bound import BoundPack
from shared.policy.source import SourceError
from tests.parts.packs import deployment, small
from tests.parts.urgent_pack import URGENT
from tests.unit.sla.heard import Sla, at, graded, step

WED = at("02-11 09:00")
FRIDAY = at("02-13 09:00")


def after(minutes: float) -> datetime:
    return WED + timedelta(minutes=minutes)


def world(**people: list[dict[str, str]]) -> Deployment:
    everybody = {
        role: [{"name": role, "sms": f"+86139000000{n:02}"}]
        for n, role in enumerate(
            ("desk", "agent", "department", "head", "manager", "leader", "board", "duty")
        )
    }
    return deployment(URGENT, people={**everybody, **people})


def sla(grade: str = "urgent", *, served: Deployment | None = None, **facts: object) -> Sla:
    return Sla(WED, served or world()).hear(graded(1, grade, WED, **facts))


def of(ladder: str, story: Sla) -> list[tuple[str, str, float]]:
    """(rung, role, minutes after nine) of one ladder."""
    return [
        (name.partition("/")[2], role, (moment - WED) / timedelta(minutes=1))
        for name, role, moment in story.rungs()
        if name.startswith(f"{ladder}/")
    ]


def test_three_minutes_then_five_and_ten_after_that() -> None:
    story = sla().move_to(FRIDAY)
    assert of("no-answer", story) == [
        ("department", "department", 3),
        ("head", "head", 8),
        ("desk", "desk", 8),
        ("board", "board", 13),
    ]


@pytest.mark.parametrize(
    ("minutes", "reached"), [(2, []), (3, []), (7, ["department"]), (9, ["department", "head", "desk"])]
)
def test_an_acknowledgement_ends_the_climb_where_it_stands(minutes: int, reached: list[str]) -> None:
    story = sla().move_to(after(minutes)).hear(step(2, "acknowledged", after(minutes))).move_to(FRIDAY)
    assert [rung for rung, _, _ in of("no-answer", story)] == reached


def test_a_rung_is_left_out_for_what_was_recorded_in_the_meantime() -> None:
    story = sla().move_to(after(5)).hear(step(2, "assigned", after(5))).move_to(FRIDAY)
    assert [rung for rung, _, _ in of("no-answer", story)] == ["department", "head", "board"]


def test_what_was_recorded_before_the_ladder_was_set_off_spares_nothing() -> None:
    story = sla().move_to(after(2)).hear(step(2, "assigned", after(2))).move_to(FRIDAY)
    assert "desk" in [rung for rung, _, _ in of("no-answer", story)]


def test_the_condition_of_a_rung_looks_at_its_own_moment() -> None:
    story = sla().move_to(after(9)).hear(graded(2, "serious", after(9), received=WED)).move_to(FRIDAY)
    assert [rung for rung, _, _ in of("no-answer", story)] == ["department", "head", "desk"]


def test_a_rung_starts_the_clock_of_a_written_report_and_its_breach_climbs_on() -> None:
    story = sla().hear(step(2, "site_unable", after(20))).move_to(FRIDAY)
    assert of("site-unable", story) == [("leader", "leader", 25)]
    assert story.due("written-to-leader:site-unable/leader/m2") == after(25 + 24 * 60)
    assert of("report-missing", story) == [("board", "board", 25 + 24 * 60)]


def test_the_report_in_time_meets_its_clock() -> None:
    story = sla().hear(step(2, "site_unable", after(20))).move_to(after(100))
    story.hear(step(3, "report_to_leader", after(100))).move_to(FRIDAY)
    assert story.clocks()["written-to-leader:site-unable/leader/m2"]["state"] == "met"
    assert of("report-missing", story) == []


def test_a_rung_that_was_not_reached_starts_nothing() -> None:
    story = sla().hear(step(2, "site_unable", after(20)), step(3, "closed", after(24))).move_to(FRIDAY)
    assert not any(key.startswith("written-to-leader") for key in story.clocks())


def test_both_reports_run_beside_one_another() -> None:
    story = sla().hear(step(2, "site_unable", WED), step(3, "leader_unable", after(30))).move_to(after(60))
    assert story.due("written-to-leader:site-unable/leader/m2") == after(5 + 24 * 60)
    assert story.due("written-to-board:leader-unable/board/m3") == after(40 + 48 * 60)


@pytest.mark.parametrize(
    ("grade", "levels"),
    [
        ("routine", ["agent", "manager", "leader", "leader"]),
        ("serious", ["manager", "leader", "leader", "leader"]),
        ("urgent", ["leader"] * 4),
    ],
)
def test_each_time_the_next_level_from_the_one_of_the_grade(grade: str, levels: list[str]) -> None:
    story = sla(grade)
    for n in range(4):
        story.move_to(after(n)).hear(step(n + 2, "dissatisfied", after(n)))
    assert [rung for rung, _, _ in of("unhappy", story)] == levels


def test_a_heavier_grade_lifts_the_climb_and_never_lowers_it() -> None:
    story = sla("routine").hear(step(2, "dissatisfied", after(1)))
    story.move_to(after(2)).hear(
        graded(2, "urgent", after(2), received=WED), step(3, "dissatisfied", after(2))
    )
    story.move_to(after(3)).hear(graded(3, "routine", after(3), received=WED))
    story.hear(step(4, "dissatisfied", after(3)))
    assert [rung for rung, _, _ in of("unhappy", story)] == ["agent", "leader", "leader"]


def test_what_nobody_takes_goes_to_duty() -> None:
    story = sla("routine").move_to(FRIDAY)
    assert of("unassigned", story) == [("duty", "duty", 30)]
    taken = sla("routine").move_to(after(30)).hear(step(2, "assigned", after(30))).move_to(FRIDAY)
    assert of("unassigned", taken) == []


@pytest.mark.parametrize("accused", ["wang", "王经理"])
def test_the_accused_is_passed_over_by_id_and_by_name(accused: str) -> None:
    served = world(agent=[{"id": "wang", "name": "王经理", "sms": "+8613900000099"}])
    story = sla("routine", served=served, employee=accused).hear(step(2, "dissatisfied", WED))
    assert of("unhappy", story) == [("agent", "manager", 0)]
    assert story.said[-1].data["instead_of"] == "agent"


def test_a_role_with_somebody_else_in_it_keeps_the_case() -> None:
    served = world(agent=[{"id": "wang"}, {"id": "li"}])
    story = sla("routine", served=served, employee="wang").hear(step(2, "dissatisfied", WED))
    assert of("unhappy", story) == [("agent", "agent", 0)]
    assert "instead_of" not in story.said[-1].data


def test_fallbacks_follow_one_another_and_the_role_itself_stays_where_there_is_none() -> None:
    story = sla(served=world(department=[], head=[], board=[])).move_to(FRIDAY)
    assert [role for _, role, _ in of("no-answer", story)] == ["leader", "leader", "desk", "board"]


def test_after_an_outage_rungs_come_in_order_and_say_how_late() -> None:
    story = sla()
    story.clock.move_to(after(600))
    story.keeper.fire([story.page])
    story._collect()
    times = [e.time for e in story.said[1:] if e.key != "clock.started"]
    assert times == sorted(times)
    late = [e.data["late_by"] for e in story.said if e.key == "complaint.escalated"]
    assert late == sorted(late, reverse=True)
    assert len(late) == 5
    assert min(late) > 9 * 3600


names = st.sampled_from(
    ("assigned", "acknowledged", "site_unable", "leader_unable", "report_to_leader", "dissatisfied", "closed")
)
minutes = st.integers(0, 3 * 24 * 60)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(names, minutes), max_size=8),
    st.lists(st.tuples(st.sampled_from(("routine", "serious", "urgent")), minutes), max_size=3),
    st.randoms(use_true_random=False),
)
def test_any_order_of_arrival_gives_the_same_rungs(
    steps: list[tuple[str, int]], grades: list[tuple[str, int]], chance: random.Random
) -> None:
    events = [graded(1, "urgent", WED)]
    events += [graded(n, grade, after(m), received=WED) for n, (grade, m) in enumerate(grades, 2)]
    events += [step(n, name, after(m)) for n, (name, m) in enumerate(steps, 2)]
    end = after(6 * 24 * 60)
    straight = Sla(WED, world())
    for envelope in sorted(events, key=lambda e: e.time):
        straight.move_to(envelope.time).hear(envelope)
    straight.move_to(end)
    shuffled = events * 2
    chance.shuffle(shuffled)
    late = Sla(WED, world()).move_to(end).hear(*shuffled)
    assert straight.page.body["rungs"] == late.page.body["rungs"]


def test_the_grade_itself_sets_a_ladder_off_whenever_it_comes() -> None:
    assert of("grave", sla("serious")) == [("board", "board", 0)]
    later = sla("routine").move_to(after(90)).hear(graded(2, "serious", after(90), received=WED))
    assert of("grave", later) == [("board", "board", 90)]
    assert of("grave", later.move_to(FRIDAY).hear(graded(3, "serious", FRIDAY, received=WED))) == [
        ("board", "board", 90)
    ]


def test_any_of_its_milestones_sets_a_ladder_off() -> None:
    story = sla("serious").move_to(after(7)).hear(step(2, "site_unable", after(7)))
    assert of("grave", story) == [("board", "board", 0), ("board", "board", 7)]


def test_a_grading_that_a_milestone_brought_about_is_no_second_cause() -> None:
    story = sla("routine").move_to(after(7)).hear(step(2, "site_unable", after(7)))
    story.hear(graded(3, "serious", after(7), received=WED)).move_to(FRIDAY)
    assert of("grave", story) == [("board", "board", 7)]


def refused(old: str, new: str) -> str:
    assert old in URGENT
    with pytest.raises(SourceError) as error:
        small(URGENT.replace(old, new))
    return str(error.value)


def test_names_that_a_ladder_uses_must_be_there() -> None:
    assert "no rung of this pack" in refused("site-unable/leader", "site-unable/nobody")
    assert "no grade of this pack" in refused("enter: {serious", "enter: {grave")
    assert "no rung of this pack" in refused("serious: manager", "serious: nobody")
    assert "no milestone of this pack" in refused("unless: assigned", "unless: given")
    assert "no milestone of this pack" in refused("milestone: [graded, site_unable]", "milestone: [regraded]")
    assert "no role of this pack" in refused("fallback: head", "fallback: nobody")
    assert "there twice" in refused("{id: desk, role: desk", "{id: head, role: desk")


def test_a_clock_cannot_be_started_by_its_own_ladder() -> None:
    said = refused("start: site-unable/leader", "start: report-missing/board")
    assert "started by its own ladder" in said


def test_the_pack_of_these_tests_is_sound() -> None:
    assert isinstance(small(URGENT), BoundPack)
