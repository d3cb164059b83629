"""Whatever the order of arrival, and however often: who listens to grading knows the same in the end."""

import random
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grading.heard import Grader
from shared.clock import VirtualClock
from shared.contracts.clocks import ClockBreached, ClockReading, ClockWarned, ClockWithdrawn
from shared.contracts.complaints import ComplaintAmended, ComplaintProgressed, ComplaintReceived, Milestone
from shared.contracts.envelope import Envelope, EventData, event
from shared.contracts.words import Words
from shared.store.page import Page
from tests.parts.deciding_pack import ALONE
from tests.parts.packs import deployment
from tests.unit.grading.test_decide import complaint

START = datetime(2026, 2, 11, 1, tzinfo=UTC)
UNIT = deployment(ALONE, "deciding")
minutes = st.integers(1, 600)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            [
                ("tried", {"outcome": "failed"}),
                ("urged", {}),
                ("answered", {"score": 5}),
                ("answered", {"score": 1}),
                ("decided", {"fact": "unfounded", "value": True, "reason": "r"}),
                ("decided", {"fact": "unfounded", "value": None, "reason": "r"}),
                ("graded_by_hand", {"grade": "worst", "reason": "r"}),
                ("graded_by_hand", {"grade": "", "reason": "r"}),
            ]
        ),
        minutes,
    ),
    max_size=6,
)
amendments = st.lists(
    st.sampled_from([{"text": "电梯坏了"}, {"text": "好"}, {"category": "noise"}]), max_size=3
)
signs = st.lists(st.sampled_from(["breach", "warning", "unbreach", "unwarn"]), max_size=4)


def at(n: int) -> datetime:
    return START + timedelta(minutes=n)


def said(data: EventData, source: str, n: int, when: datetime) -> Envelope:
    return event(data, source=source, subject="c1", sequence=n, time=when)


def intakes(
    steps_: list[tuple[tuple[str, dict[str, Any]], int]], amended: list[dict[str, Any]]
) -> list[Envelope]:
    first = complaint(kind="enquiry", pack="deciding")
    events = [said(ComplaintReceived(complaint=first), "intake", 1, START)]
    for n, change in enumerate(amended, 2):
        copy = first.model_copy(update=change)
        told = ComplaintAmended(complaint=copy, changed=tuple(change), amended_at=at(100 * n))
        events.append(said(told, "intake", n, at(100 * n)))
    for n, ((name, data), minute) in enumerate(steps_, len(events) + 1):
        step = Milestone(id=f"m{n}", name=name, occurred_at=at(minute), recorded_at=at(n), data=data)
        events.append(said(ComplaintProgressed(case=first.case, milestone=step), "intake", n, at(minute)))
    return events


def slas(signs_: list[str]) -> list[Envelope]:
    reading = ClockReading(
        id="answer", key="answer:received", title=Words(en="a"), clause="9", state="running",
        limit="4 hours", started_at=START, due=at(240),
    )  # fmt: skip
    case = complaint(pack="deciding").case
    kinds: dict[str, EventData] = {
        "breach": ClockBreached(case=case, clock=reading, at=at(240)),
        "warning": ClockWarned(case=case, clock=reading, at=at(120), point="50%"),
        "unbreach": ClockWithdrawn(case=case, clock=reading, at=at(300), what="breach", reason=Words(en="r")),
        "unwarn": ClockWithdrawn(case=case, clock=reading, at=at(300), what="warning", reason=Words(en="r")),
    }
    return [said(kinds[sign], "sla", n, START) for n, sign in enumerate(signs_, 1)]


def told(events: list[Envelope]) -> list[Envelope]:
    page, grader = Page("c1"), Grader(UNIT, VirtualClock(at(2000)))
    for envelope in events:
        if not page.has_seen(envelope):
            grader(page, envelope)
            page.mark_seen(envelope)
    return [Envelope.model_validate_json(one["body"]) for one in page.outbox]


def known(gradings: list[Envelope]) -> list[tuple[Any, ...]]:
    """What sla takes to hold, from moment to moment."""
    taken = sorted((g.time, g.number, _gist(g)) for g in gradings)
    moments = sorted({moment for moment, _, _ in taken})
    return [taken[bisect_right([t[0] for t in taken], moment) - 1][2] for moment in moments]


def _gist(graded: Envelope) -> tuple[Any, ...]:
    data = graded.data
    fired = [rule["id"] for rule in data.get("rules", ())]
    given = (data.get("category"), data.get("validity"), data.get("by_hand", {}).get("grade"))
    return (data["grade"], data["kind"], given, fired)


def distinct(holds: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [one for n, one in enumerate(holds) if n == 0 or one != holds[n - 1]]


@settings(max_examples=150, deadline=None)
@given(steps, amendments, signs, st.randoms(use_true_random=False))
def test_arrival_order_and_repetition_change_nothing(
    steps_: list[tuple[tuple[str, dict[str, Any]], int]],
    amended: list[dict[str, Any]],
    signs_: list[str],
    chance: random.Random,
) -> None:
    events = intakes(steps_, amended) + slas(signs_)
    shuffled = events * 2
    chance.shuffle(shuffled)
    straight, mixed = told(events), told(shuffled)
    assert distinct(known(straight)) == distinct(known(mixed))
    assert _gist(straight[-1]) == _gist(mixed[-1])
    for gradings in (straight, mixed):
        assert _gist(gradings[-1]) == known(gradings)[-1]


def test_nothing_is_said_twice() -> None:
    events = intakes([(("urged", {}), 5), (("answered", {"score": 3}), 9)], [])
    assert [(e.data["grade"], e.data["effective_at"]) for e in told(events + events)] == [
        ("none", "2026-02-11T01:00:00Z"),
        ("light", "2026-02-11T01:05:00Z"),
        ("light", "2026-02-11T01:09:00Z"),
    ]
