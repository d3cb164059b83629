"""A story comes out the same in any order, and what it adds to the totals with it."""

import random
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.card import card
from services.reporting.contributions import Cell, contributions, difference, rejection, remembered, stored
from services.reporting.story import Document, hear
from shared.contracts.complaints import ComplaintRejected, Reason
from shared.contracts.envelope import Envelope, event
from tests.unit.reporting.stories import Teller, deployment, full

UNIT = deployment().unit("harbour")


def story(events: list[Envelope]) -> Document:
    body: Document = {}
    for envelope in events:
        hear(body, envelope)
    return body


@given(st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_any_order_of_events_gives_the_same_story(chance: random.Random) -> None:
    events = full(UNIT).events
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert story(shuffled) == story(events)


def test_a_complaint_counts_once_in_each_dimension_by_its_latest_state() -> None:
    counts = contributions(story(full(UNIT).events), UNIT)
    assert {(cell.dimension, cell.value): n for cell, n in counts.items()} == {
        ("received", ""): 1,
        ("grade", "major"): 1,
        ("category", "repair/leak"): 1,
        ("top_category", "repair"): 1,
        ("channel", "phone"): 1,
        ("branch", "云山府"): 1,
        ("kind", "complaint"): 1,
        ("state", "closed"): 1,
        ("clock", "first_contact/met"): 1,
        ("clock", "reply/met_late"): 1,
        ("clock", "closing/met"): 1,
    }


def test_an_older_copy_that_comes_late_changes_nothing() -> None:
    events = full(UNIT).events
    assert story([*events[1:], events[0]])["copy"]["complaint"]["branch"] == "云山府"


def test_the_day_is_that_of_receipt_where_the_unit_is() -> None:
    teller = Teller("c2", UNIT, datetime(2026, 2, 11, 16, 30, tzinfo=UTC))
    teller.receive()
    assert {cell.day for cell in contributions(story(teller.events), UNIT)} == {"2026-02-12"}


def test_open_with_a_missed_deadline_is_overdue_until_it_is_met() -> None:
    teller = Teller("c3", UNIT, datetime(2026, 2, 11, 1, 30, tzinfo=UTC))
    teller.receive()
    reading = teller.breach(teller.clock("reply"))
    late = Cell("harbour", "2026-02-11", "overdue", "")
    assert contributions(story(teller.events), UNIT)[late] == 1
    teller.meet(reading, datetime(2026, 3, 1, tzinfo=UTC))
    assert late not in contributions(story(teller.events), UNIT)


def test_closed_is_overdue_for_what_is_still_owed_and_not_for_what_the_close_ended() -> None:
    teller = Teller("c4", UNIT, datetime(2026, 2, 11, 1, 30, tzinfo=UTC))
    teller.receive()
    owed = teller.breach(teller.clock("reply"))
    teller.progress("closed", datetime(2026, 3, 1, tzinfo=UTC))
    body = story(teller.events)
    late = Cell("harbour", "2026-02-11", "overdue", "")
    assert (contributions(body, UNIT)[late], card(body, UNIT)["overdue"]) == (1, True)
    teller.withdraw(owed, datetime(2026, 3, 1, tzinfo=UTC))
    body = story(teller.events)
    assert late not in contributions(body, UNIT)
    assert (card(body, UNIT)["closed"], card(body, UNIT)["overdue"], card(body, UNIT)["due"]) == (
        True,
        False,
        None,
    )


def test_the_difference_moves_only_what_changed() -> None:
    a, b, c = (Cell("u", "2026-01-01", "grade", v) for v in "abc")
    assert difference({a: 1, c: 2}, {b: 1, c: 2}) == {a: -1, b: 1}
    assert remembered(stored({a: 1, c: 2})) == {a: 1, c: 2}


def test_a_refused_submission_counts_on_its_own() -> None:
    at = datetime(2026, 2, 11, 9, tzinfo=UTC)
    refused = ComplaintRejected(
        submission="m1",
        rejected_at=at,
        reasons=(Reason(field="text", problem="is missing", expected="text"),),
    )
    body = story([event(refused, source="intake", subject="m1", sequence=1, time=at)])
    assert rejection(body) == {Cell("-", "2026-02-11", "rejected", ""): 1}
