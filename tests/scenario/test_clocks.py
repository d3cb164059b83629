"""Deadlines through all five services: promised, extended, paused, again and again, by branch."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.mail import MailCatcher
from deploy.scenario.player import FailedError, play
from deploy.scenario.stage import House
from shared.policy.library import Library
from tests.parts.clock_pack import CLOCKS

STORY = """
scenario: deadlines of every kind
pack: deadlines
calendar: {closed: {2026-03-02: {zh: 停电, en: power cut}}}
calendars:
  shop: {weekend: [], country: null, shifts: [{from: "10:00", to: "22:00"}]}
steps:
  - at: 2026-02-11T09:00+08:00
    submit: {ref: c1, channel: phone, text: 漏水, fields: {set_limit: soon}}
    refused: true
    field: fields.set_limit
  - submit: {ref: c1, channel: phone, text: 漏水}
  - expect: {ref: c1, clock: reply, due: 2026-02-25T18:00+08:00, paused: false, limit: 5 working days}
  - expect: {ref: c1, clock: visit, due: 2026-02-14T18:00+08:00}
  - promise: {ref: c1, clock: promise, until: 2026-05-01T09:00+08:00, refused: true, field: data.until}
  - promise: {ref: c1, clock: promise, until: 8 working days, refused: true, field: data.until}
  - promise: {ref: c1, clock: promise, until: 2026-02-11T08:00+08:00, refused: true, field: data.until}
  - promise: {ref: c1, clock: promise, until: soon, refused: true, field: data.until}
  - promise: {ref: c1, clock: promise, until: 2 working days}
  - expect: {ref: c1, clock: promise, due: 2026-02-13T18:00+08:00}
  - record: {ref: c1, milestone: accepted}
  - extend: {ref: c1, clock: daily, longer_by: 1 day, reason: x, refused: true, field: data.clock}
  - extend: {ref: c1, clock: nothing, longer_by: 1 day, reason: x, refused: true, field: data.clock}
  - extend: {ref: c1, clock: reply, longer_by: 1 working day, reason: x, refused: true, field: data.consent}
  - extend:
      {ref: c1, clock: reply, longer_by: 1 working day, reason: x, consent: true, approved_by: me,
       refused: true, field: data.approved_by}
  - extend:
      {ref: c1, clock: reply, longer_by: 5 working days, reason: x, consent: true, approved_by: boss,
       refused: true, field: data.by}
  - extend:
      {ref: c1, clock: reply, to: 2026-02-12T18:00+08:00, reason: x, consent: true, approved_by: boss,
       refused: true, field: data.to}
  - extend:
      {ref: c1, clock: reply, longer_by: 2 working days, reason: 待零件, consent: true, approved_by: boss}
  - expect: {ref: c1, clock: reply, due: 2026-02-27T18:00+08:00}
  - at: 2026-02-27T09:00+08:00
    record: {ref: c1, milestone: waiting}
  - expect: {ref: c1, clock: reply, state: running, paused: true}
  - at: 2026-03-20T09:00+08:00
    expect: {ref: c1, clock: reply, state: running, paused: true}
  - record: {ref: c1, milestone: back}
  - expect: {ref: c1, clock: reply, state: running, paused: false, due: 2026-03-20T18:00+08:00}
  - at: 2026-03-20T18:00:01+08:00
    expect: {ref: c1, clock: reply, state: breached}
  - extend:
      {ref: c1, clock: reply, longer_by: 1 working day, reason: x, consent: true, approved_by: boss,
       refused: true, field: data.clock}
  - expect: {ref: c1, clock: daily, run: 1, state: breached, due: 2026-02-13T00:00+08:00}
  - record: {ref: c1, milestone: reported}
  - expect: {ref: c1, clock: daily, run: 1, state: met_late}
  - expect: {ref: c1, clock: daily, state: running, due: 2026-03-22T00:00+08:00}
  - submit: {ref: c2, channel: phone, text: 噪音, branch: shop}
  - expect: {ref: c2, clock: reply, due: 2026-03-25T22:00+08:00}
  - submit: {ref: c3, channel: phone, text: 跨年, received_at: 2026-03-20T18:00+08:00}
  - record: {ref: c3, milestone: replied}
  - record: {ref: c3, milestone: called}
  - expect: {ref: c3, clock: calls, state: running, done: 1}
"""


AFTERWARDS = """
scenario: what is owed of a closed complaint is asked for, told of and done
pack: deadlines
people: {boss: {email: boss@example.com}}
steps:
  - at: 2026-02-11T09:00+08:00
    submit: {ref: c1, channel: phone, text: 漏水}
  - record: {ref: c1, milestone: closed}
  - expect: {ref: c1, clock: reply, state: withdrawn}
  - expect: {ref: c1, clock: audit, due: 2026-02-15T00:00+08:00}
  - record: {ref: c1, milestone: replied, refused: true}
  - extend:
      {ref: c1, clock: reply, longer_by: 1 day, reason: x, consent: true, approved_by: boss, refused: true}
  - at: 2026-02-15T00:00:01+08:00
    expect: {ref: c1, escalated_to: boss, notified: {role: boss, channel: email, about: complaint.escalated}}
  - submit: {ref: c2, channel: phone, text: 漏水}
  - record: {ref: c2, milestone: closed}
  - extend: {ref: c2, clock: audit, longer_by: 2 days, reason: 下雪}
  - expect: {ref: c2, clock: audit, due: 2026-02-21T00:00+08:00}
  - at: 2026-02-20T09:00+08:00
    record: {ref: c1, milestone: audited}
  - expect: {ref: c1, clock: audit, state: met_late}
  - record: {ref: c2, milestone: audited}
  - expect: {ref: c2, clock: audit, state: met}
"""
NOTICE = """
notices:
  late-audit: {on: complaint.escalated, to: [escalated_to], by: [email], clause: "18",
    subject: {en: late}, body: {en: the audit is late}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pack = CLOCKS.replace("pack: small", "pack: deadlines") + NOTICE
    (tmp_path / "deadlines.yaml").write_text(pack, "utf-8")
    return tmp_path


@pytest.fixture
def house(mongo_url: str) -> Iterator[House]:
    mail = MailCatcher()
    mail.start()
    yield House(mongo_url, mail)
    mail.stop()


async def test_a_story_of_deadlines_holds(folder: Path, house: House) -> None:
    story = folder / "story.yml"
    story.write_text(STORY, "utf-8")
    await play(story, Library(folder), house, lambda _line: None)


async def test_what_outlives_a_complaint_is_carried_to_its_end(folder: Path, house: House) -> None:
    story = folder / "story.yml"
    story.write_text(AFTERWARDS, "utf-8")
    await play(story, Library(folder), house, lambda _line: None)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("expect: {ref: c1, clock: reply, paused: true}", "expected paused True, saw False"),
        ("expect: {ref: c1, clock: reply, limit: 4 working days}", "expected limit 4 working days"),
        ("promise: {ref: c1, clock: reply, until: 1 day}", "no milestone promises"),
    ],
)
async def test_what_is_not_so_fails(folder: Path, house: House, step: str, says: str) -> None:
    story = folder / "story.yml"
    start = "  - at: 2026-02-11T09:00+08:00\n    submit: {ref: c1, channel: phone, text: 漏水}\n"
    story.write_text(f"scenario: wrong\npack: deadlines\nsteps:\n{start}  - {step}\n", "utf-8")
    with pytest.raises(FailedError, match=says):
        await play(story, Library(folder), house, lambda _line: None)
