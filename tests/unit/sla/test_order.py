"""Whatever the order of arrival, the clocks come out the same, and no worked time is made or lost."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.envelope import Envelope
from shared.worktime import Limit, deadline
from tests.unit.sla.heard import Sla, at, graded, step

START = at("02-11 09:00")
NAMES = ("accepted", "replied", "dissatisfied", "acknowledged", "closed")
minutes = st.integers(0, 40 * 24 * 60)
steps = st.lists(st.tuples(st.sampled_from(NAMES), minutes), max_size=6)
grades = st.lists(st.tuples(st.sampled_from(("normal", "major")), minutes), max_size=3)


def story(steps_: list[tuple[str, int]], grades_: list[tuple[str, int]]) -> list[Envelope]:
    events = [graded(1, "normal", START)]
    events += [
        graded(n, grade, START + timedelta(minutes=m), received=START)
        for n, (grade, m) in enumerate(grades_, 2)
    ]
    return events + [step(n, name, START + timedelta(minutes=m)) for n, (name, m) in enumerate(steps_, 2)]


def outcome(sla: Sla) -> dict[str, tuple[str, str, str | None]]:
    """What counts of every run that is not gone: state, due, end."""
    return {
        key: (c["state"], c["due"], c.get("stopped_at"))
        for key, c in sla.clocks().items()
        if c["state"] != "withdrawn"
    }


@settings(max_examples=120, deadline=None)
@given(steps, grades, st.randoms(use_true_random=False))
def test_arrival_order_and_repetition_change_nothing(
    steps_: list[tuple[str, int]], grades_: list[tuple[str, int]], chance: random.Random
) -> None:
    end = START + timedelta(days=60)
    events = story(steps_, grades_)
    straight = Sla(START)
    for envelope in sorted(events, key=lambda e: e.time):
        straight.move_to(envelope.time).hear(envelope)
    straight.move_to(end)
    shuffled = events * 2
    chance.shuffle(shuffled)
    late = Sla(START).move_to(end).hear(*shuffled)
    assert outcome(straight) == outcome(late)
    assert straight.page.body["rungs"] == late.page.body["rungs"]


@settings(max_examples=120, deadline=None)
@given(grades)
def test_regrading_never_makes_or_loses_worked_time(grades_: list[tuple[str, int]]) -> None:
    """The due time under the grade in force is what it would be had that grade held from the start."""
    end = START + timedelta(days=60)
    sla = Sla(START).move_to(end).hear(*story([], grades_))
    run = sla.clocks()["reply:received"]
    limit = Limit.parse(run["limit"])
    unit = sla.keeper._deployment.unit("u1")
    assert deadline(START, limit, unit.calendar).due == sla.due("reply:received")
    assert limit == Limit.parse({"normal": "5 working days", "major": "1 working day"}[run["grade"]])
