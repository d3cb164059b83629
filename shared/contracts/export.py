"""Writes the published documents of the contracts: AsyncAPI and JSON Schema, generated from the models."""

import json
from pathlib import Path

from shared.contracts.asyncapi import asyncapi
from shared.contracts.schemas import Document, schemas

PUBLISHED = Path(__file__).parent / "published"
EXAMPLES = Path(__file__).parent / "examples"


def documents() -> dict[str, Document]:
    """Every document by its path below the published folder: `asyncapi.json`, `schemas/….json`."""
    return {"asyncapi.json": asyncapi()} | {
        f"schemas/{name}.json": schema for name, schema in schemas().items()
    }


def rendered(document: Document) -> str:
    """The text of a document as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def export(folder: Path = PUBLISHED) -> list[Path]:
    """Write every document below `folder`; the files written."""
    written = []
    for name, document in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered(document), "utf-8")
        written.append(path)
    return written
