"""Finds packs: those that ship with Redress, and those in a folder of the company's own; joins variants to
what they extend.

`bank.yaml` is the pack as it is now; `bank@1.0.0.yaml` beside it is an earlier version, which complaints that
were received under it still keep. It is named with its version: `bank@1.0.0`.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from shared.policy.bound import BoundPack, bind
from shared.policy.inheritance import inherited
from shared.policy.pack import Pack
from shared.policy.source import Problem, Source, SourceError, read
from shared.policy.validation import validated

SHIPPED = Path(__file__).parent.parent / "policies"
VERSION = "@"


class Library:
    """Packs by name. The company's folders come first, so that it can replace a shipped pack."""

    def __init__(self, *folders: Path) -> None:
        self.folders = (*folders, SHIPPED)
        self._read: dict[str, tuple[Source, Pack]] = {}

    def names(self) -> list[str]:
        """The packs as they are now, without earlier versions."""
        return sorted(name for name in self._files() if VERSION not in name)

    def written(self, name: str) -> tuple[Source, Pack]:
        """A pack as written, its shape checked; `SourceError` when there is none or it is wrong."""
        if name not in self._read:
            source = self._whole(read(self._path(name)), ())
            pack = validated(Pack, source)
            _named_like_its_file(pack, source)
            self._read[name] = (source, pack)
        return self._read[name]

    def bound(self, name: str, params: Mapping[str, str] | None = None) -> BoundPack:
        """A pack with the company's values in it, ready to decide."""
        source, pack = self.written(name)
        return bind(source, pack, params)

    def __iter__(self) -> Iterator[Pack]:
        return (self.written(name)[1] for name in self.names())

    def _whole(self, own: Source, above: tuple[str, ...]) -> Source:
        """A file over what it extends, and that over what it extends; `SourceError` when they go round."""
        base = own.data.get("extends") if isinstance(own.data, dict) else None
        if not isinstance(base, str):
            return own
        chain = (*above, Path(own.file).stem)
        if base in chain:
            raise SourceError([own.problem(("extends",), f"goes round: {' -> '.join((*chain, base))}")])
        try:
            path = self._path(base)
        except SourceError as error:
            raise SourceError([own.problem(("extends",), p.message) for p in error.problems]) from None
        below = self._whole(read(path), chain)
        if not isinstance(below.data, dict):
            raise SourceError([below.problem((), "expected a block of names and values")])
        return inherited(own, below)

    def _path(self, name: str) -> Path:
        if name.endswith((".yaml", ".yml")):
            return Path(name)
        known = self._files()
        if name not in known:
            why = f"there is no such pack; {self._there_is(name)}"
            raise SourceError([Problem(f"{name[:80]}.yaml", 1, "", why)])
        return known[name]

    def _there_is(self, name: str) -> str:
        """In the place of a name that is none: those it may have meant, else all."""
        pack, at, _ = name.partition(VERSION)
        if at:
            versions = [other for other in self._files() if other.startswith(pack + at)]
            return f"known: {', '.join(versions) or 'none of its earlier versions'}"
        names = self.names()
        near = [other for other in names if name and name in other] or get_close_matches(name, names)
        return f"did you mean {' or '.join(near[:5])}?" if near else f"known: {', '.join(names)}"

    def _files(self) -> dict[str, Path]:
        """Every file by its name; of two called alike the one in the earlier folder."""
        found = (file for folder in reversed(self.folders) for file in sorted(folder.glob("*.yaml")))
        return {file.stem: file for file in found if file.is_file()}


def _named_like_its_file(pack: Pack, source: Source) -> None:
    name, at, version = Path(source.file).stem.partition(VERSION)
    if pack.pack != name:
        raise SourceError([source.problem(("pack",), f"the file is called {name}.yaml; name it alike")])
    if at and pack.version != version:
        wrong = f"the file is called {name}{VERSION}{version}.yaml; expected version {version}"
        raise SourceError([source.problem(("version",), wrong)])
