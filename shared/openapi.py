"""What the OpenAPI documents of all services say alike: problem documents; and bodies read by hand."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{model}"
Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_REASON: Schema = {
    "type": "object",
    "required": ["field", "problem", "expected"],
    "properties": {"field": _TEXT, "problem": _TEXT, "expected": _TEXT},
}
ERRORS: dict[int | str, Schema] = {
    "default": {
        "description": "A problem document (RFC 9457); `errors` names each field and what was expected.",
        "content": {
            PROBLEM: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status"],
                    "properties": {
                        "type": _TEXT,
                        "title": _TEXT,
                        "status": {"type": "integer"},
                        "errors": {"type": "array", "items": _REASON},
                    },
                }
            }
        },
    }
}
"""For every operation: what is answered instead, when something is wrong."""


def body(name: str) -> Schema:
    """A JSON body of the schema called `name`."""
    content = {"application/json": {"schema": {"$ref": _REF.format(model=name)}}}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI, models: Sequence[type[BaseModel]], more: dict[str, Schema]) -> None:
    """Put `models` and the schemas of `more` beside those that FastAPI finds by itself."""
    made = app.openapi
    _, found = models_json_schema([(model, "validation") for model in models], ref_template=_REF)

    def openapi() -> Schema:
        document = made()
        document.setdefault("components", {}).setdefault("schemas", {}).update(found["$defs"] | more)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
