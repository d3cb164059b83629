"""Who hears of what: the pack's notices, the unit's people, the complainant, the role of a rung."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.notify.directory import masked, plain_address
from shared.contracts.words import Person
from tests.unit.notify.stories import PACK, Listener, Story, deployment

THANKS = ("complaint.received", "thanks", "sms", "13900000009")
CLERKS = [
    ("clock.breached", "late-reply", "email", "c1@shop.test"),
    ("clock.breached", "late-reply", "email", "c2@shop.test"),
    ("clock.breached", "late-reply", "sms", "+8613800000001"),
]


def test_the_complainant_is_told_by_what_the_complaint_says() -> None:
    assert Listener().hear(Story().received()).told() == [THANKS]


@pytest.mark.parametrize("phone", [None, "无", "12", "call me"])
def test_without_a_usable_address_the_message_says_so_once(phone: str | None) -> None:
    story = Story(person=Person(name="李四", phone=phone))
    assert Listener().hear(story.received()).told() == [
        ("complaint.received", "thanks", "sms", "no complainant")
    ]


@pytest.mark.parametrize(
    ("clerk", "told_by"),
    [
        ([{"email": "c1@shop.test"}], [("email", "c1@shop.test")]),
        ([{"sms": "+8613800000001"}], [("sms", "+8613800000001")]),
        ([{"email": "c1@shop.test"}, {"name": "Wu"}], [("email", "c1@shop.test")]),
        ([], [("email", "no clerk"), ("sms", "no clerk")]),
    ],
)
def test_who_hears_of_it_by_one_channel_is_not_missed_by_the_other(
    clerk: list[dict[str, str]], told_by: list[tuple[str, str]]
) -> None:
    story, served = Story(), deployment(people={"clerk": clerk, "manager": []})
    told = Listener(served).hear(story.received(), story.graded(), story.breached()).told()
    assert [way[2:] for way in told if way[1] == "late-reply"] == told_by


def test_everybody_in_a_role_is_told_by_each_channel_they_have() -> None:
    story = Story()
    told = Listener().hear(story.received(), story.graded(), story.breached()).told()
    assert told == [*CLERKS, THANKS]


def test_of_narrows_to_the_clock() -> None:
    story = Story()
    assert Listener().hear(story.received(), story.graded(), story.breached("close")).told() == [THANKS]


@pytest.mark.parametrize(
    ("grade", "urgent", "manager_hears"),
    [("major", True, True), ("major", False, False), ("minor", True, False)],
)
def test_when_is_asked_of_the_facts_and_the_grade(grade: str, urgent: bool, manager_hears: bool) -> None:
    story = Story()
    told = Listener().hear(story.received(), story.graded(grade, urgent=urgent), story.breached()).told()
    assert (("clock.breached", "late-major", "email", "boss@shop.test") in told) is manager_hears


def test_an_escalation_tells_the_role_of_the_rung() -> None:
    story = Story()
    told = Listener().hear(story.received(), story.graded(), story.escalated()).told()
    assert ("complaint.escalated", "climbed", "email", "boss@shop.test") in told


def test_a_role_that_nobody_fills_is_a_failure_not_a_silence() -> None:
    story = Story()
    told = Listener().hear(story.received(), story.replied()).told()
    assert ("milestone.replied", "answered", "email", "no ghost") in told
    assert ("milestone.replied", "answered", "email", "zhang@home.test") in told


def test_only_the_first_grade_or_a_change_is_news() -> None:
    story = Story()
    first = Listener().hear(story.received(), story.graded("major")).told()
    assert ("complaint.graded", "graded-major", "email", "boss@shop.test") in first
    same = Listener().hear(story.received(), story.graded("major", previous="major", hour=2)).told()
    assert same == [THANKS]


def test_one_person_in_two_roles_gets_one_message_of_a_notice() -> None:
    people = {"ghost": {"email": "zhang@HOME.test"}}
    story = Story()
    told = Listener(deployment(people=people)).hear(story.received(), story.replied()).told()
    assert [t[3] for t in told if t[1] == "answered"] == ["zhang@home.test"]


def test_people_and_notices_that_come_later_hear_nothing_of_the_past() -> None:
    story = Story()
    listener = Listener(deployment(people={})).hear(story.received(), story.graded(), story.breached())
    before = listener.told()
    listener._hearing = Listener()._hearing
    listener.hear(story.replied())
    assert [t for t in listener.told() if t[0] != "milestone.replied"] == before


def test_addresses_are_masked_for_show() -> None:
    assert masked("email", "boss@shop.test") == "b***@shop.test"
    assert masked("sms", "+8613800000001") == "***0001"
    assert plain_address("sms", "+86 (138) 0000-0001") == "+8613800000001"
    assert plain_address("email", "a@b\r\nBcc: c@d") is None


FALLBACK = PACK.replace("clerk: {en: Clerk, zh: 客服}", "clerk: {en: Clerk, zh: 客服, fallback: manager}")
LATE_BY_MAIL = ("clock.breached", "late-reply", "email")


def late(people: Mapping[str, Any], employee: str | None = None) -> list[tuple[str, str, str, str]]:
    """Who is told of the late reply, of whom the clerk should hear."""
    story = Story(employee=employee)
    heard = Listener(deployment(FALLBACK, people)).hear(story.received(), story.graded(), story.breached())
    return [told for told in heard.told() if told[:3] == LATE_BY_MAIL]


def test_the_fallback_hears_where_nobody_in_the_role_can_be_reached() -> None:
    boss = {"email": "boss@shop.test"}
    assert late({"clerk": [], "manager": boss}) == [(*LATE_BY_MAIL, "boss@shop.test")]
    assert late({"clerk": [{"name": "Wu"}], "manager": boss}) == [(*LATE_BY_MAIL, "boss@shop.test")]
    assert late({"clerk": [], "manager": []}) == [(*LATE_BY_MAIL, "no clerk")]


def test_the_employee_complained_of_is_not_told() -> None:
    wu, li = {"id": "wu", "email": "wu@shop.test"}, {"name": "Li", "email": "li@shop.test"}
    boss = {"email": "boss@shop.test"}
    assert late({"clerk": [wu, li], "manager": boss}, "wu") == [(*LATE_BY_MAIL, "li@shop.test")]
    assert late({"clerk": [wu, li], "manager": boss}, "Li") == [(*LATE_BY_MAIL, "wu@shop.test")]
    assert late({"clerk": [wu], "manager": boss}, "wu") == [(*LATE_BY_MAIL, "boss@shop.test")]
