"""Within a major version only additions: what counts as breaking, and that main is not broken."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.compatibility import breaking
from shared.contracts.export import PUBLISHED
from shared.contracts.schemas import schemas

ROOT = Path(__file__).parents[2]
OLD: dict[str, Any] = {
    "type": "object",
    "$defs": {"Case": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}},
    "properties": {
        "case": {"$ref": "#/$defs/Case"},
        "grade": {"enum": ["low", "high"], "type": "string"},
        "count": {"type": "integer", "minimum": 0},
        "note": {"anyOf": [{"type": "string", "maxLength": 20}, {"type": "null"}]},
        "clocks": {"type": "array", "items": {"$ref": "#/$defs/Case"}},
    },
    "required": ["case"],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """OLD with one place set to something else; with None, taken out."""
    new: dict[str, Any] = json.loads(json.dumps(OLD))
    *steps, last = path.split("/")
    place: Any = new
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return new


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/extra", {"type": "string"}),
        ("properties/grade/enum", ["low", "middle", "high"]),
        ("properties/count/type", "number"),
        ("properties/note/anyOf", [{"type": "string", "maxLength": 40}, {"type": "null"}]),
        ("required", []),
        ("$defs/Case/properties/number", {"type": "string"}),
        ("$defs/Case/description", "said better"),
    ],
)
def test_an_addition_breaks_nothing(path: str, value: Any) -> None:
    assert breaking(OLD, changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("properties/count", None, "data.count: is gone"),
        ("properties/count/type", "string", "data.count: was integer, is string"),
        ("properties/count/minimum", 1, "data.count: minimum is now 1"),
        ("required", ["case", "count"], "data.count: is now required"),
        ("properties/grade/enum", ["low"], "data.grade: may no longer be high"),
        ("properties/note/anyOf", [{"type": "string", "maxLength": 20}], "data.note: was null, is string"),
        ("properties/note/anyOf/0/maxLength", 10, "data.note: maxLength is now 10"),
        ("properties/note/anyOf/0/pattern", "^x", "data.note: pattern is now ^x"),
        ("$defs/Case/properties/id/type", "integer", "data.case.id: was string, is integer"),
        ("$defs/Case/properties/id/const", "1", "data.case.id: was free, is now one of ['1']"),
        ("properties/clocks/items", {"type": "string"}, "data.clocks[]: was object, is string"),
        ("additionalProperties", False, "data: unknown properties are no longer allowed"),
    ],
)
def test_what_a_reader_cannot_take_is_breaking(path: str, value: Any, said: str) -> None:
    assert said in breaking(OLD, changed(path, value))


@pytest.mark.parametrize("name", schemas())
def test_nothing_breaks_against_itself(name: str) -> None:
    assert breaking(schemas()[name], schemas()[name]) == []


@pytest.mark.parametrize("name", schemas())
def test_nothing_that_main_has_published_is_broken(name: str) -> None:
    released = on_main(f"{PUBLISHED.relative_to(ROOT).as_posix()}/schemas/{name}.json")
    if released is not None:
        assert breaking(released, schemas()[name]) == []


def on_main(path: str) -> dict[str, Any] | None:
    """The file as main has it; None where main or the file is not to be had."""
    if shutil.which("git") is None:
        return None
    for branch in ("origin/main", "main"):
        shown = subprocess.run(["git", "show", f"{branch}:{path}"], cwd=ROOT, capture_output=True)
        if shown.returncode == 0:
            released: dict[str, Any] = json.loads(shown.stdout)
            return released
    return None
