"""The pack and the story of docs/packs.md: they load, hold, and notice the loss of every part they name."""

import re
from pathlib import Path

from deploy.coverage.campaign import Campaign
from deploy.coverage.counting import removable
from deploy.coverage.proving import Ground
from shared.policy.checking import check
from shared.policy.library import Library
from shared.policy.pack import Pack

DOCS = Path(__file__).parents[2] / "docs"
NAME = "quality-complaints"


def written(folder: Path) -> Path:
    """The example written out; the path of its story."""
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / "packs.md").read_text("utf-8"), re.S)
    pack, story = (next(b for b in blocks if mark in b) for mark in (f"pack: {NAME}\nregimes", "scenario:"))
    (folder / f"{NAME}.yaml").write_text(pack, "utf-8")
    file = folder / "story.yaml"
    file.write_text(story, "utf-8")
    return file


def test_the_example_holds_and_notices_the_loss_of_every_part_that_does_something(
    tmp_path: Path, mongo_url: str
) -> None:
    story, library = written(tmp_path), Library(tmp_path)
    assert check(library, NAME, {"between_is_major": "true"}).problems == []
    campaign = Campaign(Ground((tmp_path,), mongo_url), 1)
    played = campaign.play({NAME: [story]}, lambda _done: None)
    assert played[NAME].failed == ()
    parts = removable(*library.written(NAME))
    assert campaign.take_out({NAME: parts}, played, lambda _done: None) == {NAME: []}


def test_the_table_of_blocks_names_every_block() -> None:
    table = (DOCS / "packs.md").read_text("utf-8").partition("## The blocks")[2]
    assert [name for name in Pack.model_fields if f"`{name}`" not in table] == []
