"""One complaint, one trace: from the HTTP call or the message through every service that handles it."""

import json

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.bus.port import SUBMISSIONS, Message
from shared.clock import SystemClock
from tests.parts.mongo import Mongo
from tests.parts.world import client, world

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BODY = {
    "unit": "auto",
    "channel": "phone",
    "text": "维修后仍有异响",
    "claim": {"amount": 300000, "currency": "CNY"},
}
EDGES = {
    ("redress-intake", "redress-grading", "process complaint.received"),
    ("redress-intake", "redress-notify", "process complaint.received"),
    ("redress-intake", "redress-reporting", "process complaint.received"),
    ("redress-grading", "redress-sla", "process complaint.graded"),
    ("redress-grading", "redress-intake", "process complaint.graded"),
    ("redress-sla", "redress-reporting", "process clock.started"),
    ("redress-sla", "redress-intake", "process clock.started"),
}


def edges(spans: tuple[ReadableSpan, ...]) -> set[tuple[str, str, str]]:
    """(service of the parent, service, span name) of every span whose parent is another service's."""
    by_id = {span.context.span_id: span for span in spans if span.context}
    found = set()
    for span in spans:
        parent = by_id.get(span.parent.span_id) if span.parent else None
        if parent is not None and _service(parent) != _service(span):
            found.add((_service(parent), _service(span), span.name))
    return found


def _service(span: ReadableSpan) -> str:
    return str(span.resource.attributes["service.name"])


async def test_a_call_is_followed_through_every_service(mongo: Mongo) -> None:
    spans = InMemorySpanExporter()
    async with (
        world(mongo, SystemClock(), SimpleSpanProcessor(spans)) as opened,
        client(opened, "intake") as intake,
    ):
        answer = await intake.post("/v1/complaints", json=BODY, headers={"traceparent": PARENT})
        assert answer.status_code == 201
    finished = spans.get_finished_spans()
    assert {format(s.context.trace_id, "032x") for s in finished if s.context} == {PARENT.split("-")[1]}
    assert edges(finished) >= EDGES
    assert "POST /v1/complaints" in {s.name for s in finished}


async def test_a_message_is_followed_through_every_service(mongo: Mongo) -> None:
    spans = InMemorySpanExporter()
    async with world(mongo, SystemClock(), SimpleSpanProcessor(spans)) as opened:
        event = {
            "specversion": "1.0",
            "id": "m1",
            "source": "/callcentre",
            "type": "redress.complaint.submitted.v1",
            "traceparent": PARENT,
            "data": BODY,
        }
        await opened.bus.publish([Message("submit", "m1", json.dumps(event).encode(), exchange=SUBMISSIONS)])
    finished = spans.get_finished_spans()
    assert {format(s.context.trace_id, "032x") for s in finished if s.context} == {PARENT.split("-")[1]}
    assert edges(finished) >= EDGES
