"""Everything one service needs to be watched: its tracer and its metrics, each kept apart per service."""

from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.telemetry.traces import tracing


class Telemetry:
    """One per service and process; in the all-in-one process the five do not mix."""

    def __init__(self, service: str, processor: SpanProcessor | None = None) -> None:
        self.service = service
        self._provider = tracing(service, processor)
        self.tracer: trace.Tracer = self._provider.get_tracer("redress")
        self.registry = CollectorRegistry()
        self.events = Counter(
            "redress_events_total", "Events handled", ["type", "outcome"], registry=self.registry
        )
        self.batch_seconds = Histogram("redress_batch_seconds", "Time a batch took", registry=self.registry)
        self.requests = Counter(
            "redress_http_requests_total",
            "HTTP answers",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "redress_http_seconds", "Time an HTTP call took", ["route"], registry=self.registry
        )
        self.outbox = Gauge("redress_outbox_pending", "Pages with unsent events", registry=self.registry)
        self.firing_lag = Histogram(
            "redress_firing_lag_seconds",
            "Between a timer's due time and its firing",
            registry=self.registry,
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800, 7200),
        )
        self.missed = Counter(
            "redress_sla_missed_total",
            "Timers that were lost or wrong in the store; found by the reconciler and set again",
            registry=self.registry,
        )

    def close(self) -> None:
        if isinstance(self._provider, TracerProvider):
            self._provider.shutdown()
