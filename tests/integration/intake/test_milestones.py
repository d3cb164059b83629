"""Milestones: what the pack declares, in time, once per key, until the complaint is closed."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.integration.intake.conftest import NOW, Intake


async def record(
    intake: Intake, complaint: dict[str, Any], key: str | None = None, **body: Any
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    url = complaint["links"]["milestones"]
    return await intake.one.http.post(url, json={"milestone": "replied", **body}, headers=headers)


async def test_a_milestone_is_recorded_and_said(intake: Intake) -> None:
    complaint = await intake.submit(received_at=(NOW - timedelta(hours=3)).isoformat())
    at = NOW - timedelta(hours=1)
    answer = await record(intake, complaint, by="agent-7", occurred_at=at.isoformat(), data={"content": "好"})
    assert answer.status_code == 201
    (said,) = intake.said("complaint.progressed")
    assert (said.subject, said.number, said.time) == (complaint["id"], 2, at)
    assert said.data["milestone"]["name"] == "replied"
    assert said.data["milestone"]["data"] == {"content": "好"}
    assert said.data["case"]["number"] == complaint["number"]
    seen = await intake.look(complaint["id"])
    assert seen["milestones"] == [answer.json()["milestone"]]
    assert [e["title"]["en"] for e in seen["timeline"]] == ["complaint received", "replied"]


async def test_a_milestone_before_what_it_is_about_or_ahead_of_our_clock_is_refused(intake: Intake) -> None:
    complaint = await intake.submit(received_at=(NOW - timedelta(hours=3)).isoformat())
    for away, says in ((timedelta(hours=-4), "is before"), (timedelta(minutes=6), "is in the future")):
        answer = await record(intake, complaint, occurred_at=(NOW + away).isoformat())
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["field"]) == (422, "occurred_at")
        assert error["problem"].startswith(says)
    skewed = (NOW + timedelta(minutes=4)).isoformat()
    assert (await record(intake, complaint, occurred_at=skewed)).status_code == 201


async def test_a_milestone_that_closes_closes(intake: Intake) -> None:
    complaint = await intake.submit()
    assert (await record(intake, complaint, "k1", milestone="closed")).status_code == 201
    assert (await intake.look(complaint["id"]))["state"] == "closed"
    assert (await record(intake, complaint)).status_code == 409
    assert (await record(intake, complaint, "k1", milestone="closed")).status_code == 200


async def test_a_closed_complaint_takes_what_may_come_after_closing_and_stays_closed(intake: Intake) -> None:
    complaint = await intake.submit()
    closed = await record(intake, complaint, milestone="closed")
    refused = await record(intake, complaint)
    assert (refused.status_code, refused.json()["title"]) == (
        409,
        "The complaint is closed; it takes no further milestones but: audited, "
        "and steps that happened before, told by their occurred_at",
    )
    assert (await record(intake, complaint, milestone="closed")).status_code == 409
    assert (await record(intake, complaint, milestone="audited")).status_code == 201
    seen = await intake.look(complaint["id"])
    assert [m["name"] for m in seen["milestones"]] == ["closed", "audited"]
    assert (seen["state"], seen["closed_at"]) == ("closed", closed.json()["milestone"]["occurred_at"])


async def test_what_happened_before_closing_is_heard_after_it(intake: Intake) -> None:
    complaint = await intake.submit(received_at=(NOW - timedelta(hours=3)).isoformat())
    closing = (NOW - timedelta(hours=1)).isoformat()
    assert (await record(intake, complaint, milestone="closed", occurred_at=closing)).status_code == 201
    for at, taken in ((timedelta(hours=2), 201), (timedelta(hours=1), 409), (timedelta(0), 409)):
        answer = await record(intake, complaint, occurred_at=(NOW - at).isoformat())
        assert answer.status_code == taken
    earlier = (NOW - timedelta(hours=2)).isoformat()
    assert (await record(intake, complaint, milestone="closed", occurred_at=earlier)).status_code == 409
    withdrawn = await record(intake, complaint, milestone="withdrawn", occurred_at=earlier)
    assert withdrawn.status_code == 409
    seen = await intake.look(complaint["id"])
    assert (seen["state"], [m["name"] for m in seen["milestones"]]) == ("closed", ["closed", "replied"])


async def test_a_key_counts_once_however_often_and_wherever_it_comes(intake: Intake) -> None:
    complaint = await intake.submit()
    calls = [
        intake.replicas[n % 2].http.post(
            complaint["links"]["milestones"], json={"milestone": "replied"}, headers={"Idempotency-Key": "k1"}
        )
        for n in range(10)
    ]
    answers = await asyncio.gather(*calls)
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    assert len({a.json()["milestone"]["id"] for a in answers}) == 1
    other = await record(intake, complaint, "k1", by="someone")
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


async def test_milestones_that_come_at_once_are_all_kept(intake: Intake) -> None:
    complaint = await intake.submit()
    calls = [
        replica.http.post(complaint["links"]["milestones"], json={"milestone": "replied", "by": f"a{n}"})
        for n in range(8)
        for replica in intake.replicas
    ]
    assert {a.status_code for a in await asyncio.gather(*calls)} == {201}
    assert len((await intake.look(complaint["id"]))["milestones"]) == 16
    assert {s.number for s in intake.said("complaint.progressed")} == set(range(2, 18))


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        (
            {"milestone": "replyed"},
            "milestone",
            "one of: replied, audited, closed, decided, graded_by_hand, withdrawn, extended; did you mean",
        ),
        ({"occurred_at": (NOW + timedelta(hours=1)).isoformat()}, "occurred_at", "not after"),
        ({"occurred_at": (NOW - timedelta(hours=1)).isoformat()}, "occurred_at", "not before"),
        ({"occured_at": NOW.isoformat()}, "occured_at", ""),
        ({"data": {"a": {"$b": 1}}}, "data", "begin with $"),
        ({"data": {"n": 2**70}}, "data", "numbers between"),
        ({"data": [1]}, "data", ""),
    ],
)
async def test_a_milestone_is_refused_by_field(
    intake: Intake, body: dict[str, Any], field: str, expected: str
) -> None:
    answer = await record(intake, await intake.submit(), **body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert expected in error["expected"]
    assert not intake.said("complaint.progressed")


async def test_unknown_complaints_and_bodies_that_are_no_json(intake: Intake) -> None:
    http = intake.one.http
    assert (
        await http.post("/v1/complaints/none/milestones", json={"milestone": "replied"})
    ).status_code == 404
    assert (await http.get("/v1/complaints/none")).status_code == 404
    assert (await http.patch("/v1/complaints/none", json={})).status_code == 404
    complaint = await intake.submit()
    assert (await http.post(complaint["links"]["milestones"], content=b"{")).status_code == 400
    assert (await http.patch(complaint["links"]["self"], content=b"{")).status_code == 400
    assert (await http.patch(complaint["links"]["self"], content=b"[]")).status_code == 422


async def test_a_complaint_carries_only_so_much(intake: Intake) -> None:
    complaint = await intake.submit()
    big = {"content": "x" * 200_000}
    codes = [(await record(intake, complaint, data=big)).status_code for _ in range(22)]
    assert codes == [201] * 20 + [409] * 2
