"""Reads YAML that people write, and remembers on which line each value stands.

The core schema of YAML 1.2 is used: `on` and `no` are words, `15:00` is text, decimals stay exact.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file, where, and what to do about it."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        where = f" {self.where}:" if self.where else ""
        return f"{self.file}:{self.line}:{where} {self.message}"


class SourceError(Exception):
    """A file cannot be used; `problems` says why, each with its line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Source:
    """The plain data of a YAML file and the line of every path in it (lists by index).

    `files` names the file of those paths that stand in another one, which this file extends.
    """

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)
    files: dict[Path_, str] = field(default_factory=dict)

    def place(self, path: Path_) -> tuple[str, int]:
        """File and line of `path`, or of the nearest parent that stands in a file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.files.get(path, self.file), self.lines.get(path, 1)

    def line(self, path: Path_) -> int:
        return self.place(path)[1]

    def items(self) -> "list[Source]":
        """What is in it one by one, where it is a list; else itself."""
        if not isinstance(self.data, list):
            return [self]
        return [
            Source(self.file, item, {path[1:]: n for path, n in self.lines.items() if path[:1] == (i,)})
            for i, item in enumerate(self.data)
        ]

    def problem(self, path: Path_, message: str) -> Problem:
        return Problem(*self.place(path), ".".join(str(part) for part in path), message)


_SCALARS = (
    (re.compile(r"^(?:~|null|)$"), lambda _: None),
    (re.compile(r"^true$"), lambda _: True),
    (re.compile(r"^false$"), lambda _: False),
    (re.compile(r"^[-+]?[0-9]{1,18}$"), int),
    (re.compile(r"^[-+]?[0-9]{1,18}\.[0-9]{1,18}$"), Decimal),
)
MAX_BYTES = 2_000_000
MAX_DEPTH = 60
MAX_VALUES = 200_000
"""Values of a file, what an alias stands for counted each time; a few aliases can stand for billions."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path) -> Source:
    """Read a file; `SourceError` when it is not there, too large, not UTF-8 or not YAML."""
    return parse(_text(path), str(path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError([Problem(str(path), 1, "", f"larger than {MAX_BYTES} bytes")])
        return path.read_text("utf-8")
    except OSError as error:
        raise SourceError([Problem(str(path), 1, "", f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise SourceError([Problem(str(path), 1, "", "expected UTF-8 text")]) from error
    except ValueError as error:
        raise SourceError([Problem(repr(str(path)), 1, "", "no file can be called that")]) from error


def read_all(path: Path) -> list[Source]:
    """Read the documents of a file, between lines that begin with `---`; `SourceError` as with `read`."""
    text = _text(path)
    begins = [0, *(m.start() for m in re.finditer(r"^---", text, re.MULTILINE) if m.start() > 0), len(text)]
    parts = [(text[:a].count("\n"), text[a:b]) for a, b in pairwise(begins)]
    return [parse("\n" * above + part, str(path)) for above, part in parts if part.strip("-\n ")]


def parse(text: str, file: str) -> Source:
    """Parse one YAML document; `SourceError` with the line when it is none."""
    try:
        _check_events(text, file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SourceError([Problem(file, line, "", f"not YAML: {error.problem or error.context}")]) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise SourceError([Problem(file, 1, "", "not YAML: a character that YAML does not allow")]) from error
    lines: dict[Path_, int] = {}
    return Source(file, _build(node, (), lines, file, set()) if node else None, lines)


def _check_events(text: str, file: str) -> None:
    """Before the parser builds anything: it calls itself for each level, and a deep file would crash it."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise SourceError([_wrong(event, file, f"nested too deep: at most {MAX_DEPTH} levels")])
        if tag := getattr(event, "tag", None):
            raise SourceError([_wrong(event, file, f"expected a plain value, found the tag {tag[:80]}")])


def _wrong(event: yaml.Event, file: str, message: str) -> Problem:
    mark = event.start_mark
    return Problem(file, mark.line + 1 if mark else 1, "", message)


def _build(node: yaml.Node, path: Path_, lines: dict[Path_, int], file: str, above: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(lines) > MAX_VALUES:
        raise SourceError([Problem(file, line, "", f"more than {MAX_VALUES} values, aliases written out")])
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if id(node) in above or len(path) > MAX_DEPTH:
        raise SourceError([Problem(file, line, "", "refers to itself, or is nested too deep")])
    above = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, i), lines, file, above) for i, item in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise SourceError([Problem(file, line, "", "expected a word as key")])
        key = str(key_node.value)
        if key in result:
            raise SourceError([Problem(file, key_node.start_mark.line + 1, key, "is given twice")])
        lines[(*path, key)] = key_node.start_mark.line + 1
        result[key] = _build(value_node, (*path, key), lines, file, above)
    return result


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return text
    for pattern, make in _SCALARS:
        if pattern.match(text):
            return make(text)
    return text
