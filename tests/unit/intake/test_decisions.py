"""What people may decide: which facts and grades, who, and why; a withdrawal closes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.milestones import MilestoneRequest, record
from shared.deployment import Unit
from shared.store.page import Page
from shared.web import ProblemError
from tests.parts.deciding_pack import DECIDING
from tests.parts.packs import deployment
from tests.unit.grading.test_decide import complaint

NOW = datetime(2026, 2, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def unit() -> Unit:
    return deployment(DECIDING, "deciding").unit("u1")


def recorded(unit: Unit, milestone: str, data: dict[str, Any], by: str | None = None) -> Page:
    page = Page("c1", body={"complaint": complaint().model_dump(), "state": "open"})
    record(page, MilestoneRequest(milestone=milestone, by=by, data=data), unit, None, NOW)
    return page


@pytest.mark.parametrize(
    ("fact", "value", "by", "kept"),
    [
        ("unfounded", True, "boss", True),
        ("unfounded", None, "boss", None),
        ("cause", "ours", None, "ours"),
        ("cause", "", "anybody", None),
        ("damage", 1280.5, "agent-7", {"minor": 128_050, "currency": "CNY"}),
    ],
)
def test_a_fact_is_kept_by_its_type(unit: Unit, fact: str, value: Any, by: str | None, kept: Any) -> None:
    page = recorded(unit, "decided", {"fact": fact, "value": value, "reason": "查实"}, by)
    assert page.body["milestones"][0]["data"]["value"] == kept
    assert page.body["state"] == "open"


@pytest.mark.parametrize(
    ("milestone", "data", "by", "field"),
    [
        ("decided", {"fact": "unfounded", "value": True, "reason": "r"}, "desk", "by"),
        ("decided", {"fact": "unfounded", "value": True, "reason": "r"}, None, "by"),
        ("decided", {"fact": "unfounded", "value": "yes", "reason": "r"}, "boss", "data.value"),
        ("decided", {"fact": "cause", "value": "mine", "reason": "r"}, "boss", "data.value"),
        ("decided", {"fact": "injured", "value": 1, "reason": "r"}, "boss", "data.fact"),
        ("decided", {"value": 1, "reason": "r"}, "boss", "data.fact"),
        ("decided", {"fact": "cause", "value": "ours"}, "boss", "data.reason"),
        ("decided", {"fact": "cause", "value": "ours", "reason": " "}, "boss", "data.reason"),
        ("decided", {"fact": "cause", "value": "ours", "reason": "r", "why": 1}, "boss", "data.why"),
        ("graded_by_hand", {"grade": "terrible", "reason": "r"}, "boss", "data.grade"),
        ("graded_by_hand", {"grade": "worst", "reason": "r"}, "desk", "by"),
        ("graded_by_hand", {"grade": "worst", "reason": "r"}, None, "by"),
        ("graded_by_hand", {"grade": "worst"}, "boss", "data.reason"),
        ("withdrawn", {"reason": 7}, None, "data.reason"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(
    unit: Unit, milestone: str, data: dict[str, Any], by: str | None, field: str
) -> None:
    with pytest.raises(ProblemError) as refused:
        recorded(unit, milestone, data, by)
    assert refused.value.status == 422
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_a_grade_by_hand_is_only_for_procedures_that_know_it() -> None:
    plain = deployment(DECIDING.replace('  by_hand: {by: [boss], clause: "8"}\n', ""), "deciding").unit("u1")
    with pytest.raises(ProblemError) as refused:
        recorded(plain, "graded_by_hand", {"grade": "worst", "reason": "r"}, "boss")
    assert [reason.field for reason in refused.value.reasons] == ["milestone"]


def test_where_everybody_may_grade_by_hand_it_is_still_somebody() -> None:
    anybody = deployment(DECIDING.replace("by_hand: {by: [boss], ", "by_hand: {"), "deciding").unit("u1")
    given = {"grade": "worst", "reason": "r"}
    recorded(anybody, "graded_by_hand", given, "agent-7")
    with pytest.raises(ProblemError) as refused:
        recorded(anybody, "graded_by_hand", given)
    assert [(reason.field, reason.expected) for reason in refused.value.reasons] == [
        ("by", "who gives the grade")
    ]


def test_a_grade_can_be_given_and_taken_back(unit: Unit) -> None:
    for grade in ("worst", "", None):
        recorded(unit, "graded_by_hand", {"grade": grade, "reason": "复核"}, "boss")


def test_a_withdrawal_closes(unit: Unit) -> None:
    assert recorded(unit, "withdrawn", {}).body["state"] == "closed"
