"""The logs of a test, written as services write them."""

import io
import logging

import pytest

from shared.telemetry.logs import set_up


@pytest.fixture
def logs() -> io.StringIO:
    """Everything that is logged, by structlog or the standard library, tracebacks too."""
    written = io.StringIO()
    set_up("bad-input")
    stream = logging.getLogger().handlers[0]
    assert isinstance(stream, logging.StreamHandler)
    stream.setStream(written)
    return written
