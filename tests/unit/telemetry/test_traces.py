"""Where nobody looks no spans are made, and the trace goes on all the same."""

import re

import pytest
from opentelemetry.trace import SpanKind

from shared.telemetry.telemetry import Telemetry
from shared.telemetry.traces import span, traceparent

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def inside(*parents: str | None) -> str | None:
    """What is carried inside spans, one in the other."""
    if not parents:
        return traceparent()
    with span(Telemetry("test").tracer, "work", SpanKind.CONSUMER, parents[0]):
        return inside(*parents[1:])


def test_a_trace_is_carried_as_it_came_and_ends_with_its_span() -> None:
    assert inside(PARENT) == inside(PARENT, None) == PARENT
    assert traceparent() is None


@pytest.mark.parametrize(
    "parent", [None, "", "00-a-b-01", PARENT.replace("4bf9", "4BF9"), f"00-{32 * '0'}{PARENT[35:]}"]
)
def test_what_comes_without_a_trace_gets_one_of_its_own(parent: str | None) -> None:
    made = {inside(parent), inside(parent)}
    assert len(made) == 2
    assert all(re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", str(header)) for header in made)
