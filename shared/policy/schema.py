"""The JSON Schema of pack files, for editors: one for whole packs, a looser one for those that extend."""

from typing import Any

from shared.policy.inheritance import OWN
from shared.policy.pack import Pack

Schema = dict[str, Any]
_REF = "#/$defs/"


def pack_schema() -> Schema:
    """What a pack file may say. A file with `extends` may leave out what its base says, and null it."""
    whole = Pack.model_json_schema(by_alias=True)
    parts: Schema = whole.pop("$defs")
    variant = _loose(whole)
    variant["required"] = ["extends", *(name for name in OWN if name in whole["required"])]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Redress policy pack",
        "description": whole["description"],
        "if": {"required": ["extends"]},
        "then": {"$ref": f"{_REF}variant"},
        "else": {"$ref": f"{_REF}pack"},
        "$defs": {
            "pack": whole,
            **parts,
            "variant": variant,
            **{_variant(name): _loose(part) for name, part in parts.items()},
        },
    }


def _variant(name: str) -> str:
    return f"variant-{name}"


def _loose(schema: Schema) -> Schema:
    """The schema of a part that is laid over another of its kind."""
    loose = {key: _loosened(key, value) for key, value in schema.items() if key != "required"}
    if "id" in schema.get("properties", {}):
        loose["properties"]["before"] = {"type": "string", "description": "the part that it stands before"}
    return loose


def _loosened(key: str, value: Any) -> Any:
    if key == "$ref":
        return value.replace(_REF, f"{_REF}variant-")
    if key in ("properties", "patternProperties"):
        return {name: _or_null(_loose(inner)) for name, inner in value.items()}
    if key == "additionalProperties" and isinstance(value, dict):
        return _or_null(_loose(value))
    if isinstance(value, dict):
        return _loose(value)
    if isinstance(value, list):
        return [_loose(inner) if isinstance(inner, dict) else inner for inner in value]
    return value


def _or_null(schema: Schema) -> Schema:
    choices = [schema, {"type": "null"}]
    items = schema.get("items", {})
    if schema.get("type") == "array" and "$ref" in items:
        choices.append({"type": "object", "additionalProperties": _or_null(items)})
    return {"anyOf": choices}
