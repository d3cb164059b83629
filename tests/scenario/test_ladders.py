"""Ladders through all five services: minutes and written reports, duty, the accused passed over, fallback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.mail import MailCatcher
from deploy.scenario.player import FailedError, play
from deploy.scenario.stage import House
from shared.policy.library import Library
from tests.parts.urgent_pack import URGENT

ACCUSED = """
scenario: nobody but the accused
pack: urgent
people:
  agent: {id: wang, name: 王芳, sms: "+8613900000091"}
  leader: {name: 李强, email: li@example.com}
  head: []
steps:
  - at: 2026-02-11T09:00+08:00
    submit: {ref: c1, channel: phone, text: 电梯困人, employee: wang}
  - at: 2026-02-11T09:30:01+08:00
    expect: {ref: c1, escalated_to: duty, notified: {role: duty, channel: sms}}
  - record: {ref: c1, milestone: dissatisfied}
  - expect: {ref: c1, escalated_to: manager, not_escalated_to: agent, notified: {role: manager}}
  - record: {ref: c1, milestone: site_unable}
  - at: 2026-02-11T09:35:02+08:00
    expect: {ref: c1, escalated_to: leader}
  - expect: {ref: c1, clock: written-to-leader, state: running, due: 2026-02-12T09:35:01+08:00}
  - record: {ref: c1, milestone: callback, by: wang, refused: true, gate: by}
  - record: {ref: c1, milestone: callback, by: 王芳, refused: true, gate: by}
  - record: {ref: c1, milestone: callback, refused: true, gate: by}
  - record: {ref: c1, milestone: callback, by: 李强}
  - at: 2026-02-12T09:35:02+08:00
    expect: {ref: c1, clock: written-to-leader, state: breached}
  - expect: {ref: c1, escalated_to: board}
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "urgent.yaml").write_text(URGENT.replace("pack: small", "pack: urgent"), "utf-8")
    (tmp_path / "story.yaml").write_text(ACCUSED, "utf-8")
    return tmp_path


@pytest.fixture
def house(mongo_url: str) -> Iterator[House]:
    mail = MailCatcher()
    mail.start()
    yield House(mongo_url, mail)
    mail.stop()


async def test_a_story_of_ladders_holds(told: Path, house: House) -> None:
    await play(told / "story.yaml", Library(told / "packs"), house, lambda _line: None)


async def test_without_the_fallback_the_accused_has_the_case(told: Path, house: House) -> None:
    pack = told / "packs" / "urgent.yaml"
    pack.write_text(pack.read_text("utf-8").replace(", fallback: manager", ""), "utf-8")
    with pytest.raises(FailedError, match="expected manager"):
        await play(told / "story.yaml", Library(told / "packs"), house, lambda _line: None)
