"""Corrections: checked as a submission is, said with the names of what changed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.intake.conftest import NOW, Intake


async def full(intake: Intake) -> dict[str, Any]:
    return await intake.submit(
        category="repair/leak",
        claim={"amount": "1280.50", "currency": "CNY"},
        fields={"house": "1-2", "cost": 99.9, "bought": "2019-05-01T08:00:00+08:00"},
        received_at=(NOW - timedelta(days=1)).isoformat(),
    )


async def test_what_changed_is_said_and_the_rest_stays(intake: Intake) -> None:
    complaint = await full(intake)
    before = await intake.look(complaint["id"])
    patch = {
        "category": "repair/paint",
        "claim": {"amount": "2000.00"},
        "fields": {"cost": None, "visits": 2},
        "complainant": {"name": "张三"},
        "by": "agent-7",
        "reason": "asked again",
    }
    answer = await intake.one.http.patch(complaint["links"]["self"], json=patch)
    assert answer.status_code == 200, answer.text
    changed = ["category", "claim", "complainant.name", "fields.cost", "fields.visits"]
    assert sorted(answer.json()["changed"]) == changed
    (said,) = intake.said("complaint.amended")
    assert (said.data["by"], sorted(said.data["changed"]), said.number) == ("agent-7", changed, 2)
    after = await intake.look(complaint["id"])
    assert said.data["complaint"].items() <= after.items()
    assert after == before | {
        "timeline": after["timeline"],
        "category": "repair/paint",
        "claim": {"minor": 200000, "currency": "CNY"},
        "complainant": {"phone": "138", "name": "张三"},
        "fields": {"house": "1-2", "bought": "2019-05-01T00:00:00Z", "visits": 2},
    }
    timeline = (await intake.look(complaint["id"]))["timeline"]
    assert timeline[-1]["reason"] == "asked again"


async def test_nothing_changed_nothing_said(intake: Intake) -> None:
    complaint = await full(intake)
    same = {"category": "repair/leak", "fields": {"cost": "99.90"}, "claim": {"amount": 1280.5}}
    for patch in ({}, same):
        answer = await intake.one.http.patch(complaint["links"]["self"], json=patch)
        assert (answer.status_code, answer.json()["changed"]) == (200, [])
    assert not intake.said("complaint.amended")


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"category": "gas"}, "category"),
        ({"category": None}, "fields.house"),
        ({"product": None}, "product"),
        ({"text": ""}, "text"),
        ({"txet": "x"}, "txet"),
        ({"number": "1"}, "number"),
        ({"unit": "there"}, "unit"),
        ({"received_at": NOW.isoformat()}, "received_at"),
        ({"fields": {"cost": "much"}}, "fields.cost"),
        ({"by": 7}, "by"),
        ({"reason": ""}, "reason"),
    ],
)
async def test_a_wrong_correction_is_refused_by_field(
    intake: Intake, patch: dict[str, Any], field: str
) -> None:
    complaint = await full(intake)
    before = await intake.look(complaint["id"])
    answer = await intake.one.http.patch(complaint["links"]["self"], json=patch)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert await intake.look(complaint["id"]) == before


async def test_it_cannot_have_occurred_after_what_was_done_about_it(intake: Intake) -> None:
    complaint = await full(intake)
    at = (NOW - timedelta(hours=20)).isoformat()
    await intake.one.http.post(
        complaint["links"]["milestones"], json={"milestone": "replied", "occurred_at": at}
    )
    later = {"occurred_at": (NOW - timedelta(hours=24) + timedelta(minutes=4)).isoformat()}
    assert (await intake.one.http.patch(complaint["links"]["self"], json=later)).status_code == 200
    first = await intake.submit()
    await intake.one.http.post(first["links"]["milestones"], json={"milestone": "replied"})
    soon = {"occurred_at": (NOW + timedelta(minutes=4)).isoformat()}
    answer = await intake.one.http.patch(first["links"]["self"], json=soon)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "occurred_at")


async def test_two_who_correct_at_once_both_count(intake: Intake) -> None:
    complaint = await full(intake)
    patches: list[dict[str, Any]] = [{"branch": "b1"}, {"employee": "e1"}, {"zone": "z1"}, {"event": "ev"}]
    await asyncio.gather(
        *(
            intake.replicas[n % 2].http.patch(complaint["links"]["self"], json=patch)
            for n, patch in enumerate(patches)
        )
    )
    after = await intake.look(complaint["id"])
    for patch in patches:
        assert patch.items() <= after.items()
