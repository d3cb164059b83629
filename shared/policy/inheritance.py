"""Variants: a pack that `extends` another says only where it differs.

Blocks merge key by key; a key set to null takes out what the base has there. Lists replace, but lists of
parts that have an `id` (rules, raises, rungs …) merge by it: parts of the base keep their places, new ones
come last or, with `before: ID`, before another. Such a list may be written as a block by id, where null
takes a part out: `rules: {single-claim: null}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.policy.source import Path_, Problem, Source, SourceError

OWN = ("pack", "regimes", "version", "title", "summary", "effective", "ledger")
"""What a variant says for itself."""


def inherited(own: Source, base: Source) -> Source:
    """`own` over `base`; every path still knows the file and line that it comes from. `SourceError`: a part
    is to be taken out, or stood before, that is not there."""
    below, above = _tree(base, (), base.data), _tree(own, (), own.data)
    kept = {key: node for key, node in below.value.items() if key not in OWN}
    flat = _Flat({}, {}, own.file)
    data = flat.lay(_merged(_Node(above.file, above.line, kept), above), ())
    return Source(own.file, data, flat.lines, flat.files)


@dataclass(frozen=True)
class _Node:
    """A value and where it stands; the values of blocks and lists are nodes in turn."""

    file: str
    line: int
    value: Any

    def is_parts(self) -> bool:
        """A list of parts, each with an id of its own."""
        return isinstance(self.value, list) and len(self.by_id()) == len(self.value) > 0

    def by_id(self) -> "dict[str, _Node]":
        blocks = (part for part in self.value if isinstance(part.value, dict) and "id" in part.value)
        return {str(part.value["id"].value): part for part in blocks}


def _tree(source: Source, path: Path_, data: Any) -> _Node:
    value = data
    if isinstance(data, dict):
        value = {key: _tree(source, (*path, key), inner) for key, inner in data.items()}
    elif isinstance(data, list):
        value = [_tree(source, (*path, i), inner) for i, inner in enumerate(data)]
    return _Node(*source.place(path), value)


def _merged(base: _Node, own: _Node) -> _Node:
    if isinstance(base.value, dict) and isinstance(own.value, dict):
        return _Node(own.file, own.line, _blocks(base.value, own.value))
    if base.is_parts():
        if isinstance(own.value, dict):
            return _Node(own.file, own.line, _parts(base.by_id(), own.value))
        if own.is_parts():
            return _Node(own.file, own.line, _parts(base.by_id(), own.by_id()))
    return own


def _blocks(base: Mapping[str, _Node], own: Mapping[str, _Node]) -> dict[str, _Node]:
    """A null for a key that the base does not have stays: it is a value."""
    merged = {key: _merged(node, own[key]) if key in own else node for key, node in base.items()}
    added = {key: node for key, node in own.items() if key not in base}
    gone = {key for key in base if key in own and own[key].value is None}
    return {key: node for key, node in {**merged, **added}.items() if key not in gone}


def _parts(base: Mapping[str, _Node], own: Mapping[str, _Node]) -> list[_Node]:
    order = list(base)
    parts = dict(base)
    for name, node in own.items():
        if node.value is None:
            if name not in parts:
                raise _wrong(node, name, "takes out what the base does not have")
            order.remove(name)
            continue
        if not isinstance(node.value, dict):
            raise _wrong(node, name, "expected a block, or null to take it out")
        written = {key: value for key, value in node.value.items() if key != "before"}
        stands = _Node(node.file, node.line, {"id": _Node(node.file, node.line, name), **written})
        parts[name] = _merged(base[name], stands) if name in base else stands
        if "before" in node.value:
            _stand_before(order, name, node.value["before"])
        elif name not in order:
            order.append(name)
    return [parts[name] for name in order]


def _stand_before(order: list[str], name: str, before: _Node) -> None:
    if name in order:
        order.remove(name)
    if before.value not in order:
        raise _wrong(before, name, f"before: there is no {before.value!r}; there are {', '.join(order)}")
    order.insert(order.index(before.value), name)


def _wrong(node: _Node, name: str, message: str) -> SourceError:
    return SourceError([Problem(node.file, node.line, name, message)])


@dataclass
class _Flat:
    """Nodes laid out again as plain data, a line and, where it is another's, a file for every path."""

    lines: dict[Path_, int]
    files: dict[Path_, str]
    file: str

    def lay(self, node: _Node, path: Path_) -> Any:
        self.lines[path] = node.line
        if node.file != self.file:
            self.files[path] = node.file
        if isinstance(node.value, dict):
            return {key: self.lay(inner, (*path, key)) for key, inner in node.value.items()}
        if isinstance(node.value, list):
            return [self.lay(inner, (*path, i)) for i, inner in enumerate(node.value)]
        return node.value
