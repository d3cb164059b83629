"""Every scenario that ships with a pack holds, played against all five services."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from deploy.local.mail import MailCatcher
from deploy.scenario.player import FailedError, SourceError, packs_of, play
from deploy.scenario.stage import House
from deploy.scenario.strangers import check_names
from shared.policy.library import SHIPPED, Library
from tests.parts.packs import SMALL


def told() -> Iterator[tuple[Path, str | None]]:
    """Every story for every pack it is told of; one that cannot be read once, to fail when it is played."""
    for file in sorted(SHIPPED.glob("*/scenarios/*.yaml")):
        try:
            yield from ((file, pack) for pack in packs_of(file))
        except SourceError:
            yield file, None


@pytest.fixture(scope="module")
def mail() -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture(scope="module")
def house(mongo_url: str, mail: MailCatcher) -> House:
    return House(mongo_url, mail)


@pytest.mark.parametrize(
    ("story", "pack"), [pytest.param(file, pack, id=f"{pack}/{file.stem}") for file, pack in told()]
)
async def test_a_shipped_story_holds(story: Path, pack: str | None, house: House) -> None:
    await play(story, Library(), house, lambda _line: None, pack)


@pytest.mark.parametrize("story", sorted({file for file, _ in told()}), ids=lambda file: file.stem)
def test_a_shipped_story_expects_nothing_of_strangers(story: Path) -> None:
    check_names(story, Library())


ALSO = """
scenario: told twice
pack: small
also: [stricter]
steps:
  - at: 2026-02-11T09:00+08:00
    submit: {ref: c1, channel: phone, text: 普通}
  - expect: {ref: c1, grade: normal, clock: reply, due: 2026-02-25T18:00+08:00}
"""
STRICTER = """
pack: stricter
version: 1.0.0
title: {en: Stricter}
extends: small
params: {reply_limit: {default: %s working days}}
"""


async def test_a_story_is_told_of_variants_too_and_fails_where_they_differ(
    tmp_path: Path, house: House
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    story = tmp_path / "story.yaml"
    story.write_text(ALSO, "utf-8")
    assert packs_of(story) == ("small", "stricter")
    (tmp_path / "stricter.yaml").write_text(STRICTER % 5, "utf-8")
    await play(story, Library(tmp_path), house, lambda _line: None, "stricter")
    (tmp_path / "stricter.yaml").write_text(STRICTER % 4, "utf-8")
    with pytest.raises(FailedError, match="expected due 2026-02-25T18:00:00"):
        await play(story, Library(tmp_path), house, lambda _line: None, "stricter")


FIRST = """
scenario: told
pack: small
steps:
  - at: 2026-02-11T09:00+08:00
    submit: {ref: c1, channel: phone, text: 孩子受伤}
  - expect: {ref: c1, %s}
"""


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ("grade: normal", "grade: expected normal, saw major (rules: hurt)"),
        ("rules: [claim]", "expected claim to fire, saw hurt"),
        ("clock: reply, state: met", "clock reply: expected met, saw running"),
        (
            "clock: reply, due: 2026-02-13T18:00+08:00",
            "expected due 2026-02-13T18:00:00+08:00, saw 2026-02-12T18:00:00+08:00",
        ),
        ("clock: sleep, state: met", "expected sleep, saw reply (running"),
        ("escalated_to: boss", "expected boss, saw nobody"),
        ("notified: {role: boss}", "expected boss, saw nobody"),
        ("state: closed", "state: expected closed, saw open"),
        ("number: x1", "number: expected x1, saw 202602110001"),
        ("clock: reply, number: x1", "number: expected x1, saw 202602110001"),
    ],
)
async def test_an_expectation_that_fails_says_the_line_and_what_was_seen(
    tmp_path: Path, house: House, expected: str, seen: str
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    story = tmp_path / "story.yaml"
    story.write_text(FIRST % expected, "utf-8")
    with pytest.raises(FailedError) as failed:
        await play(story, Library(tmp_path), house, lambda _line: None)
    assert "story.yaml:7:" in str(failed.value)
    assert seen in str(failed.value)


async def test_a_step_that_must_be_refused_but_is_not_fails(tmp_path: Path, house: House) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    story = tmp_path / "story.yaml"
    story.write_text(
        FIRST % "grade: major" + "  - submit: {channel: phone, text: x}\n    refused: true\n", "utf-8"
    )
    with pytest.raises(FailedError, match="expected a refusal, but it was accepted"):
        await play(story, Library(tmp_path), house, lambda _line: None)


COUNTED = """
scenario: counted
pack: small
steps:
  - at: 2026-02-11T09:00+08:00
    repeat: 2
    submit: {ref: %s, channel: phone, text: 普通}
  - expect: {report: monthly, month: 2026-02, total: 2, by_grade: {%s}}
  - expect: {ref: c%s, grade: normal}
"""


@pytest.mark.parametrize(
    ("ref", "counts", "says"),
    [
        ("c{n}", "normal: 2, major: 0", None),
        ("c{n}", "normal: 2, major: 1", "by_grade: expected {'normal': 2, 'major': 1}, saw {'normal': 2}"),
        ("c", "normal: 2", "story.yaml:9: 'c' names several complaints; in a repeat, {n} tells one from"),
    ],
)
async def test_a_repeated_complaint_has_a_name_of_its_own_and_none_is_a_count(
    tmp_path: Path, house: House, ref: str, counts: str, says: str | None
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    story = tmp_path / "story.yaml"
    story.write_text(COUNTED % (f'"{ref}"', counts, "1" if "n" in ref else ""), "utf-8")
    with nullcontext() if says is None else pytest.raises(FailedError, match=re.escape(says)):
        await play(story, Library(tmp_path), house, lambda _line: None)
