"""What a change of a JSON Schema breaks for those who read, or have stored, what the old one described."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
_ANYTHING = "anything"
_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaking(old: Schema, new: Schema) -> list[str]:
    """One line per difference that is more than an addition; empty when the major version may stay.

    Breaking are: a property gone, a type changed, a property newly required, an enum with fewer values, a
    bound or pattern made tighter, unknown properties no longer allowed.
    """
    return list(_Comparison(old, new).between(old, new, "data"))


class _Comparison:
    """Two documents, each with its own `$defs`."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._met: set[tuple[str, str]] = set()

    def between(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        met = (old.get("$ref", ""), new.get("$ref", ""))
        if all(met) and met in self._met:
            return
        self._met.add(met)
        choices = _variants(new, self._new)
        for variant in _variants(old, self._old):
            match = _same_kind(variant, choices)
            if match is None:
                found = " or ".join(sorted({_kind(choice) for choice in choices}))
                yield f"{where}: was {_kind(variant)}, is {found}"
            else:
                yield from self._within(variant, match, where)

    def _within(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        yield from _values(old, new, where)
        yield from _bounds(old, new, where)
        yield from self._properties(old, new, where)
        for inner in ("items", "additionalProperties"):
            before, after = old.get(inner), new.get(inner)
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self.between(before, after, f"{where}[]")

    def _properties(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name not in after:
                yield f"{where}.{name}: is gone"
            else:
                yield from self.between(before[name], after[name], f"{where}.{name}")
        for name in new.get("required", ()):
            if name not in old.get("required", ()):
                yield f"{where}.{name}: is now required"
        if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
            yield f"{where}: unknown properties are no longer allowed"


def _variants(schema: Schema, root: Schema) -> list[Schema]:
    """What a value may be: the schema itself, or each branch of its `anyOf`, references followed."""
    if "$ref" in schema:
        return _variants(_target(schema["$ref"], root), root)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return [variant for branch in branches for variant in _variants(branch, root)]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": kind} for kind in schema["type"]]
    return [schema]


def _target(reference: str, root: Schema) -> Schema:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _kind(schema: Schema) -> str:
    return str(schema.get("type", _ANYTHING))


def _same_kind(variant: Schema, choices: list[Schema]) -> Schema | None:
    """The branch that takes such a value: of the same type, or of a wider one."""
    wider = {"integer": ("integer", "number", _ANYTHING)}.get(_kind(variant), (_kind(variant), _ANYTHING))
    for kind in wider:
        for choice in choices:
            if _kind(choice) == kind:
                return choice
    return None


def _values(old: Schema, new: Schema, where: str) -> Iterator[str]:
    before, after = _allowed(old), _allowed(new)
    if after is None:
        return
    if before is None:
        yield f"{where}: was free, is now one of {after}"
    elif lost := [value for value in before if value not in after]:
        yield f"{where}: may no longer be {', '.join(map(str, lost))}"


def _allowed(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    found = schema.get("enum")
    return list(found) if found is not None else None


def _bounds(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for bound in _LOWER_BOUNDS:
        if bound in new and (bound not in old or new[bound] > old[bound]):
            yield f"{where}: {bound} is now {new[bound]}"
    for bound in _UPPER_BOUNDS:
        if bound in new and (bound not in old or new[bound] < old[bound]):
            yield f"{where}: {bound} is now {new[bound]}"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{where}: pattern is now {new['pattern']}"
