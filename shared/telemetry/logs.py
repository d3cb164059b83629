"""Structured logs, one JSON object a line, in which no phone number, e-mail address or complaint stands."""

import logging
import re
import sys
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


def set_up(service: str, level: int = logging.INFO, *, readable: bool = False) -> None:
    """Send structlog and the standard library's logging to stderr, cleaned. `readable` is for terminals."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
