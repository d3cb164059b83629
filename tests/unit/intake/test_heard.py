"""What intake keeps of the others' events is the same in every order, and however often they come."""

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.heard import apply
from shared.contracts.clocks import ClockWithdrawn
from shared.contracts.envelope import Envelope, event
from shared.contracts.registry import BY_TYPE, keys_read_by
from shared.store.page import Page
from tests.parts.heard_story import START, at, story

STORY = story("c1")


def page_after(events: Sequence[Envelope]) -> dict[str, Any]:
    page = Page("c1")
    for envelope in events:
        if not page.has_seen(envelope):
            apply(page, envelope)
            page.mark_seen(envelope)
    return page.body


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_order_gives_the_same_page(order: random.Random) -> None:
    events = [*STORY, *order.sample(STORY, 4)]
    order.shuffle(events)
    assert page_after(events) == page_after(STORY)


def test_the_latest_grade_and_the_latest_reading_of_each_clock_stand() -> None:
    body = page_after(STORY)
    assert body["grading"]["grade"] == "major"
    assert body["grading"]["rules"][0]["facts"] == {"leak": True}
    assert [(c["key"], c["state"]) for c in body["clocks"]] == [("reply.1", "met_late"), ("call.1", "met")]
    assert body["overdue"] is False
    assert len(body["heard"]) == len(STORY)
    assert body["heard"] == sorted(body["heard"], key=lambda e: e["at"])


def test_overdue_while_a_clock_is_breached() -> None:
    sla = [e for e in STORY if e.source.endswith("sla")]
    assert [page_after(sla[:n])["overdue"] for n in range(1, 9)] == [False] * 3 + [True] * 4 + [False]


def test_what_was_missed_when_the_complaint_closed_is_overdue_no_longer() -> None:
    """The close ended it; nobody owes it any more."""
    sla = [e for e in STORY if e.source.endswith("sla")][:4]
    ended = sla[-1].data["clock"] | {"stopped_at": at(60).isoformat()}
    gone = ClockWithdrawn.model_validate(
        sla[-1].data | {"clock": ended, "what": "clock", "reason": {"en": "closed"}}
    )
    last = event(gone, source="sla", subject="c1", sequence=sla[-1].number + 1, time=at(60))
    assert page_after(sla)["overdue"] is True
    assert page_after([*sla, last])["overdue"] is False


def test_a_clock_keeps_how_it_counts() -> None:
    (span,) = page_after(STORY)["clocks"][0]["spans"]
    assert (span["start"], span["end"], span["counted"]) == (START, at(8), True)


def test_every_event_of_a_complaint_that_intake_listens_to_is_in_the_story_or_is_a_due_change() -> None:
    listened = set(keys_read_by("intake"))
    assert listened - {e.key for e in STORY} == {"clock.due_changed", "customer.tiered"}
    assert {c.key for c in BY_TYPE.values()} >= listened
