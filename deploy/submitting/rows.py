"""Reads submissions from JSON, JSON lines or CSV, plain or gzip, one at a time."""

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from shared.contracts.submission import Submission

Row = dict[str, Any]
TAKEN_BY_NAME = {"text": ("text", "narrative"), "ref": ("ref", "id", "complaint_id", "case_id")}
"""Without --columns a CSV gives its text and its own id; what else it means, nobody can know."""
TIMES = ("received_at", "occurred_at")
UTF_8 = "utf-8"
csv.field_size_limit(1_000_000)


class RowError(Exception):
    """A file cannot be read as submissions. Says where, and what was expected."""


def rows_of(
    file: str, columns: str | None, limit: int | None, zone: str, encoding: str = UTF_8
) -> Iterator[Row]:
    """The submissions of a file; `RowError` when it is none of the three formats."""
    return islice(_rows(file, columns, ZoneInfo(zone), encoding), limit)


def _rows(file: str, columns: str | None, zone: ZoneInfo, encoding: str) -> Iterator[Row]:
    try:
        with _opened(file, encoding) as stream:
            if file.removesuffix(".gz").endswith(".csv"):
                yield from _from_csv(stream, file, columns, zone)
            else:
                yield from _from_json(stream, file)
    except UnicodeDecodeError as error:
        hint = "; as Excel writes it in China: --encoding gb18030" if encoding == UTF_8 else ""
        raise RowError(f"{file}: expected {encoding} text{hint}") from error
    except LookupError as error:
        raise RowError(f"--encoding: {error}; expected one such as gb18030") from error
    except (OSError, EOFError, csv.Error) as error:
        raise RowError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _opened(file: str, encoding: str) -> TextIO:
    """A byte order mark is passed over."""
    path, encoding = Path(file), "utf-8-sig" if encoding == UTF_8 else encoding
    if file == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding=encoding)
    if file.endswith(".gz"):
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _from_json(stream: TextIO, file: str) -> Iterator[Row]:
    """A JSON document (one submission or a list), or one object a line."""
    first = stream.readline()
    lines: Iterable[str] = (line for part in ([first], stream) for line in part)
    if not _whole(first):
        document = _json(first + stream.read(), file, 1)
        yield from document if isinstance(document, list) else [document]
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield from _listed(_json(line, file, number))


def _listed(value: Any) -> list[Row]:
    return value if isinstance(value, list) else [value]


def _whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _json(text: str, file: str, line: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise RowError(f"{file}:{line}: expected JSON: {error}") from error


def _from_csv(stream: TextIO, file: str, columns: str | None, zone: ZoneInfo) -> Iterator[Row]:
    reader = csv.DictReader(stream)
    names = reader.fieldnames or []
    taken = _columns(columns, names, file)
    for record in reader:
        row = {field: record[column] for field, column in taken.items() if record.get(column)}
        for field in TIMES:
            if field in row:
                row[field] = _time(row[field], zone, f"{file}:{reader.line_num}: {taken[field]}")
        yield row


def _columns(columns: str | None, names: Iterable[str], file: str) -> dict[str, str]:
    """Which column fills which field of a submission."""
    have = list(names)
    if columns is None:
        taken = {f: next((c for c in among if c in have), "") for f, among in TAKEN_BY_NAME.items()}
        taken = {field: column for field, column in taken.items() if column}
    else:
        pairs = (pair.partition("=") for pair in columns.split(","))
        taken = {field: column or field for field, _, column in pairs}
    for field, column in taken.items():
        if field not in Submission.model_fields:
            raise RowError(f"--columns: a submission has no field {field!r}; expected {_fields()}")
        if column not in have:
            raise RowError(f"{file}: there is no column {column!r}; there are {', '.join(have)}")
    if "text" not in taken:
        raise RowError(f"{file}: which column is the text? --columns text=…; there are {', '.join(have)}")
    return taken


def _fields() -> str:
    return ", ".join(Submission.model_fields)


def _time(text: str, zone: ZoneInfo, where: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RowError(f"{where}: expected a time such as 2026-02-11 09:00, found {text[:40]!r}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
