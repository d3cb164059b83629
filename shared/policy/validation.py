"""Turns what pydantic found wrong in a file into problems with a line and plain words."""

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.policy.source import Path_, Problem, Source, SourceError

M = TypeVar("M", bound=BaseModel)

_PLAIN = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; is it misspelt?",
    "string_type": "expected text",
    "dict_type": "expected a block of names and values",
    "model_type": "expected a block of names and values",
    "list_type": "expected a list",
    "tuple_type": "expected a list",
}
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")


def validated(model: type[M], source: Source) -> M:
    """The file's data as `model`; `SourceError` with every problem found."""
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        raise SourceError(problems(error, source)) from error


def problems(error: ValidationError, source: Source) -> list[Problem]:
    return [source.problem(_path(item, source), _message(item)) for item in error.errors()]


def _path(item: ErrorDetails, source: Source) -> Path_:
    """pydantic puts names of union members into a location; keep what stands in the file, or should."""
    loc: Path_ = item["loc"]
    kept: Path_ = ()
    last_counts = item["type"] == "missing" or not source.lines
    for i, part in enumerate(loc):
        if (*kept, part) in source.lines or (last_counts and i == len(loc) - 1):
            kept = (*kept, part)
    return kept


def _message(item: ErrorDetails) -> str:
    kind, said, given = item["type"], item["msg"], item["input"]
    message = _PLAIN.get(kind) or said.removeprefix("Value error, ").replace("Input should", "should")
    message = _DECIMAL.sub(r"\1", message)
    shown = repr(given) if isinstance(given, (str, int, float, bool)) and kind != "missing" else ""
    return f"{message} (found {shown[:80]})" if shown else message
