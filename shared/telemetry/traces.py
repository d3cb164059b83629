"""OpenTelemetry traces: one complaint, from the call or message that brought it through every service."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


def tracing(service: str, processor: SpanProcessor | None = None) -> TracerProvider:
    """A provider for one service. Spans leave by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set.

    Where nobody looks none are recorded, but every message still carries its trace.
    """
    if processor is None and os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        processor = BatchSpanProcessor(OTLPSpanExporter())
    provider = TracerProvider(
        sampler=ALWAYS_OFF if processor is None else DEFAULT_ON,
        resource=Resource.create({"service.name": f"redress-{service}"}),
    )
    if processor is not None:
        provider.add_span_processor(processor)
    return provider


def traceparent() -> str | None:
    """The current span, as a W3C traceparent header; None outside a span."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def _parent(header: str | None) -> Context | None:
    return _PROPAGATOR.extract({"traceparent": header}) if header else None


@contextmanager
def span(tracer: trace.Tracer, name: str, kind: SpanKind, parent: str | None, **what: str) -> Iterator[Span]:
    """A span below `parent` (a traceparent header); what is said inside it carries it on."""
    context = _parent(parent)
    with tracer.start_as_current_span(name, context=context, kind=kind, attributes=dict(what)) as current:
        yield current
