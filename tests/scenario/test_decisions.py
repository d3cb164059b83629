"""A pack that decides everything, played through all five services."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.mail import MailCatcher
from deploy.scenario.player import FailedError, play
from deploy.scenario.stage import House
from shared.policy.library import Library
from tests.parts.deciding_pack import DECIDING

STORY = """
scenario: what people decide, what a clock decides
pack: deciding
steps:
  - at: 2026-02-11T09:00+08:00
    submit: {ref: e, kind: enquiry, channel: phone, text: 请问 }
  - expect: {ref: e, kind: enquiry, category: "", validity: open, grade: none, clock: answer, state: running}
  - at: 2026-02-11T11:00:01+08:00
    expect: {ref: e, grade: light, rules: [urged], facts: {warned: [answer]}}
  - at: 2026-02-11T13:00+08:00
    expect: {ref: e, kind: enquiry, clock: answer, state: running}
  - at: 2026-02-11T13:00:01+08:00
    expect: {ref: e, kind: complaint, category: noise, rules: [overdue, by-kind]}
  - expect: {ref: e, clock: answer, state: breached}
  - expect: {ref: e, clock: reply, state: running, due: 2026-02-13T00:00+08:00}
  - record: {ref: e, milestone: answered, occurred_at: 2026-02-11T12:59+08:00}
  - expect: {ref: e, kind: enquiry, category: "", not_rules: [overdue], no_clock: reply}
  - expect: {ref: e, clock: answer, state: met}
  - submit: {ref: c, channel: phone, text: 電梯壞了，要求賠三十萬, complainant: {phone: "13800000000"}}
  - expect: {ref: c, category: repair/lift, grade: heavy, rules: [by-lift, lifts, dear]}
  - expect: {ref: c, suggestion: {asked_for: 30000000}}
  - decide: {ref: c, fact: unfounded, value: true, by: desk, reason: 查实, refused: true, field: by}
  - decide: {ref: c, fact: unfounded, value: true, by: boss, reason: 查实}
  - expect: {ref: c, validity: invalid, grade: none, rules: [not-so, is-invalid]}
  - decide: {ref: c, fact: unfounded, by: boss, reason: 复议}
  - expect: {ref: c, validity: open, grade: heavy, by_hand: ""}
  - grade_by_hand: {ref: c, grade: worst, by: boss, reason: 影响恶劣}
  - expect: {ref: c, grade: worst, by_hand: boss, rules: [lifts]}
  - grade_by_hand: {ref: c, by: boss, reason: 复核}
  - expect: {ref: c, grade: heavy, by_hand: ""}
  - record: {ref: c, milestone: tried, data: {outcome: failed}}
  - expect: {ref: c, grade: worst, rules: [failed]}
  - withdraw: {ref: c, reason: 已和解}
  - expect: {ref: c, state: closed}
"""
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def house(mongo_url: str) -> Iterator[House]:
    mail = MailCatcher()
    mail.start()
    yield House(mongo_url, mail)
    mail.stop()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "deciding.yaml").write_text(DECIDING, "utf-8")
    return Library(tmp_path)


async def test_it_goes_as_told(tmp_path: Path, library: Library, house: House) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(STORY, "utf-8")
    await play(story, library, house, print)


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ("kind: complaint", "kind: expected complaint, saw enquiry"),
        ("category: noise", "category: expected noise, saw none"),
        ("validity: invalid", "validity: expected invalid, saw open"),
        ("by_hand: boss", "by_hand: expected boss, saw none"),
        ("suggestion: {asked_for: 1}", "suggestion: expected {'asked_for': 1}, saw none"),
        ("facts: {kind: complaint}", "fact kind: expected 'complaint', saw 'enquiry'"),
    ],
)
async def test_an_expectation_that_is_not_met_says_what_was_seen(
    tmp_path: Path, library: Library, house: House, expected: str, says: str
) -> None:
    story = tmp_path / "story.yaml"
    begin = STORY[: STORY.index("  - expect")]
    story.write_text(f"{begin}  - expect: {{ref: e, {expected}}}\n", "utf-8")
    with pytest.raises(FailedError, match="expect e: ") as failed:
        await play(story, library, house, print)
    assert says in str(failed.value)
