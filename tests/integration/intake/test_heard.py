"""What the others say reaches the complaint through the queue, in any order, beside what people record."""

import asyncio
import random

from shared.bus.port import Delivery, Done
from tests.integration.intake.conftest import Intake
from tests.parts.heard_story import at, story


async def test_shuffled_repeated_and_split_over_replicas_the_page_comes_out_the_same(intake: Intake) -> None:
    order = random.Random(7)
    seen = []
    intake.clock.move_to(at(12))
    for _ in range(3):
        complaint = await intake.submit(received_at=at(0).isoformat())
        events = story(complaint["id"]) * 2
        order.shuffle(events)
        deliveries = [Delivery("redress.intake", e.key, e.id, e.encoded()) for e in events]
        handlers = [replica.service.subscriptions[0][1] for replica in intake.replicas]
        halves = (deliveries[: len(deliveries) // 2], deliveries[len(deliveries) // 2 :])
        recording = intake.one.http.post(
            complaint["links"]["milestones"], json={"milestone": "replied", "occurred_at": at(10).isoformat()}
        )
        said = asyncio.gather(*(handler(half) for handler, half in zip(handlers, halves, strict=True)))
        verdicts, answer = await asyncio.gather(said, recording)
        assert [v for half in verdicts for v in half] == [Done()] * len(deliveries)
        assert answer.status_code == 201
        page = await intake.look(complaint["id"])
        assert page["grade"] == "major"
        assert page["reasons"][0]["clause"] == "3.1"
        why = page["explanation"]
        assert (why["pack"], why["pack_version"], why["rules"][0]["clause"]) == ("small", "1.2.0", "3.1")
        assert [(other["grade"], other["changes"]) for other in why["differs"]] == [("light", [])]
        assert [(c["key"], c["state"]) for c in page["clocks"]] == [
            ("reply.1", "met_late"),
            ("call.1", "met"),
        ]
        assert page["clocks"][0]["spans"][0]["counted"] is True
        seen.append((page["grade"], page["clocks"], [e["title"] for e in page["timeline"]]))
    assert seen[0] == seen[1] == seen[2]


async def test_search_by_grade_and_by_what_is_overdue(intake: Intake) -> None:
    complaint = await intake.submit()
    await intake.submit()
    handler = intake.one.service.subscriptions[0][1]
    for event in story(complaint["id"])[:6]:
        await handler([Delivery("redress.intake", event.key, event.id, event.encoded())])
    for query in ({"grade": "major"}, {"overdue": "true"}, {"grade": "major", "overdue": "true"}):
        items = (await intake.one.http.get("/v1/complaints", params=query)).json()["items"]
        assert [(i["id"], i["grade"], i["overdue"]) for i in items] == [(complaint["id"], "major", True)]


async def test_what_is_said_of_a_complaint_that_is_not_here_makes_none(intake: Intake) -> None:
    handler = intake.one.service.subscriptions[0][1]
    event = story("stranger")[0]
    assert await handler([Delivery("redress.intake", event.key, event.id, event.encoded())]) == [Done()]
    assert (await intake.one.http.get("/v1/complaints/stranger")).status_code == 404
    assert (await intake.one.http.get("/v1/complaints")).json()["items"] == []
