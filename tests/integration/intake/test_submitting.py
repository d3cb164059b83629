"""Submissions over HTTP: numbers, repeats, refusals, and what happens while the broker is away."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest

from shared.bus.port import Message, Outcome
from shared.deployment import Deployment
from tests.integration.intake.conftest import Intake, submission
from tests.parts.small_pack import deployment
from tests.parts.waiting import until

URL = "/v1/complaints"


async def test_a_complaint_is_taken_in_numbered_and_said(intake: Intake) -> None:
    answer = await intake.one.http.post(URL, json=submission(ref="r1"))
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == body["links"]["self"] == f"{URL}/{body['id']}"
    assert body["links"]["milestones"] == f"{URL}/{body['id']}/milestones"
    assert body["number"] == "260201"
    (said,) = intake.said("complaint.received")
    assert (said.subject, said.partitionkey, said.number) == (body["id"], body["id"], 1)
    assert said.data["complaint"]["number"] == "260201"
    assert said.data["complaint"]["ref"] == "r1"
    for worker in intake.one.service.workers:
        await worker.work()
    assert await intake.one.database.collection("complaints").count_documents({"outbox": []}) == 1


async def test_two_hundred_at_once_over_two_replicas_get_every_number_once(intake: Intake) -> None:
    clients = [replica.http for replica in intake.replicas]
    answers = await asyncio.gather(
        *(clients[n % 2].post(URL, json=submission(ref=f"r{n}")) for n in range(200))
    )
    assert {answer.status_code for answer in answers} == {201}
    numbers = sorted(int(answer.json()["number"].removeprefix("2602")) for answer in answers)
    assert numbers == list(range(1, 201))
    assert len({said.subject for said in intake.said("complaint.received")}) == 200


async def test_units_and_months_count_for_themselves(intake: Intake) -> None:
    late = "2026-01-31T23:59:00+08:00"
    numbers = [
        (await intake.submit(**change))["number"]
        for change in ({}, {"unit": "there"}, {"received_at": late}, {}, {"received_at": late})
    ]
    assert numbers == ["260201", "260201", "260101", "260202", "260102"]


async def test_a_refused_submission_takes_no_number(intake: Intake) -> None:
    calls = [submission(channel="phone" if n % 2 else "fax") for n in range(20)]
    answers = await asyncio.gather(*(intake.one.http.post(URL, json=call) for call in calls))
    assert [a.status_code for a in answers] == [201 if n % 2 else 422 for n in range(20)]
    numbers = {a.json()["number"] for a in answers if a.status_code == 201}
    assert numbers == {f"2602{n:02}" for n in range(1, 11)}


async def test_one_key_in_parallel_over_two_replicas_is_one_complaint(intake: Intake) -> None:
    key = {"Idempotency-Key": "k1"}
    clients = [replica.http for replica in intake.replicas]
    answers = await asyncio.gather(
        *(clients[n % 2].post(URL, json=submission(), headers=key) for n in range(20))
    )
    assert sorted(a.status_code for a in answers) == [200] * 19 + [201]
    assert len({a.text for a in answers}) == 1
    assert len({said.id for said in intake.said("complaint.received")}) == 1
    assert (await intake.submit())["number"] == "260202"


async def test_a_repeat_may_be_spelled_differently_and_is_not_checked_again(intake: Intake) -> None:
    key = {"Idempotency-Key": "k1", "Content-Type": "application/json"}
    first = await intake.one.http.post(URL, json=submission(), headers=key)
    other = json.dumps(dict(reversed(submission().items())), indent=2)
    again = await intake.one.http.post(URL, content=other, headers=key)
    assert (again.status_code, again.text) == (200, first.text)


async def test_a_key_with_another_body_is_refused(intake: Intake) -> None:
    key = {"Idempotency-Key": "k1"}
    await intake.one.http.post(URL, json=submission(), headers=key)
    together = await asyncio.gather(
        intake.one.http.post(URL, json=submission(text="other"), headers=key),
        intake.one.http.post(URL, json=submission(text="new"), headers={"Idempotency-Key": "k2"}),
        intake.one.http.post(URL, json=submission(text="newer"), headers={"Idempotency-Key": "k2"}),
    )
    assert sorted(a.status_code for a in together) == [201, 422, 422]
    assert together[0].json()["errors"][0]["field"] == "Idempotency-Key"


async def test_wrong_bodies(intake: Intake) -> None:
    async def post(content: bytes) -> httpx.Response:
        return await intake.one.http.post(URL, content=content)

    for content in (b"", b"{", b"\xff", b'{"text": "\\ud800"}', b"[" * 5000):
        answer = await post(content)
        assert answer.status_code == 400, content
        assert answer.headers["content-type"] == "application/problem+json"
    for content in (b"[]", b'"x"', b"{}", b'{"channel": "phone", "text": "x", "txet": 1}'):
        answer = await post(content)
        assert answer.status_code == 422, content
        assert answer.json()["errors"][0]["field"]
    assert (await post(b" " * (256 * 1024 + 1))).status_code == 413
    wrong = await intake.one.http.post(URL, json=submission(channel="fax"))
    assert wrong.status_code == 422
    assert wrong.json()["errors"] == [
        {"field": "channel", "problem": "is unknown", "expected": "one of: phone, web"}
    ]
    long = await intake.one.http.post(URL, json=submission(), headers={"Idempotency-Key": "k" * 201})
    assert (long.status_code, long.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    "change",
    [
        {"fields": {"visits": 2**63}},
        {"fields": {"visits\0": 1}},
        {"fields": {"$set": 1}},
        {"fields": {"a.b": {"c": [1]}}},
        {"occurred_at": "0001-01-01T00:00:00+08:00"},
        {"occurred_at": 1e300},
        {"claim": {"amount": 1e300}},
        {"complainant": {"phone": ["x"]}},
        {"unit": "../here"},
    ],
)
async def test_no_input_is_our_fault(intake: Intake, change: dict[str, object]) -> None:
    answer = await intake.one.http.post(URL, json=submission(**change))
    assert answer.status_code == 422, answer.text


async def test_while_the_broker_is_away_complaints_are_taken_up_to_the_cap(intake: Intake) -> None:
    intake.one.bus.away = True
    for _ in range(4):
        await intake.submit()
        intake.clock.advance(seconds(1))
    answer = await intake.one.http.post(URL, json=submission())
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    intake.one.bus.away = False
    intake.clock.advance(seconds(10))
    for worker in intake.one.service.workers:
        await worker.work()
    assert len(intake.said("complaint.received")) == 4
    await intake.submit()


async def test_a_new_format_that_meets_old_numbers_passes_over_them(
    intake: Intake, served: Deployment
) -> None:
    """The counter of months gave 260201 and 260202; that of the year would give them again."""
    for _ in range(2):
        await intake.submit()
    yearly = deployment("here", "there", reset="year")
    for name, unit in yearly.units.items():
        served.units[name] = unit  # type: ignore[index]
    numbers = {(await intake.submit())["number"] for _ in range(2)}
    assert numbers == {"260203", "260204"}


def seconds(n: int) -> timedelta:
    return timedelta(seconds=n)


async def test_an_answer_does_not_wait_for_a_broker_that_hangs(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = asyncio.Event()
    publish = intake.one.bus.publish

    async def hanging(messages: Sequence[Message]) -> list[Outcome]:
        await let_go.wait()
        return await publish(messages)

    monkeypatch.setattr(intake.one.bus, "publish", hanging)
    async with asyncio.timeout(20):
        first, second = await asyncio.gather(intake.submit(), intake.submit())
        answer = await intake.one.http.post(first["links"]["milestones"], json={"milestone": "replied"})
    assert answer.status_code == 201
    assert {first["number"], second["number"]} == {"260201", "260202"}
    let_go.set()
    await until(lambda: len(intake.said("complaint.received")) >= 2, what="the late publish")
    assert {s.number for s in intake.said("complaint.progressed")} <= {2}
