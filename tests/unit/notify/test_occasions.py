"""One occasion, however often and under whatever id it is announced; a second one where it happened twice."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.occasions import Heard, occasions
from shared.contracts.envelope import Envelope
from tests.unit.notify.stories import Listener, Story


def keys(*events: Envelope) -> list[str]:
    return [o.key for o in occasions("c-1", [Heard.of(e) for e in events])]


def test_the_same_breach_announced_again_is_the_same_occasion() -> None:
    story = Story()
    assert len(keys(story.breached(), story.breached())) == 1


def test_another_run_of_the_clock_is_another_occasion() -> None:
    story = Story()
    assert len(keys(story.breached(), story.breached(key="reply:2"))) == 2


def test_a_breach_that_was_withdrawn_and_came_back_is_another_occasion() -> None:
    story = Story()
    found = [k for k in keys(story.breached(), story.withdrawn(), story.breached()) if "breached" in k]
    assert len(found) == 2


def test_a_withdrawal_said_twice_is_one() -> None:
    story = Story()
    found = [k for k in keys(story.breached(), story.withdrawn(), story.withdrawn()) if "withdrawn" in k]
    assert len(found) == 1


def test_each_warning_point_milestone_and_change_of_grade_counts_by_itself() -> None:
    story = Story()
    assert len(keys(story.warned("50%"), story.warned("80%"), story.warned("80%"))) == 2
    assert len([k for k in keys(story.replied("m1"), story.replied("m2")) if "milestone" in k]) == 2
    changes = story.graded(), story.graded("major", "minor", 1), story.graded("minor", "major", 2)
    again = story.graded("major", "minor", 3)
    assert len(keys(*changes, again, again)) == 4


def everything() -> list[Envelope]:
    story = Story()
    story.received()
    story.graded("minor", urgent=False)
    story.warned()
    story.breached()
    story.escalated()
    story.graded("major", "minor", hour=8, urgent=True)
    story.withdrawn()
    story.breached(hour=14)
    story.breached(hour=14)
    story.escalated(hour=14)
    story.replied("m1", hour=15)
    story.graded("minor", "major", hour=13, urgent=False)
    story.withdrawn(hour=16)
    story.graded("major", "minor", hour=13.5, urgent=True)
    return story.events


EVENTS = everything()


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False))
def test_any_order_and_any_redelivery_wish_for_the_same_messages(shuffle: random.Random) -> None:
    expected = Listener().hear(*EVENTS).shape()
    order = EVENTS * 3
    shuffle.shuffle(order)
    assert Listener().hear(*order).shape() == expected


def test_news_before_the_complaint_waits_for_it() -> None:
    story = Story()
    received = story.received()
    listener = Listener().hear(story.graded(), story.breached())
    assert listener.told() == []
    assert [t[1] for t in listener.hear(received).told()] == ["late-reply"] * 3 + ["thanks"]


def test_a_notice_that_asks_for_the_grade_waits_for_it() -> None:
    story = Story()
    graded = story.graded("major", urgent=True)
    listener = Listener().hear(story.received(), story.breached())
    assert "late-major" not in [t[1] for t in listener.told()]
    assert "late-major" in [t[1] for t in listener.hear(graded).told()]


def test_a_withdrawn_breach_is_void_and_everybody_told_of_it_is_told_once() -> None:
    story = Story()
    listener = Listener().hear(story.received(), story.graded(), story.breached(), story.escalated())
    listener.hear(story.withdrawn(), story.withdrawn())
    assert [t[1] for t in listener.told()] == ["thanks"]
    assert listener.retractions() == [
        ("email", "boss@shop.test", 1),
        ("email", "c1@shop.test", 1),
        ("email", "c2@shop.test", 1),
        ("sms", "+8613800000001", 1),
    ]


def test_a_retraction_reads_in_the_language_of_whom_it_is_for() -> None:
    story = Story()
    listener = Listener().hear(story.received(), story.graded(), story.breached(), story.escalated())
    listener.hear(story.withdrawn())
    texts = {m["address"]: m["text"] for m in listener.messages.values() if m["retracts"]}
    assert "撤回" in texts["c1@shop.test"]
    assert "done in time" in texts["boss@shop.test"]


def test_a_clock_that_applies_no_longer_takes_nothing_back() -> None:
    story = Story()
    listener = Listener().hear(story.received(), story.graded(), story.breached(), story.withdrawn("clock"))
    assert listener.retractions() == []
    assert len(listener.told()) == 4
