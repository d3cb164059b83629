"""Random histories never create or lose worked time, in whichever order the news comes (ADR 9)."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.envelope import Envelope
from shared.worktime import Calendar, Limit, before, worked_between
from tests.parts.clock_pack import CLOCKS
from tests.parts.packs import deployment
from tests.unit.sla.heard import Sla, at, graded, step

START = at("02-11 09:00")
END = START + timedelta(days=45)
DAY = timedelta(hours=8)
DAYS = {"normal": 5, "major": 1}
APPROVED = {
    "clock": "reply",
    "by": "1 working day",
    "reason": "parts",
    "consent": True,
    "approved_by": "boss",
}

minutes = st.integers(1, 20 * 24 * 60)
pauses = st.lists(st.tuples(st.sampled_from(("waiting", "back")), minutes), max_size=6)
grades = st.lists(st.tuples(st.sampled_from(("normal", "major")), minutes), max_size=3)
extensions = st.lists(minutes, max_size=3)
others = st.lists(
    st.tuples(st.sampled_from(("accepted", "called", "to_lab", "from_lab")), minutes), max_size=4
)


def news(
    pauses_: list[tuple[str, int]],
    grades_: list[tuple[str, int]],
    extensions_: list[int],
    others_: list[tuple[str, int]],
) -> list[Envelope]:
    """Each at a moment of its own, so that there is one true order."""
    taken: set[int] = set()

    def moment(minute: int) -> datetime:
        while minute in taken:
            minute += 1
        taken.add(minute)
        return START + timedelta(minutes=minute)

    events = [graded(1, "normal", START)]
    events += [graded(n, g, moment(m), received=START) for n, (g, m) in enumerate(grades_, 2)]
    steps = [(name, m, {}) for name, m in (*pauses_, *others_)]
    steps += [("extended", m, {"clock": "reply", **APPROVED}) for m in extensions_]
    return events + [step(n, name, moment(m), **data) for n, (name, m, data) in enumerate(steps, 2)]


def played(events: list[Envelope]) -> Sla:
    sla = Sla(START, deployment(CLOCKS, people={"boss": [{"email": "b@example.com"}]}))
    for envelope in sorted(events, key=lambda e: e.time):
        sla.move_to(envelope.time).hear(envelope)
    return sla.move_to(END)


def outcome(sla: Sla) -> dict[str, tuple[object, ...]]:
    kept = ("state", "due", "stopped_at", "paused_since", "limit", "done", "extensions")
    return {
        key: tuple(str(clock.get(name)) for name in kept)
        for key, clock in sla.clocks().items()
        if clock["state"] != "withdrawn"
    }


def worked(start: datetime, end: datetime) -> timedelta:
    return worked_between(start, end, Calendar.default()) if end > start else timedelta()


def spent(events: list[Envelope], until: datetime) -> timedelta:
    """Worked time that counted: after the day of receipt, and not while the clock stood still."""
    marks = sorted(
        (e.time, e.data["milestone"]["name"])
        for e in events
        if e.key == "complaint.progressed" and e.data["milestone"]["name"] in ("waiting", "back")
    )
    at_, total, standing = at("02-12 00:00"), timedelta(), False
    for moment, name in [*marks, (until, "back")]:
        moment = min(moment, until)
        if not standing:
            total += worked(at_, moment)
        at_, standing = max(at_, moment), name == "waiting"
    return total


@settings(max_examples=15, deadline=None)
@given(pauses, grades, extensions)
def test_what_was_spent_by_the_due_moment_is_what_the_limit_and_its_extensions_ask_for(
    pauses_: list[tuple[str, int]], grades_: list[tuple[str, int]], extensions_: list[int]
) -> None:
    events = news(pauses_, grades_, extensions_, [])
    reply = played(events).clocks()["reply:received"]
    if reply.get("paused_since"):
        return
    due = datetime.fromisoformat(reply["due"]).astimezone(UTC)
    granted = len(reply.get("extensions", ()))
    whole = min(DAYS[reply["grade"]] + granted, 8) * DAY
    assert spent(events, due) == whole
    assert granted <= 2


@settings(max_examples=15, deadline=None)
@given(pauses, grades, extensions, others, st.randoms(use_true_random=False))
def test_any_order_of_arrival_and_any_repetition_comes_to_the_same(
    pauses_: list[tuple[str, int]],
    grades_: list[tuple[str, int]],
    extensions_: list[int],
    others_: list[tuple[str, int]],
    chance: random.Random,
) -> None:
    events = news(pauses_, grades_, extensions_, others_)
    shuffled = events * 2
    chance.shuffle(shuffled)
    late = Sla(START, deployment(CLOCKS, people={"boss": [{"email": "b@example.com"}]}))
    late.move_to(END).hear(*shuffled)
    assert outcome(played(events)) == outcome(late)


@settings(max_examples=15, deadline=None)
@given(pauses, extensions)
def test_to_and_fro_between_grades_and_branches_leaves_no_trace(
    pauses_: list[tuple[str, int]], extensions_: list[int]
) -> None:
    """Regraded, reassigned and back again before anything fell due: as if nothing had been."""
    there = graded(2, "normal", START + timedelta(seconds=10), received=START, branch="elsewhere")
    back = graded(3, "normal", START + timedelta(seconds=20), received=START)
    events = news(pauses_, [], extensions_, [])
    assert outcome(played(events)) == outcome(played([*events, there, back]))


def test_the_warning_lies_as_much_before_the_due_moment_as_it_says() -> None:
    sla = Sla(START, deployment(CLOCKS, people={"boss": [{"email": "b@example.com"}]}))
    sla.hear(graded(1, "normal", START)).move_to(END)
    (point,) = (e for e in sla.said if e.key == "clock.warned" and e.data["point"] == "1 working day before")
    assert point.time == before(sla.due("reply:received"), Limit.parse("1 working day"), Calendar.default())
