"""What a message carries beside its body, and how that reads: headers to `Delivery` and to `DeadLetter`.

Headers of our own: `ce-id` the event's id; `redress-key` the routing key it first had, since a detour over a
retry queue changes AMQP's; `redress-attempt`, `redress-first-at`, `redress-reason`, `redress-died-at`.
The broker's `x-*` headers are never sent back to it: some versions drop a message for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from shared.bus.port import DeadLetter, Delivery, Message
from shared.bus.topology import dead_queue

ID = "ce-id"
TRACE = "traceparent"
KEY = "redress-key"
ATTEMPT = "redress-attempt"
FIRST_AT = "redress-first-at"
REASON = "redress-reason"
DIED_AT = "redress-died-at"
_OURS = frozenset({ID, KEY, ATTEMPT, FIRST_AT, REASON, DIED_AT})

Headers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as AMQP hands it over, whoever sent it; nothing in it can be relied on."""

    routing_key: str
    body: bytes
    content_type: str
    message_id: str
    headers: Headers
    redelivered: bool = False


def delivery(queue: str, envelope: Envelope) -> Delivery:
    """What the handler of `queue` gets. Odd headers read as if they were missing."""
    headers = envelope.headers
    return Delivery(
        queue=queue,
        key=_text(headers.get(KEY)) or envelope.routing_key,
        id=identity(envelope),
        body=envelope.body,
        content_type=envelope.content_type,
        headers=_for_handlers(headers),
        attempt=_count(headers.get(ATTEMPT)),
        first_at=_moment(headers.get(FIRST_AT)),
        redelivered=envelope.redelivered,
    )


def retried(failed: Delivery, queue: str, reason: str, now: datetime) -> Message:
    """The same message, for the retry queue called `queue`: one attempt older."""
    return _detour(failed, queue, _history(failed, failed.attempt + 1, reason, now))


def buried(failed: Delivery, reason: str, now: datetime) -> Message:
    """The same message, for the dead queue."""
    history = _history(failed, failed.attempt, reason, now)
    return _detour(failed, dead_queue(failed.queue), {**history, DIED_AT: now.isoformat()})


def replayed(work: str, envelope: Envelope) -> Message:
    """A dead letter as it first was, for the work queue that it died on."""
    letter = dead_letter(0, work, envelope)
    headers = {**_for_handlers(envelope.headers), KEY: letter.key}
    return Message(work, letter.id, envelope.body, envelope.content_type, exchange="", headers=headers)


def dead_letter(index: int, queue: str, envelope: Envelope) -> DeadLetter:
    """A message of a dead queue. It was put there by a consumer, or else by the broker itself."""
    headers, broker = envelope.headers, _death(envelope.headers)
    by_consumer = DIED_AT in headers
    return DeadLetter(
        index=index,
        queue=queue,
        key=_text(headers.get(KEY)) or _first(broker.get("routing-keys")) or envelope.routing_key,
        id=identity(envelope),
        reason=_text(headers.get(REASON))
        if by_consumer
        else f"the broker gave up: {_text(broker.get('reason'))}",
        attempts=_count(headers.get(ATTEMPT)),
        first_at=_moment(headers.get(FIRST_AT)),
        died_at=_moment(headers.get(DIED_AT) if by_consumer else broker.get("time")),
        trace=_text(headers.get(TRACE)) or None,
        body=envelope.body,
    )


def _detour(failed: Delivery, queue: str, history: Mapping[str, str]) -> Message:
    headers = {**failed.headers, KEY: failed.key, **history}
    return Message(queue, failed.id, failed.body, failed.content_type, exchange="", headers=headers)


def _history(failed: Delivery, attempt: int, reason: str, now: datetime) -> dict[str, str]:
    first_at = failed.first_at or now
    return {ATTEMPT: str(attempt), FIRST_AT: first_at.isoformat(), REASON: reason}


def identity(envelope: Envelope) -> str:
    return _text(envelope.headers.get(ID)) or envelope.message_id or sha256(envelope.body).hexdigest()


def _for_handlers(headers: Headers) -> dict[str, str]:
    return {
        name: _text(value)
        for name, value in headers.items()
        if name not in _OURS and not name.startswith("x-") and isinstance(value, str | bytes | int | float)
    }


def _death(headers: Headers) -> Mapping[str, object]:
    deaths = headers.get("x-death")
    latest = deaths[0] if isinstance(deaths, list) and deaths else None
    return latest if isinstance(latest, Mapping) else {}


def _first(values: object) -> str:
    return _text(values[0]) if isinstance(values, list) and values else ""


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else str(value)


def _count(value: object) -> int:
    """From 1. A count of more digits than any of ours is nobody's."""
    text = _text(value)
    return max(1, int(text)) if text.isdecimal() and len(text) <= 4 else 1


def _moment(value: object) -> datetime | None:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
