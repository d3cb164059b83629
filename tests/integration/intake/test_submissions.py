"""Submissions from the bus: taken once, refused with an event, or dead when they are no JSON."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from shared.bus.port import SUBMISSIONS, Dead, Delivery, Done, Verdict
from tests.integration.intake.conftest import NOW, Intake, submission


def delivery(body: object, id_: str = "m1", **headers: str) -> Delivery:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Delivery(SUBMISSIONS, "complaint.submitted", id_, content, headers=headers)


def event(data: object, id_: str = "e1", **change: Any) -> dict[str, Any]:
    whole = {
        "specversion": "1.0",
        "type": "redress.complaint.submitted.v1",
        "source": "call-centre",
        "id": id_,
        "data": data,
    }
    return whole | change


async def handled(intake: Intake, *deliveries: Delivery, replica: int = 0) -> list[Verdict]:
    handler = intake.replicas[replica].service.subscriptions[1][1]
    return list(await handler(deliveries))


async def test_bare_objects_and_events_are_taken_in_one_batch(intake: Intake) -> None:
    batch = [delivery(submission(ref=f"r{n}"), f"m{n}") for n in range(10)]
    batch += [delivery(event(submission(ref=f"e{n}"), f"e{n}"), f"x{n}") for n in range(10)]
    assert await handled(intake, *batch) == [Done()] * 20
    said = intake.said("complaint.received")
    assert [s.data["complaint"]["number"] for s in said] == [f"2602{n:02}" for n in range(1, 21)]
    assert [s.data["complaint"]["ref"] for s in said[:2]] == ["r0", "r1"]


async def test_a_message_that_comes_again_is_the_same_complaint(intake: Intake) -> None:
    same = event(submission())
    other_source = event(submission(), source="web-shop")
    again = [
        delivery(same, "a"),
        delivery(same, "b"),
        delivery(submission(), "m"),
        delivery(submission(), "m"),
    ]
    await asyncio.gather(handled(intake, *again), handled(intake, *again, replica=1))
    await handled(intake, *again, delivery(other_source, "c"))
    assert len({s.subject for s in intake.said("complaint.received")}) == 3
    assert (await intake.submit())["number"] == "260204"


async def test_what_is_wrong_is_answered_once_with_reasons(intake: Intake) -> None:
    wrong = delivery(submission(channel="fax", ref="r9"), "m9")
    misspelt = delivery(event({"chanel": "phone", "ref": "r10"}, "e10"), "m10")
    good = delivery(submission(), "m11")
    assert await handled(intake, wrong, misspelt, good) == [Done()] * 3
    await handled(intake, wrong, misspelt, good, replica=1)
    rejected = intake.said("complaint.rejected")
    assert len(rejected) == 2
    by_ref = {e.data["ref"]: e.data for e in rejected}
    assert by_ref["r9"]["submission"] == "m9"
    assert by_ref["r9"]["reasons"][0]["field"] == "channel"
    assert {r["field"] for r in by_ref["r10"]["reasons"]} >= {"channel", "text", "chanel"}
    assert len({s.subject for s in intake.said("complaint.received")}) == 1


async def test_json_that_is_no_submission_is_rejected_and_other_bytes_are_dead(intake: Intake) -> None:
    verdicts = await handled(
        intake,
        delivery(b"not json", "m1"),
        delivery(b"\xff\xfe", "m2"),
        delivery(b"[1]", "m3"),
        delivery(event(submission(), type="redress.complaint.graded.v1"), "m4"),
        delivery(b'{"text": "' + b"x" * 300_000 + b'"}', "m5"),
    )
    assert [type(v) for v in verdicts] == [Dead, Dead, Done, Done, Dead]
    assert isinstance(verdicts[0], Dead)
    assert verdicts[0].reason.startswith("not JSON")
    rejected = {
        e.data["submission"]: e.data["reasons"][0]["field"] for e in intake.said("complaint.rejected")
    }
    assert rejected == {"m3": "body", "m4": "type"}


async def test_a_refused_message_stays_refused_though_time_would_heal_it(intake: Intake) -> None:
    soon = delivery(submission(received_at=(NOW + timedelta(minutes=10)).isoformat()), "m1")
    await handled(intake, soon)
    intake.clock.advance(timedelta(minutes=10))
    await handled(intake, soon)
    assert len(intake.said("complaint.rejected")) == 1
    assert not intake.said("complaint.received")


async def test_an_event_counts_from_when_it_was_sent(intake: Intake) -> None:
    waited = NOW - timedelta(hours=2)
    times = (waited.isoformat(), "1980-01-01T00:00:00Z", (NOW + timedelta(days=9)).isoformat())
    batch = [delivery(event(submission(), f"e{n}", time=time)) for n, time in enumerate(times)]
    await handled(intake, *batch)
    received = [s.data["complaint"]["received_at"] for s in intake.said("complaint.received")]
    assert received == [moment.isoformat().replace("+00:00", "Z") for moment in (waited, NOW, NOW)]


async def test_the_trace_of_the_message_goes_on(intake: Intake) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    await handled(intake, delivery(submission(), "m1", traceparent=f"00-{trace}-b7ad6b7169203331-01"))
    (said,) = intake.said("complaint.received")
    assert said.traceparent is not None
    assert trace in said.traceparent


async def test_bus_and_http_together_number_without_gap(intake: Intake) -> None:
    await asyncio.gather(
        *(
            handled(intake, *(delivery(submission(), f"{b}-{n}") for n in range(20)), replica=b % 2)
            for b in range(4)
        ),
        *(intake.replicas[n % 2].http.post("/v1/complaints", json=submission()) for n in range(40)),
    )
    numbers = sorted(int(s.data["complaint"]["number"][4:]) for s in intake.said("complaint.received"))
    assert numbers == list(range(1, 121))
