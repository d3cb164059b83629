"""A person puts two complaints to one event."""

from typing import Any

import pytest

from tests.integration.intake.conftest import Intake

pytestmark = pytest.mark.mongo


async def confirm(intake: Intake, one: str, other: str, **more: Any) -> Any:
    return await intake.one.http.post(f"/v1/complaints/{one}/event", json={"same_as": other, **more})


async def event_of(intake: Intake, complaint: dict[str, Any]) -> str | None:
    seen: str | None = (await intake.look(complaint["id"]))["event"] if complaint else None
    return seen


async def test_the_event_of_the_other_is_taken(intake: Intake) -> None:
    first, second = await intake.submit(event="burst pipe"), await intake.submit()
    answer = await confirm(intake, second["id"], first["id"], by="agent", reason="the same street")
    assert (answer.status_code, answer.json()["changed"]) == (200, ["event"])
    assert await event_of(intake, second) == "burst pipe"
    (amended,) = intake.said("complaint.amended")
    assert (amended.subject, amended.data["by"]) == (second["id"], "agent")


async def test_where_the_other_has_none_its_number_names_the_event(intake: Intake) -> None:
    first, second, third = [await intake.submit() for _ in range(3)]
    for one in (second, third, third):
        assert (await confirm(intake, one["id"], first["id"])).status_code == 200
    assert {await event_of(intake, one) for one in (first, second, third)} == {first["number"]}
    assert len(intake.said("complaint.amended")) == 3


@pytest.mark.parametrize("other", ["nowhere", "itself", "there"])
async def test_what_cannot_be_the_same_is_refused(intake: Intake, other: str) -> None:
    first, there = await intake.submit(), await intake.submit(unit="there")
    same_as = {"itself": first["id"], "there": there["id"]}.get(other, other)
    answer = await confirm(intake, first["id"], same_as)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "same_as")
    assert not intake.said("complaint.amended")


async def test_a_complaint_that_is_not_there_is_404(intake: Intake) -> None:
    assert (await confirm(intake, "nowhere", (await intake.submit())["id"])).status_code == 404
