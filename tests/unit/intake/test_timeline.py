"""The timeline tells everything in both languages, in the order in which it happened."""

from typing import Any

from services.intake.heard import apply
from services.intake.timeline import timeline
from shared.store.page import Page
from tests.parts.heard_story import at, story
from tests.parts.small_pack import unit


def body() -> dict[str, Any]:
    page = Page("c1")
    for envelope in story("c1"):
        apply(page, envelope)
    complaint = {"kind": "complaint", "received_at": at(0)}
    milestones = [{"id": "m", "name": "replied", "occurred_at": at(10), "recorded_at": at(11), "by": "a"}]
    return page.body | {"complaint": complaint, "milestones": milestones}


def test_in_words() -> None:
    entries = timeline(body(), unit().pack.pack)
    assert entries == sorted(entries, key=lambda e: e["at"])
    assert [(e["title"]["zh"], e["title"]["en"]) for e in entries if e["at"] >= at(6)] == [
        ("时限预警：答复", "clock warned: reply"),
        ("超过时限：答复", "deadline passed: reply"),
        ("超过时限：答复", "deadline passed: reply"),
        ("升级至经理：催办", "escalated to manager: chase"),
        ("已通知经理（短信）", "told manager by SMS"),
        ("未能通知经理（短信）", "could not tell manager by SMS"),
        ("超时撤回（实际按时完成）：答复", "breach withdrawn: reply"),
        ("已答复", "replied"),
        ("超过时限后完成：答复", "done late: reply"),
    ]


def test_without_the_pack_ids_stand_in_for_titles() -> None:
    titles = [e["title"]["zh"] for e in timeline(body(), None)]
    assert "replied" in titles
    assert "升级至manager：催办" in titles


def test_braces_in_what_people_wrote_do_no_harm() -> None:
    told = body()
    told["heard"][0]["what"]["title"] = {"zh": "{0}{x!r}", "en": "{"}
    assert any("{0}{x!r}" in e["title"]["zh"] for e in timeline(told, None))
