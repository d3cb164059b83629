"""Grading speaks at first and when the answer changes; an older copy changes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.grading.heard import Grader
from shared.clock import VirtualClock
from shared.contracts.complaints import Complaint, ComplaintAmended, ComplaintReceived
from shared.contracts.envelope import Envelope, event
from shared.contracts.words import Money
from shared.deployment import Deployment
from shared.store.inbox import UnreadableError
from shared.store.page import Page
from tests.parts.packs import SMALL, deployment

NOW = datetime(2026, 2, 11, 1, tzinfo=UTC)


def complaint(**given: Any) -> Complaint:
    base = {
        "id": "c1", "number": "1", "unit": "u1", "pack": "small", "pack_version": "1.0.0",
        "kind": "complaint", "channel": "phone", "text": "等了很久", "occurred_at": NOW, "received_at": NOW,
    }  # fmt: skip
    return Complaint.model_validate({**base, **given})


def received(**given: Any) -> Envelope:
    return event(
        ComplaintReceived(complaint=complaint(**given)), source="intake", subject="c1", sequence=1, time=NOW
    )


def amended(n: int, **given: Any) -> Envelope:
    data = ComplaintAmended(complaint=complaint(**given), changed=tuple(given), amended_at=NOW)
    return event(data, source="intake", subject="c1", sequence=n, time=NOW)


def heard(*events: Envelope, served: Deployment | None = None) -> list[dict[str, Any]]:
    page, grader = Page("c1"), Grader(served or deployment(), VirtualClock(NOW))
    for envelope in events:
        grader(page, envelope)
    return [Envelope.model_validate_json(e["body"]).data for e in page.outbox]


def test_no_rule_gives_the_grade_for_otherwise() -> None:
    (said,) = heard(received())
    assert (said["grade"], said["rules"]) == ("normal", [])


def test_the_first_rule_decides_and_all_that_fire_are_named_with_their_facts() -> None:
    (said,) = heard(received(text="孩子受伤", claim=Money(minor=10_000_000)))
    assert said["grade"] == "major"
    assert [(r["id"], r["clause"]) for r in said["rules"]] == [("hurt", "2"), ("claim", "3")]
    assert said["rules"][1]["facts"] == {"claim_amount": 10_000_000}
    assert said["cues"] == [{"cue": "hurt", "phrase": "受伤", "at": 2}]
    assert (said["owner_role"], said["roster"]) == ("boss", ["boss", "desk"])


def test_a_complaint_about_the_owner_is_owned_by_who_stands_in() -> None:
    text = SMALL.replace("boss: {zh: 主管, en: boss}", "boss: {zh: 主管, en: boss, fallback: desk}")
    served = deployment(text, people={"boss": [{"id": "wu", "name": "Wu"}], "desk": [{"id": "li"}]})
    said = heard(received(text="有人受伤"), amended(2, text="有人受伤", employee="wu"), served=served)
    assert [(s["grade"], s["owner_role"]) for s in said] == [("major", "boss"), ("major", "desk")]


@pytest.mark.parametrize(("fen", "grade"), [(9_999_999, "normal"), (10_000_000, "major")])
def test_the_boundary_of_an_amount(fen: int, grade: str) -> None:
    assert heard(received(claim=Money(minor=fen)))[0]["grade"] == grade


def test_an_amendment_that_changes_nothing_for_the_rules_is_not_announced() -> None:
    assert len(heard(received(), amended(2, text="还在等"))) == 1


def test_an_amendment_regrades_and_names_the_grade_before() -> None:
    said = heard(received(), amended(2, text="孩子受伤"))
    assert [(s["grade"], s.get("previous")) for s in said] == [("normal", None), ("major", "normal")]


def test_a_copy_that_arrives_after_a_newer_one_changes_nothing() -> None:
    assert [s["grade"] for s in heard(amended(2, text="孩子受伤"), received())] == ["major"]


def test_an_unknown_unit_is_for_the_dead_letters() -> None:
    with pytest.raises(UnreadableError, match=r"unknown unit 'u9': expected one of: u1"):
        heard(received(unit="u9"))
