"""Every scenario that ships with a pack holds, played against all five services."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.mail import MailCatcher
from deploy.scenario.player import FailedError, play
from deploy.scenario.stage import House
from shared.policy.library import SHIPPED, Library
from tests.parts.packs import SMALL

STORIES = sorted(SHIPPED.glob("*/scenarios/*.yaml"))


@pytest.fixture(scope="module")
def mail() -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture(scope="module")
def house(mongo_url: str, mail: MailCatcher) -> House:
    return House(mongo_url, mail)


@pytest.mark.parametrize("story", STORIES, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
async def test_a_shipped_story_holds(story: Path, house: House) -> None:
    await play(story, Library(), house, lambda _line: None)


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
