"""sla's page, made anew from intake's and grading's, is the page that was lost, and says nothing again."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.rebuilding import GRADING, INTAKE, SLA, rebuilt
from services.intake.heard import apply
from shared.contracts.complaints import Complaint, ComplaintProgressed
from shared.contracts.envelope import Envelope
from shared.contracts.gradings import ComplaintGraded
from shared.deployment import Deployment
from shared.store.page import Page
from tests.parts.clock_pack import CLOCKS
from tests.parts.packs import deployment
from tests.parts.urgent_pack import URGENT
from tests.unit.sla.heard import CASE, Sla, at, graded, step

START = at("02-11 09:00")
END = START + timedelta(days=40)
KEPT = ("calendars", "case", "clocks", "gradings", "rungs", "steps", "wake_at")
"""What a page of sla is; the rest are marks of writing and waiting."""


class Lost:
    """A page of sla, with those of intake and grading beside it."""

    def __init__(self, served: Deployment) -> None:
        self.sla = Sla(START, served)
        complaint = Complaint(
            **CASE.model_dump(),
            kind="complaint",
            channel="phone",
            text="",
            occurred_at=START,
            received_at=START,
        )
        self.intake = Page("c1", {"complaint": complaint.model_dump()}, sequence=1)
        self.grading = Page("c1")
        self._told = 0

    def hear(self, envelope: Envelope) -> None:
        if envelope.type == ComplaintGraded.TYPE:
            self.grading.sequence = envelope.number
            self.grading.body.setdefault("gradings", {})[str(envelope.number)] = envelope.data
        else:
            self.intake.sequence = envelope.number
            milestone = ComplaintProgressed.of(envelope).milestone
            self.intake.body.setdefault("milestones", []).append(milestone.model_dump())
        self.sla.move_to(envelope.time).hear(envelope)

    def tell_intake(self, late: int = 0) -> None:
        """Intake hears what sla said, but for the last few."""
        said = self.sla.said[self._told : len(self.sla.said) - late]
        for envelope in said:
            apply(self.intake, envelope)
            self.intake.mark_seen(envelope)
        self._told += len(said)

    def rebuilt(self) -> Page:
        return rebuilt(self.intake, self.grading, self.sla.keeper, self.sla.clock.now())


def kept(page: Page) -> dict[str, Any]:
    return {name: page.body.get(name) for name in KEPT}


times = st.integers(0, 30 * 24 * 60)
small_steps = st.sampled_from(("accepted", "replied", "dissatisfied", "acknowledged", "closed"))
urgent_steps = st.sampled_from(("assigned", "acknowledged", "site_unable", "leader_unable", "dissatisfied"))

every_step = st.sampled_from(
    (
        "accepted",
        "waiting",
        "back",
        "replied",
        "reported",
        "called",
        "to_lab",
        "from_lab",
        "recovered",
        "closed",
        "audited",
    )
)


def played(lost: Lost, steps: list[tuple[str, int]], grades: list[tuple[str, int]], first: str) -> None:
    events = [graded(1, first, START)]
    for n, (grade, minutes) in enumerate(grades, 2):
        events.append(graded(n, grade, START + timedelta(minutes=minutes), received=START))
    for n, (name, minutes) in enumerate(steps, 2):
        events.append(step(n, name, START + timedelta(minutes=minutes)))
    for envelope in sorted(events, key=lambda e: e.time):
        lost.hear(envelope)
    lost.sla.move_to(END)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(small_steps, times), max_size=6),
    st.lists(st.tuples(st.sampled_from(("normal", "major")), times), max_size=3),
)
def test_the_same_page_and_nothing_said_again(
    steps: list[tuple[str, int]], grades: list[tuple[str, int]]
) -> None:
    lost = Lost(deployment())
    played(lost, steps, grades, "normal")
    lost.tell_intake()
    page = lost.rebuilt()
    assert page.fresh == []
    assert kept(page) == kept(lost.sla.page)
    assert page.sequence == len(lost.sla.said)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(urgent_steps, times), max_size=6),
    st.lists(st.tuples(st.sampled_from(("routine", "serious")), times), max_size=2),
)
def test_ladders_and_the_clocks_they_start_come_back(
    steps: list[tuple[str, int]], grades: list[tuple[str, int]]
) -> None:
    lost = Lost(deployment(URGENT, people={}))
    played(lost, steps, grades, "urgent")
    lost.tell_intake()
    page = lost.rebuilt()
    assert page.fresh == []
    assert kept(page) == kept(lost.sla.page)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(every_step, times), max_size=10),
    st.lists(st.tuples(st.sampled_from(("normal", "major")), times), max_size=2),
)
def test_clocks_of_every_kind_come_back(steps: list[tuple[str, int]], grades: list[tuple[str, int]]) -> None:
    """Pauses, series, budgets, clocks inside others, several times, and one that outlives the complaint."""
    lost = Lost(deployment(CLOCKS, people={}))
    played(lost, steps, grades, "normal")
    lost.tell_intake()
    page = lost.rebuilt()
    assert [message["key"] for message in page.fresh] == []
    assert kept(page) == kept(lost.sla.page)


def test_what_had_not_been_said_is_said_with_the_next_number() -> None:
    lost = Lost(deployment())
    lost.hear(graded(1, "normal", START))
    lost.tell_intake()
    lost.sla.clock.move_to(END)
    page = lost.rebuilt()
    said = [Envelope.model_validate_json(message["body"]) for message in page.fresh]
    assert [e.key for e in said][-3:] == ["clock.breached", "complaint.escalated", "complaint.escalated"]
    assert [e.number for e in said] == list(range(2, 2 + len(said)))


def test_events_that_still_wait_in_the_queue_change_nothing() -> None:
    lost = Lost(deployment())
    first, second = graded(1, "normal", START), step(2, "replied", START + timedelta(hours=1))
    lost.hear(first)
    lost.hear(second)
    lost.tell_intake()
    page = lost.rebuilt()
    assert page.has_seen(first)
    assert page.has_seen(second)
    assert {first.source, second.source} == {GRADING, INTAKE}
    assert {e.source for e in lost.sla.said} == {SLA}
