"""JSON Schema documents of what the services say: the envelope, the submission, the data of every event."""

from typing import Any

from pydantic import BaseModel

from shared.contracts.envelope import Envelope
from shared.contracts.registry import CONTRACTS
from shared.contracts.submission import Submission

Document = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENVELOPE = "envelope"
SUBMISSION = "submission"


def schemas() -> dict[str, Document]:
    """Every schema by name: `envelope`, `submission`, and each event type."""
    models: dict[str, type[BaseModel]] = {ENVELOPE: Envelope, SUBMISSION: Submission}
    models |= {contract.type: contract.model for contract in CONTRACTS}
    return {name: _schema(model) for name, model in models.items()}


def _schema(model: type[BaseModel]) -> Document:
    return {"$schema": DIALECT, **model.model_json_schema(mode="validation")}
