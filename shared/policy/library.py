"""Finds packs: those that ship with Redress, and those in a folder of the company's own; joins variants to
what they extend."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from shared.policy.bound import BoundPack, bind
from shared.policy.inheritance import inherited
from shared.policy.pack import Pack
from shared.policy.source import Problem, Source, SourceError, read
from shared.policy.validation import validated

SHIPPED = Path(__file__).parent.parent / "policies"


class Library:
    """Packs by name. The company's folders come first, so that it can replace a shipped pack."""

    def __init__(self, *folders: Path) -> None:
        self.folders = (*folders, SHIPPED)
        self._read: dict[str, tuple[Source, Pack]] = {}

    def names(self) -> list[str]:
        found = (file for folder in self.folders for file in folder.glob("*.yaml"))
        return sorted({file.stem for file in found if file.is_file()})

    def written(self, name: str) -> tuple[Source, Pack]:
        """A pack as written, its shape checked; `SourceError` when there is none or it is wrong."""
        if name not in self._read:
            source = self._whole(read(self._path(name)), ())
            pack = validated(Pack, source)
            if pack.pack != Path(source.file).stem:
                raise SourceError(
                    [source.problem(("pack",), f"the file is called {name}.yaml; name it alike")]
                )
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
        known = self.names()
        if name not in known:
            why = f"there is no such pack; known: {', '.join(known)}"
            raise SourceError([Problem(f"{name[:80]}.yaml", 1, "", why)])
        return next(file for folder in self.folders if (file := folder / f"{name}.yaml").is_file())
