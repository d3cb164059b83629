"""Submissions from the bus: a CloudEvent, or the bare object. What is wrong is answered with an event."""

import asyncio
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from opentelemetry.trace import SpanKind
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pymongo.errors import ConnectionFailure

from services.intake.arrivals import Arrival, Key, Outcome, Refused, Taken
from services.intake.checking import EARLIEST
from services.intake.reading import NotJsonError, parsed, plain, repeats
from services.intake.receiving import Receiving
from shared.bus.port import Dead, Delivery, Done, UnavailableError, Verdict
from shared.contracts.complaints import ComplaintRejected, Reason
from shared.contracts.submission import ComplaintSubmitted, Submission
from shared.contracts.words import Moment
from shared.service import Parts
from shared.store.book import Book
from shared.store.page import Page
from shared.telemetry.traces import span
from shared.web import reasons_of

MAX_BYTES = 256 * 1024
"""The largest submission, over HTTP as well as from the bus."""
MAX_ID = 200


class Submitted(BaseModel):
    """A structured CloudEvent that carries a submission, read as leniently as CloudEvents allows."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    specversion: Literal["1.0"]
    id: str = Field(min_length=1, max_length=MAX_ID)
    source: str = Field(min_length=1, max_length=MAX_ID)
    type: Literal["redress.complaint.submitted.v1"]
    time: Moment | None = None
    traceparent: str | None = Field(default=None, max_length=100)
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A submission that is refused. `key` tells its message from all others; `ref` is the submitter's."""

    key: str
    submission: str
    ref: str | None
    reasons: tuple[Reason, ...]


class Submissions:
    """Handles the queue `redress.submissions`; a batch is written together."""

    def __init__(self, parts: Parts, receiving: Receiving, rejections: Book) -> None:
        self._clock, self._telemetry = parts.clock, parts.telemetry
        self._receiving, self._rejections = receiving, rejections

    async def handle(self, batch: Sequence[Delivery]) -> list[Verdict]:
        try:
            with self._telemetry.batch_seconds.time():
                verdicts = await self._verdicts(batch)
        except ConnectionFailure as error:
            raise UnavailableError(str(error).splitlines()[0][:200]) from error
        for verdict in verdicts:
            self._telemetry.events.labels("complaint.submitted", type(verdict).__name__.lower()).inc()
        return verdicts

    async def _verdicts(self, batch: Sequence[Delivery]) -> list[Verdict]:
        verdicts: list[Verdict] = [Done()] * len(batch)
        arrivals: list[tuple[Arrival, Delivery]] = []
        rejections: list[Rejection] = []
        for i, delivery in enumerate(batch):
            match self._read(delivery):
                case Dead() as dead:
                    verdicts[i] = dead
                case Rejection() as rejection:
                    rejections.append(rejection)
                case Arrival() as arrival:
                    arrivals.append((arrival, delivery))
        known = await self._rejected_before(arrivals)
        arrivals = [pair for pair in arrivals if _name(pair[0]) not in known]
        outcomes = await self._receiving.take([arrival for arrival, _ in arrivals])
        rejections += _refusals(arrivals, outcomes)
        await self._reject(rejections)
        sending = {o.sending for o in outcomes if isinstance(o, Taken) and o.sending is not None}
        if sending:
            await asyncio.wait(sending)
        return verdicts

    def _read(self, delivery: Delivery) -> Arrival | Rejection | Dead:
        if len(delivery.body) > MAX_BYTES:
            return Dead(f"larger than {MAX_BYTES} bytes")
        try:
            body = parsed(delivery.body)
        except NotJsonError as error:
            return Dead(f"not JSON: {error}")
        if not isinstance(body, dict):
            wanted = "a submission, or a CloudEvent that holds one"
            return _refused(delivery, None, [Reason(field="body", problem="is no object", expected=wanted)])
        if twice := repeats(plain(delivery.body)):
            return _refused(delivery, body, twice)
        try:
            return self._arrival(delivery, body)
        except ValidationError as error:
            return _refused(delivery, body, reasons_of(error.errors(include_url=False)))

    def _arrival(self, delivery: Delivery, body: dict[str, Any]) -> Arrival:
        if "specversion" not in body:
            return self._coming(
                delivery.headers.get("traceparent"), Submission.model_validate(body), _key(delivery)
            )
        event = Submitted.model_validate(body)
        submission = ComplaintSubmitted.model_validate(event.data)
        key = Key("event", _short(f"{event.source} {event.id}"))
        trace = event.traceparent or delivery.headers.get("traceparent")
        return self._coming(trace, submission, key, self._believable(event.time))

    def _coming(
        self, trace: str | None, submission: Submission, key: Key, sent_at: datetime | None = None
    ) -> Arrival:
        with span(self._telemetry.tracer, "process complaint.submitted", SpanKind.CONSUMER, trace):
            return Arrival(submission, key, sent_at, copy_context())

    def _believable(self, moment: datetime | None) -> datetime | None:
        """The time of the event, unless the sender's clock is plainly wrong."""
        return moment if moment and EARLIEST <= moment <= self._clock.now() else None

    async def _rejected_before(self, arrivals: Sequence[tuple[Arrival, Delivery]]) -> set[str]:
        """A message that was refused once stays refused, whatever has changed since."""
        names = [_name(arrival) for arrival, _ in arrivals]
        found = self._rejections.pages.find({"_id": {"$in": names}}, {"_id": 1}) if names else None
        return {d["_id"] async for d in found} if found else set()

    async def _reject(self, rejections: Sequence[Rejection]) -> None:
        pages = {rejection.key: self._page(rejection) for rejection in rejections}
        lost = await self._rejections.save(list(pages.values()))
        await self._rejections.send(page for key, page in pages.items() if key not in lost)

    def _page(self, rejection: Rejection) -> Page:
        now = self._clock.now()
        page = Page(rejection.key, body={"rejected_at": now})
        said = ComplaintRejected(
            submission=rejection.submission,
            ref=rejection.ref,
            reasons=rejection.reasons[:50],
            rejected_at=now,
        )
        page.say(said, source="intake", time=now, now=now)
        return page


def _refusals(
    arrivals: Sequence[tuple[Arrival, Delivery]], outcomes: Sequence[Outcome]
) -> Iterator[Rejection]:
    for (arrival, delivery), outcome in zip(arrivals, outcomes, strict=True):
        if isinstance(outcome, Refused):
            yield Rejection(_name(arrival), _short(delivery.id), arrival.submission.ref, outcome.reasons)


def _refused(delivery: Delivery, body: dict[str, Any] | None, reasons: Sequence[Reason]) -> Rejection:
    body = body or {}
    data = body["data"] if isinstance(body.get("data"), dict) and "specversion" in body else body
    ref = data.get("ref")
    named = ref if isinstance(ref, str) and len(ref) <= MAX_ID else None
    return Rejection(_spoken(_key(delivery)), _short(delivery.id), named, tuple(reasons))


def _key(delivery: Delivery) -> Key:
    """The AMQP message id; the bus puts the body's hash in its place where there is none."""
    return Key("message", _short(delivery.id))


def _name(arrival: Arrival) -> str:
    return _spoken(arrival.key) if arrival.key else ""


def _spoken(key: Key) -> str:
    return f"{key.source} {key.id}"


def _short(text: str) -> str:
    """A name that fits an event's id; a longer one is told by its hash."""
    return text if len(text) <= MAX_ID - 20 else sha256(text.encode()).hexdigest()
