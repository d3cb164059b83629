"""What a submission is refused for, and what becomes of one that is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.checking import Accepted, check, unit_meant
from shared.contracts.complaints import Reason
from shared.contracts.submission import Submission
from tests.parts.small_pack import deployment, unit

NOW = datetime(2026, 2, 11, 1, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "channel": "phone",
    "text": "厨房漏水",
    "complainant": {"phone": "13800000000"},
    "product": "flat",
}


def checked(**change: Any) -> Accepted | list[Reason]:
    given = {name: value for name, value in (GOOD | change).items() if value is not ...}
    return check(Submission.model_validate(given), unit(), NOW)


def accepted(**change: Any) -> Accepted:
    result = checked(**change)
    assert isinstance(result, Accepted), result
    return result


def refusal(**change: Any) -> Reason:
    result = checked(**change)
    assert isinstance(result, list)
    assert len(result) == 1, result
    return result[0]


def test_what_is_left_out_has_its_default() -> None:
    good = accepted()
    assert (good.received_at, good.occurred_at, good.fields) == (NOW, NOW, {})
    complaint = good.complaint("c1", "260201")
    assert (complaint.id, complaint.number, complaint.unit) == ("c1", "260201", "here")
    assert (complaint.pack, complaint.pack_version, complaint.kind) == ("small", "1.2.0", "complaint")
    assert complaint.complainant.phone == "13800000000"


def test_a_complaint_occurred_when_it_was_received_unless_said() -> None:
    earlier = NOW - timedelta(days=2)
    assert accepted(received_at=earlier).occurred_at == earlier


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        ({"kind": "complain"}, "kind", "did you mean complaint?"),
        ({"channel": "fax"}, "channel", "one of: phone, web"),
        ({"category": "noize"}, "category", "did you mean noise?"),
        ({"category": "noise//x"}, "category", "one of"),
        ({"category": "leak"}, "category", "one of: repair, repair/leak"),
        ({"complainant": {}}, "complainant.phone", "a value"),
        ({"complainant": {"phone": "  "}}, "complainant.phone", "a value"),
        ({"product": ...}, "product", "a value"),
        ({"category": "repair/leak"}, "fields.house", "text"),
        ({"fields": {"hous": "1"}}, "fields.hous", "did you mean house?"),
        ({"fields": {"house": "1-2"}}, "fields.house", "only for category repair"),
        ({"fields": {"reason": "price"}}, "fields.reason", "only for kind enquiry"),
        ({"kind": "enquiry", "fields": {"reason": "pricy"}}, "fields.reason", "one of: price, date"),
        ({"fields": {"tags": ["a", "c"]}}, "fields.tags", "one of: a, b"),
        ({"fields": {"tags": "a"}}, "fields.tags", "a list"),
        ({"fields": {"visits": 1.5}}, "fields.visits", "a whole number"),
        ({"fields": {"visits": True}}, "fields.visits", "a whole number"),
        ({"fields": {"visits": 10**30}}, "fields.visits", "a whole number"),
        ({"fields": {"size": "12"}}, "fields.size", "a number"),
        ({"fields": {"size": float("nan")}}, "fields.size", "a number"),
        ({"fields": {"cost": 1.005}}, "fields.cost", "at most two decimals"),
        ({"fields": {"cost": -1}}, "fields.cost", "an amount of 0 or more"),
        ({"fields": {"cost": True}}, "fields.cost", "an amount"),
        ({"fields": {"cost": {"amount": 1, "in": "CNY"}}}, "fields.cost", "an amount"),
        ({"fields": {"urgent": "yes"}}, "fields.urgent", "true or false"),
        ({"fields": {"bought": "2026-02-11"}}, "fields.bought", "a time with its offset"),
        ({"fields": {"bought": "2026-02-11T09:00:00"}}, "fields.bought", "a time with its offset"),
        ({"fields": {"bought": 1_700_000_000}}, "fields.bought", "a time with its offset"),
        ({"fields": {"bought": "1700000000"}}, "fields.bought", "a time with its offset"),
        ({"received_at": NOW + timedelta(minutes=6)}, "received_at", "not after"),
        ({"occurred_at": NOW + timedelta(minutes=6)}, "occurred_at", "not after"),
        ({"occurred_at": datetime(1999, 12, 31, tzinfo=UTC)}, "occurred_at", "2000"),
    ],
)
def test_a_refusal_names_the_field_and_what_was_expected(
    change: dict[str, Any], field: str, expected: str
) -> None:
    reason = refusal(**change)
    assert reason.field == field
    assert expected in reason.expected


def test_all_that_is_wrong_is_told_together() -> None:
    result = checked(channel="fax", kind="x", product=..., fields={"no": 1})
    assert isinstance(result, list)
    assert {reason.field for reason in result} == {"channel", "kind", "product", "fields.no"}


def test_five_minutes_of_difference_between_clocks_are_nothing() -> None:
    late = NOW + timedelta(minutes=5)
    assert accepted(received_at=late, occurred_at=late + timedelta(minutes=5)).received_at == late


def test_fields_are_kept_as_their_types_say() -> None:
    kept = accepted(
        category="repair",
        claim={"amount": 10, "currency": "USD"},
        fields={
            "house": "1-2",
            "tags": ["b"],
            "visits": 3,
            "size": 88.5,
            "cost": 1280.5,
            "urgent": False,
            "bought": "2019-05-01T08:00:00+08:00",
        },
    ).fields
    assert kept == {
        "house": "1-2",
        "tags": ["b"],
        "visits": 3,
        "size": 88.5,
        "cost": {"minor": 128050, "currency": "USD"},
        "urgent": False,
        "bought": "2019-05-01T00:00:00Z",
    }


@pytest.mark.parametrize("amount", ["1280.50", 1280.5, {"amount": "1280.50", "currency": "CNY"}])
def test_money_may_be_written_in_three_ways(amount: object) -> None:
    assert accepted(fields={"cost": amount}).fields["cost"] == {"minor": 128050, "currency": "CNY"}


def test_an_empty_field_counts_as_left_out() -> None:
    assert accepted(fields={"visits": None, "reason": ""}).fields == {}


def meant(**change: Any) -> object:
    result = unit_meant(Submission.model_validate(GOOD | change), deployment("north", "south"))
    return result.field if isinstance(result, Reason) else result.id


FOUND = """
categorising:
  - {id: leak, category: repair/leak, when: product == "flat", clause: art. 1, says: {en: It leaks.}}
"""


def test_where_the_pack_finds_the_category_its_fields_may_come_without_one() -> None:
    given = Submission.model_validate(GOOD | {"fields": {"house": "1-2"}})
    found = check(given, unit(FOUND), NOW)
    assert isinstance(found, Accepted)
    assert found.fields == {"house": "1-2"}
    assert isinstance(check(Submission.model_validate(GOOD), unit(FOUND), NOW), Accepted)
    named = check(given.model_copy(update={"category": "noise"}), unit(FOUND), NOW)
    assert [(r.field, r.expected) for r in named if isinstance(named, list)] == [
        ("fields.house", "only for category repair")
    ]


def test_which_unit_is_meant() -> None:
    assert meant(unit="south") == "south"
    assert meant(unit="south", pack="small") == "south"
    assert meant(unit="south", pack="other") == "pack"
    assert meant(unit="west") == "unit"
    assert meant(pack="other") == "pack"
    assert meant() == "unit"


def test_a_time_no_calendar_holds_is_a_wrong_time() -> None:
    with pytest.raises(ValueError, match="between the years"):
        Submission.model_validate(GOOD | {"occurred_at": "0001-01-01T00:00:00+08:00"})
