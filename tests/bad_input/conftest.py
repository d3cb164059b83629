"""The logs of a test, written as services write them."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.telemetry.logs import set_up


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that is logged, by structlog or the standard library, tracebacks too."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    set_up("bad-input")
    stream = root.handlers[0]
    assert isinstance(stream, logging.StreamHandler)
    stream.setStream(written)
    yield written
    root.handlers[:], root.level = handlers, level
    structlog.configure(**configured)
    structlog.contextvars.clear_contextvars()
