"""`docs/pack-reference.md`: every block and key of a pack, from the models and what they say."""

from collections.abc import Iterator
from typing import Any

from shared.policy.pack import Pack

Schema = dict[str, Any]
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def reference() -> str:
    """The page, in Markdown: the root first, then each block where it is first named."""
    whole = Pack.model_json_schema(by_alias=True)
    parts: Schema = whole.pop("$defs")
    lines = ["# Keys of a pack", "", "Written by `redress policy schema --page` from the models.", ""]
    for name in ["Pack", *_in_order(whole, parts)]:
        lines += _block(name, whole if name == "Pack" else parts[name])
    return "\n".join(lines)


def _in_order(schema: Any, parts: Schema) -> list[str]:
    """The blocks that a schema names, depth first, each once."""
    found: dict[str, None] = {}

    def visit(value: Any) -> None:
        if isinstance(value, list):
            for inner in value:
                visit(inner)
        elif isinstance(value, dict):
            name = _named(value)
            if name and name not in found and "properties" in parts[name]:
                found[name] = None
                visit(parts[name])
            for key, inner in value.items():
                if key != "default":
                    visit(inner)

    visit(schema)
    return list(found)


def _named(schema: Schema) -> str | None:
    reference_ = schema.get("$ref")
    return str(reference_).rpartition("/")[2] if reference_ else None


def _block(name: str, schema: Schema) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield _paragraphs(schema.get("description", ""))
    yield ""
    yield "| key | value | |"
    yield "| --- | --- | --- |"
    for key, value in schema["properties"].items():
        needed = "needed" if key in schema.get("required", ()) else _default(value)
        yield f"| `{key}` | {_value(value)} | {'; '.join(filter(None, (needed, value.get('description'))))} |"
    yield ""


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _default(schema: Schema) -> str:
    default = schema.get("default")
    if not isinstance(default, bool | str | int) or default == "":
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}` if not given"


def _value(schema: Schema) -> str:
    if name := _named(schema):
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        kinds = (_value(choice) for choice in schema["anyOf"] if choice.get("type") != "null")
        return " or ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"list of {_value(schema['items'])}" if "items" in schema else "list"
    if schema.get("type") == "object":
        return f"by name: {_value(_inner(schema))}"
    return "date" if schema.get("format") == "date" else _WORDS.get(schema.get("type", ""), "any")


def _inner(schema: Schema) -> Schema:
    patterns = schema.get("patternProperties")
    return next(iter(patterns.values())) if patterns else schema.get("additionalProperties", {})
