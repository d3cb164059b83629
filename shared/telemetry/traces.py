"""OpenTelemetry traces: one complaint, from the call or message that brought it through every service."""

import os
import re
from contextlib import AbstractContextManager
from contextvars import ContextVar
from random import getrandbits

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import DEFAULT_ON
from opentelemetry.trace import INVALID_SPAN, NoOpTracer, NoOpTracerProvider, Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()
_HEADER = re.compile(r"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_CARRIED: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The header of the trace in hand, where no spans are made."""


def tracing(service: str, processor: SpanProcessor | None = None) -> trace.TracerProvider:
    """A provider for one service. Spans leave by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT is set.

    Where nobody looks none are made, but every message still carries its trace.
    """
    if processor is None and os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        processor = BatchSpanProcessor(OTLPSpanExporter())
    if processor is None:
        return NoOpTracerProvider()
    provider = TracerProvider(
        sampler=DEFAULT_ON, resource=Resource.create({"service.name": f"redress-{service}"})
    )
    provider.add_span_processor(processor)
    return provider


def traceparent() -> str | None:
    """The current span, as a W3C traceparent header; None outside a span."""
    if (carried := _CARRIED.get()) or not trace.get_current_span().get_span_context().is_valid:
        return carried
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def _parent(header: str | None) -> Context | None:
    return _PROPAGATOR.extract({"traceparent": header}) if header else None


def span(
    tracer: trace.Tracer, name: str, kind: SpanKind, parent: str | None, **what: str
) -> AbstractContextManager[Span]:
    """A span below `parent` (a traceparent header); what is said inside it carries it on."""
    if isinstance(tracer, NoOpTracer):
        return _Carrying(parent)
    return tracer.start_as_current_span(name, context=_parent(parent), kind=kind, attributes=dict(what))


class _Carrying(AbstractContextManager[Span]):
    """Where no spans are made, what is said inside carries the trace of `parent` on."""

    __slots__ = ("_parent", "_token")

    def __init__(self, parent: str | None) -> None:
        self._parent = parent

    def __enter__(self) -> Span:
        self._token = _CARRIED.set(_carried(self._parent))
        return INVALID_SPAN

    def __exit__(self, *_: object) -> None:
        _CARRIED.reset(self._token)


def _carried(parent: str | None) -> str:
    """The trace that goes on, or a new one, of which no span is kept."""
    if parent and _HEADER.fullmatch(parent):
        return parent
    return _CARRIED.get() or _new()


def _new() -> str:
    new = f"{getrandbits(192):048x}"  # to be told from others, not to be kept from anybody
    return f"00-{new[:32]}-{new[32:]}-00"
