"""Scenarios on trial: what they make use of, and which losses they do not notice."""

from pathlib import Path

import pytest

from deploy.coverage.campaign import Campaign
from deploy.coverage.proving import Ground, stories
from services.intake import outgoing
from shared.policy.library import Library
from tests.parts.packs import SMALL

STORY = """
scenario: a claim, and a reply in time
pack: small
also: [twin]
steps:
  - at: 2026-02-11T09:00+08:00
    submit: {ref: c1, channel: phone, text: 孩子受伤, category: repair/lift, fields: {injured: 1}}
  - expect: {ref: c1, grade: major, rules: [hurt]}
  - at: 2026-02-11T10:00+08:00
    record: {ref: c1, milestone: accepted}
  - at: 2026-02-11T11:00+08:00
    record: {ref: c1, milestone: replied}
  - expect: {ref: c1, clock: reply, state: met, due: 2026-02-12T18:00+08:00}
"""
TWIN = "pack: twin\nversion: 1.0.0\ntitle: {en: Twin}\nextends: small\n"


@pytest.fixture
def ground(tmp_path: Path, mongo_url: str) -> Ground:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    (tmp_path / "twin.yaml").write_text(TWIN, "utf-8")
    folder = tmp_path / "small" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "reply.yaml").write_text(STORY, "utf-8")
    return Ground((tmp_path,), mongo_url)


def test_stories_make_use_of_parts_and_notice_the_loss_of_what_they_expect(ground: Ground) -> None:
    told = {
        pack: files for pack, files in stories(Library(*ground.folders)).items() if pack in ("small", "twin")
    }
    assert set(told) == {"small", "twin"}
    campaign, steps = Campaign(ground, 1), list[int]()
    played = campaign.play(told, steps.append)
    assert {pack: one.failed for pack, one in played.items()} == {"small": (), "twin": ()}
    shown = played["small"].shown()
    assert shown == played["twin"].shown()
    assert {
        "kind:complaint",
        "channel:phone",
        "category:repair",
        "category:repair/lift",
        "field:injured",
        "cue:hurt",
        "rule:hurt",
        "grade:major",
        "clock:reply",
        "clock:major-call",
        "limit:reply/major",
        "milestone:replied",
        "role:boss",
        "numbering",
    } <= shown
    assert not {"rule:claim", "channel:media", "ladder:late", "limit:reply/normal"} & shown
    parts = ("rule:hurt", "cue:hurt", "rule:claim", "clock:reply", "clock:major-call", "limit:reply/major")
    lost = campaign.take_out({"small": parts, "twin": parts[:1]}, played, steps.append)
    # Either of injured and 受伤 makes the rule fire; nothing is expected of the call; no story claims money.
    assert lost == {"small": ["cue:hurt", "rule:claim", "clock:major-call"], "twin": []}
    assert steps == [1, 1, 6, 1]


def test_a_story_that_fails_shows_nothing(ground: Ground) -> None:
    story = ground.folders[0] / "small" / "scenarios" / "reply.yaml"
    story.write_text(STORY.replace("rules: [hurt]", "rules: [claim]"), "utf-8")
    played = Campaign(ground, 1).play({"small": [story]}, lambda _done: None)
    assert played["small"].shown() == frozenset()
    assert "expected claim to fire" in played["small"].failed[0]


def test_several_processes_find_the_same(ground: Ground) -> None:
    told = {"small": stories(Library(*ground.folders))["small"]}
    campaign = Campaign(ground, 2)
    played = campaign.play(told, lambda _done: None)
    parts = {"small": ["rule:hurt", "cue:hurt"]}
    assert campaign.take_out(parts, played, lambda _done: None) == {"small": ["cue:hurt"]}


def test_an_amount_read_from_the_text_is_made_use_of(ground: Ground) -> None:
    amounts = "facts: {amounts: {asked: {title: {en: asked}, reads: money, suggests: claim}}}\n"
    (ground.folders[0] / "twin.yaml").write_text(TWIN + amounts, "utf-8")
    story = ground.folders[0] / "small" / "scenarios" / "reply.yaml"
    submitted = STORY.replace("孩子受伤", "孩子受伤，赔偿300元")
    story.write_text(submitted.replace("pack: small\nalso: [twin]", "pack: twin"), "utf-8")
    played = Campaign(ground, 1).play({"twin": [story]}, lambda _done: None)
    assert "amount:asked" in played["twin"].shown()


def test_a_story_waits_for_all_that_follows_on_a_machine_however_slow(
    mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer over HTTP does not wait for ever; the story does."""
    monkeypatch.setattr(outgoing, "PATIENCE", 0.001)
    told = {name: stories(Library())[name][:3] for name in ("three-urgencies", "pcb-maker-quality")}
    played = Campaign(Ground((), mongo_url), 1).play(told, lambda _done: None)
    assert [one.failed for one in played.values()] == [(), ()]
