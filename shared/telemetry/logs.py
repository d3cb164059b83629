"""Structured logs, one JSON object a line, in which no phone number, e-mail address or complaint stands."""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

_EMAIL = re.compile(r"[^\s@<>\"':,;(]+@[^\s@<>\"',;)]+\.[^\s@<>\"',;)]+")
_DIGITS = re.compile(r"(?<![\w-])(?:\+?\d[\d \-]{6,17}\d)(?![\w-])")
_PERSONAL = frozenset({"text", "body", "data", "complainant", "name", "phone", "email", "address", "payload"})
Event = MutableMapping[str, Any]


def mask(text: str) -> str:
    """The text with e-mail addresses and long runs of digits (phones, cards, identity numbers) hidden."""
    return _DIGITS.sub("[number]", _EMAIL.sub("[e-mail]", text))


def without_personal_data(_logger: object, _method: str, event: Event) -> Event:
    """A structlog processor: drops what is personal by name, masks what looks personal in every value."""
    return {key: _clean(value) for key, value in event.items() if key not in _PERSONAL}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value if _is_time(value) else mask(value)
    if isinstance(value, dict):
        return {k: _clean(v) for k, v in value.items() if k not in _PERSONAL}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    return value


def _is_time(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?", value))


_OURS = ("shared.", "services.", "deploy.")


def traceback_of(error: BaseException) -> str:
    """Where it was raised, and what of. What a library's error says is left out, since it may quote input."""
    parts = []
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        kind = type(at)
        safe = isinstance(at, OSError) or kind.__module__.startswith(_OURS)
        said = f": {str(at).splitlines()[0][:200]}" if safe and str(at) else ""
        frames = "".join(traceback.format_tb(at.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{kind.__qualname__}{said}")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\n\nwhich came of\n\n".join(parts)


def _exceptions(_logger: object, _method: str, event: Event) -> Event:
    """A structlog processor: an exception becomes its traceback."""
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given is not None and not isinstance(given, BaseException):
        given = sys.exc_info()[1] if given else None
    if given is not None:
        event["exception"] = traceback_of(given)
    return event


def set_up(service: str, level: int = logging.INFO, *, readable: bool = False) -> None:
    """Send structlog and the standard library's logging to stderr, cleaned. `readable` is for terminals."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exceptions,
        without_personal_data,
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    last = (
        structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=last, foreign_pre_chain=chain))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("aio_pika", "aiormq", "pymongo", "uvicorn", "httpx", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)
