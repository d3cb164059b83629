"""A pack in several versions: files side by side, each found by name and version."""

from pathlib import Path

import pytest

from shared.policy.library import Library
from shared.policy.source import SourceError
from tests.parts.trial import PACK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trial.yaml").write_text(PACK.replace("version: 1.0.0", "version: 2.0.0"), "utf-8")
    (tmp_path / "trial@1.0.0.yaml").write_text(PACK, "utf-8")
    return tmp_path


def test_each_version_is_found_by_its_name(folder: Path) -> None:
    library = Library(folder)
    assert library.bound("trial").edition == ("trial", "2.0.0")
    assert library.bound("trial@1.0.0").edition == ("trial", "1.0.0")


def test_earlier_versions_are_no_packs_of_their_own(folder: Path) -> None:
    library = Library(folder)
    assert "trial" in library.names()
    assert not [name for name in library.names() if "@" in name]


def test_a_file_must_hold_the_version_that_it_is_called_by(folder: Path) -> None:
    (folder / "trial@3.0.0.yaml").write_text(PACK, "utf-8")
    with pytest.raises(SourceError, match=r"trial@3\.0\.0\.yaml:3: version: .* expected version 3\.0\.0"):
        Library(folder).bound("trial@3.0.0")


@pytest.mark.parametrize(
    ("asked", "known"), [("trial@9.9.9", r"known: trial@1\.0\.0$"), ("freight@1.0.0", "none of its earlier")]
)
def test_a_version_that_is_not_there_is_refused_with_those_that_are(
    folder: Path, asked: str, known: str
) -> None:
    with pytest.raises(SourceError, match=known):
        Library(folder).bound(asked)
