"""What is told of customers over HTTP, and what grading answers."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.bus.port import Delivery, Done
from shared.contracts.customers import CustomerTiered
from shared.contracts.envelope import event
from shared.deployment import Deployment
from tests.integration.intake.conftest import NOW, Intake
from tests.parts.tiered_pack import deployment

PATH = "/v1/customers/K-1"
pytestmark = pytest.mark.mongo


@pytest.fixture
def served() -> Deployment:
    return deployment()


async def put(intake: Intake, measures: dict[str, Any], **more: Any) -> Any:
    return await intake.one.http.put(PATH, json={"measures": measures, **more})


async def test_measures_are_kept_whole_and_said_once(intake: Intake) -> None:
    for _ in range(2):
        answer = await put(intake, {"sales": 1000.5, "mood": "sunny"})
        assert answer.status_code == 200, answer.text
    (said,) = intake.said("customer.measured")
    assert said.data["measures"] == {"sales": 100_050, "mood": "sunny"}
    assert (await put(intake, {"late": True})).json()["measures"] == {"late": True}
    seen = await intake.replicas[1].http.get(PATH)
    assert (seen.json()["measures"], seen.json()["tiers"]) == ({"late": True}, {})


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ({"measures": {"sales": "much"}}, "measures.sales", "amount"),
        ({"measures": {"sales": {"amount": 5, "currency": "USD"}}}, "measures.sales", "yuan"),
        ({"measures": {"mood": "odd"}}, "measures.mood", "one of: sunny, gloomy"),
        ({"measures": {"rate": 0.1}}, "measures.rate", "one of: sales, orders, mood, late"),
        ({"measures": {"orders": 1.5}}, "measures.orders", "a whole number"),
        ({"measures": {}, "measured_at": "2026-02-12T00:00:00Z"}, "measured_at", "not after"),
        ({"measures": {}, "unit": "nowhere"}, "unit", "here"),
        ({"unit": "here"}, "measures", ""),
    ],
)
async def test_what_does_not_fit_is_refused_by_field(
    intake: Intake, body: dict[str, Any], field: str, expected: str
) -> None:
    answer = await intake.one.http.put(PATH, json=body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (422, field)
    assert expected in error["expected"]
    assert not intake.said("customer.measured")


async def test_an_older_telling_is_said_and_not_shown(intake: Intake) -> None:
    await put(intake, {"orders": 2})
    answer = await put(intake, {"orders": 1}, measured_at="2026-01-01T00:00:00Z")
    assert answer.json()["measures"] == {"orders": 2}
    assert [e.data["measures"] for e in intake.said("customer.measured")] == [{"orders": 2}, {"orders": 1}]


async def test_the_newest_tiers_are_shown_in_whatever_order_they_come(intake: Intake) -> None:
    await put(intake, {"orders": 1})
    (said,) = intake.said("customer.measured")
    _, handle = intake.one.service.subscriptions[0]
    for sequence, tier in ((2, "a"), (1, "b")):
        tiered = CustomerTiered(
            unit="here", customer="K-1", tiers={"level": tier}, pack_version="1", effective_at=NOW
        )
        told = event(tiered, source="grading", subject=said.subject or "", sequence=sequence, time=NOW)
        batch: Sequence[Delivery] = [Delivery("q", told.key, told.id, told.encoded())]
        assert list(await handle(batch)) == [Done()]
    assert (await intake.one.http.get(PATH)).json()["tiers"] == {"level": "a"}


async def test_a_customer_that_nobody_told_of_is_not_there(intake: Intake) -> None:
    assert (await intake.one.http.get("/v1/customers/K-2")).status_code == 404
