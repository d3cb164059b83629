"""Complaints that are counted together, in any order, through two replicas: compared with a model that looks
at all of them at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from services.grading.groups import Groups
from shared.clock import VirtualClock
from shared.contracts.envelope import Envelope
from tests.parts.gradings import Replicas, gradings
from tests.parts.mongo import Mongo
from tests.parts.windowed_pack import TEXT, deployment
from tests.parts.windowed_stories import NOW, START, case, model, story

pytestmark = pytest.mark.mongo


@pytest.fixture
async def replicas(mongo: Mongo) -> AsyncIterator[Replicas]:
    async with gradings(mongo, deployment(), VirtualClock(NOW)) as found:
        yield found


def graded(replicas: Replicas) -> dict[str, tuple[str, list[str]]]:
    """What was said last of each complaint."""
    latest = replicas.latest("complaint.graded")
    return {i: (e.data["grade"], [r["id"] for r in e.data["rules"]]) for i, e in latest.items()}


@pytest.mark.parametrize("seed", range(25))
async def test_in_any_order_through_two_replicas_everybody_is_graded_as_the_model_says(
    replicas: Replicas, seed: int
) -> None:
    random = Random(seed)
    cases = story(random)
    events = [e for c in cases for e in c.events]
    events += random.choices(events, k=5)
    random.shuffle(events)
    while events:
        size = random.choice([1, 3, 40])
        one, two, events = events[:size], events[size : 2 * size], events[2 * size :]
        await asyncio.gather(replicas.hear([*one, *two[:1]], 0), replicas.hear(two, 1))
    assert graded(replicas) == model(cases)


@pytest.mark.parametrize("seed", range(3))
async def test_a_crossing_may_concern_more_than_are_opened_at_once(
    replicas: Replicas, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.grading.groups.MEMBERS_AT_ONCE", 2)
    random = Random(seed)
    cases = story(random, 40, 40)
    events = [e for c in cases for e in c.events]
    random.shuffle(events)
    await asyncio.gather(replicas.hear(events[::2], 0), replicas.hear(events[1::2], 1))
    assert graded(replicas) == model(cases)


async def test_a_crossing_grades_every_member_anew_once(replicas: Replicas) -> None:
    cases = [case(f"c{n}", START + timedelta(days=n), customer=f"u{n}", event="e") for n in range(3)]
    for n, c in enumerate(cases):
        await replicas.hear(c.events, n % 2)
    said = Counter(e.subject for _, bus in replicas.services for e in bus.said)
    assert said == {"c0": 2, "c1": 2, "c2": 1}
    assert graded(replicas) == {c.complaint.id: ("heavy", ["many"]) for c in cases}
    more = case("c3", START + timedelta(days=3), customer="u3", event="e")
    await replicas.hear(more.events)
    said = Counter(e.subject for _, bus in replicas.services for e in bus.said)
    assert said == {"c0": 2, "c1": 2, "c2": 1, "c3": 1}
    assert replicas.latest("complaint.graded")["c3"].data["facts"]["event_customers"] == 4


async def test_who_is_named_to_be_of_an_event_later_shows_how_many_there_are(replicas: Replicas) -> None:
    first, second = (case(f"c{n}", customer=f"u{n}", event=f"e{n}") for n in range(2))
    await replicas.hear([*first.events, *second.events])
    second.amend(event="e0")
    amended = second.events[1]
    await replicas.hear([at(amended, datetime.fromisoformat(amended.data["amended_at"]))], 1)
    latest = replicas.latest("complaint.graded")
    assert latest["c1"].data["facts"]["event_customers"] == 2
    assert latest["c1"].data["grade"] == "light"
    said = Counter(e.subject for _, bus in replicas.services for e in bus.said)
    assert said == {"c0": 1, "c1": 2}
    await replicas.hear(second.events, 0)
    assert Counter(e.subject for _, bus in replicas.services for e in bus.said) == said


async def test_the_others_are_graded_anew_from_the_moment_of_what_crossed(replicas: Replicas) -> None:
    cases = [case(f"c{n}", START + timedelta(days=n), customer=f"u{n}", event="e") for n in range(3)]
    for n, c in enumerate(cases):
        await replicas.hear([at(c.events[0], START + timedelta(days=n))])
    first = replicas.latest("complaint.graded")["c0"]
    assert first.data["effective_at"] == "2026-02-11T04:00:00Z"
    assert first.causationid == cases[2].events[0].id
    assert first.data["previous"] == "light"


def at(envelope: Envelope, moment: datetime) -> Envelope:
    return envelope.model_copy(update={"time": moment})


async def test_who_withdraws_or_is_unfounded_is_counted_no_longer(replicas: Replicas) -> None:
    cases = [case(f"c{n}", customer=f"u{n}", event="e") for n in range(4)]
    await replicas.hear([e for c in cases for e in c.events])
    assert {grade for grade, _ in graded(replicas).values()} == {"heavy"}
    cases[0].withdraw()
    await replicas.hear(cases[0].events[1:], 1)
    assert [graded(replicas)[f"c{n}"][0] for n in range(4)] == ["light", "heavy", "heavy", "heavy"]
    cases[1].decide(unfounded=True)
    await replicas.hear(cases[1].events[1:])
    assert [graded(replicas)[f"c{n}"][0] for n in range(4)] == ["light"] * 4
    cases[1].decide(unfounded=False)
    await replicas.hear(cases[1].events[2:])
    assert [graded(replicas)[f"c{n}"][0] for n in range(4)] == ["light", "heavy", "heavy", "heavy"]


async def test_the_second_found_in_a_month_is_told_by_when_it_was_found(replicas: Replicas) -> None:
    cases = [case(f"c{n}", START + timedelta(days=n), branch="b") for n in range(3)]
    march = datetime(2026, 2, 28, 16, tzinfo=UTC)  # midnight in Shanghai
    cases[0].find("ours", march + timedelta(hours=2))
    cases[1].find("ours", march)
    cases[2].find("ours", march - timedelta(milliseconds=1))
    for n, c in enumerate(cases):
        await replicas.hear(c.events, n % 2)
    second = {"c0": ("middle", ["found"]), "c1": ("light", []), "c2": ("light", [])}
    assert graded(replicas) == model(cases) == second
    cases[1].find("ours", march + timedelta(days=9))
    await replicas.hear(cases[1].events[2:])
    assert graded(replicas) == model(cases) == second, "found again is no news"
    cases[0].withdraw()
    await replicas.hear(cases[0].events[2:], 1)
    assert graded(replicas) == model(cases) == {f"c{n}": ("light", []) for n in range(3)}
    late = case("late", START, branch="b")
    late.find("ours", march - timedelta(days=1))
    await replicas.hear(late.events)
    assert graded(replicas)["c2"] == ("middle", ["found"]), "it was the second all along"


async def test_a_crash_after_the_page_was_written_leaves_nothing_undone(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [case(f"c{n}", customer=f"u{n}", event="e") for n in range(3)]
    await replicas.hear([e for c in cases[:2] for e in c.events])

    async def crash(*_: object) -> set[str]:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Groups, "_settle", crash)
        with pytest.raises(RuntimeError):
            await replicas.hear(cases[2].events)
    assert graded(replicas)["c0"] == graded(replicas)["c1"] == ("light", [])
    await replicas.hear(cases[2].events, 1)
    assert graded(replicas) == model(cases)
    cases[2].amend(event="other")
    with monkeypatch.context() as patched:
        patched.setattr(Groups, "_settle", crash)
        with pytest.raises(RuntimeError):
            await replicas.hear(cases[2].events[1:])
    await replicas.hear(cases[2].events[1:], 1)
    assert graded(replicas) == model(cases) == {c.complaint.id: ("light", []) for c in cases}


async def test_a_window_that_a_newer_pack_puts_first_leaves_the_others_where_they_stand(
    replicas: Replicas, mongo: Mongo
) -> None:
    cases = [case(f"c{n}", customer=f"u{n}", event="e") for n in range(3)]
    await replicas.hear([e for c in cases[:2] for e in c.events])
    newer = TEXT.replace(
        "  windows:\n",
        '  windows:\n    any_day: {title: {en: any}, clause: "9", same: kind, count: complaints, per: day}\n',
    )
    async with gradings(mongo, deployment(newer), VirtualClock(NOW), count=1) as later:
        await later.hear(cases[2].events)
        assert graded(later) == model(cases)
