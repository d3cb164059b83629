"""Headers to deliveries and back: nothing odd hurts, nothing of the broker's is sent back to it."""

from datetime import UTC, datetime

import pytest

from shared.bus import envelope
from shared.bus.envelope import Envelope

NOW = datetime(2026, 2, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 2, 11, 2, tzinfo=UTC)
X_DEATH = [{"reason": "delivery_limit", "time": NOW, "routing-keys": ["clock.met"], "count": 1}]


def sent(**headers: object) -> Envelope:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Envelope("redress.sla", b"body", "application/json", "m1", named)


def test_no_header_of_the_brokers_travels_with_a_retry_a_burial_or_a_replay() -> None:
    came = sent(x_death=X_DEATH, x_first_death_queue="q", x_delivery_count=3, traceparent="t", ce_id="e1")
    delivery = envelope.delivery("redress.sla", came)
    for message in (
        envelope.retried(delivery, "redress.sla.retry.1000ms", "why", NOW),
        envelope.buried(delivery, "why", NOW),
        envelope.replayed("redress.sla", came),
    ):
        assert not [name for name in message.headers if name.startswith("x-")]
        assert message.headers["traceparent"] == "t"
        assert (message.id, message.exchange) == ("e1", "")


def test_attempts_and_the_first_failure_are_carried_up_the_ladder() -> None:
    first = envelope.delivery("redress.sla", sent(ce_id="e1", redress_key="clock.met"))
    again = envelope.retried(first, "retry", "one", NOW)
    second = envelope.delivery("redress.sla", Envelope("redress.sla", b"body", "", "m2", again.headers))
    assert (second.attempt, second.first_at, second.key, second.headers) == (2, NOW, "clock.met", {})
    grave = envelope.buried(second, "two", LATER)
    assert grave.key == "redress.sla.dead"
    letter = envelope.dead_letter(1, "redress.sla", Envelope(grave.key, b"body", "", "m3", grave.headers))
    assert (letter.attempts, letter.first_at, letter.died_at, letter.reason) == (2, NOW, LATER, "two")


def test_the_broker_giving_up_after_a_retry_is_told_as_that() -> None:
    came = sent(
        x_death=X_DEATH, redress_attempt="2", redress_reason="earlier", redress_first_at=NOW.isoformat()
    )
    letter = envelope.dead_letter(1, "redress.sla", came)
    assert letter.reason == "the broker gave up: delivery_limit"
    assert (letter.key, letter.attempts, letter.died_at) == ("clock.met", 2, NOW)


def test_odd_headers_read_as_missing() -> None:
    odd = sent(
        redress_attempt="-3", redress_first_at="yesterday", redress_key=None, x_death="?", ce_id=b"e\xff"
    )
    delivery = envelope.delivery("redress.sla", odd)
    assert (delivery.attempt, delivery.first_at, delivery.key, delivery.id) == (
        1,
        None,
        "redress.sla",
        "e\ufffd",
    )
    assert envelope.dead_letter(1, "redress.sla", odd).reason == "the broker gave up: "


def test_an_id_comes_from_the_header_then_the_property_then_the_body() -> None:
    bare = Envelope("k", b"body", "", "", {})
    assert envelope.delivery("q", sent(ce_id="e1")).id == "e1"
    assert envelope.delivery("q", sent()).id == "m1"
    assert envelope.delivery("q", bare).id == envelope.delivery("q2", bare).id
    assert len(envelope.delivery("q", bare).id) == 64


@pytest.mark.parametrize("count", ["-7", "x", "", "9" * 40, "9" * 5000, "1.5"])
def test_a_count_that_nobody_of_ours_wrote_is_the_first_attempt(count: str) -> None:
    made = envelope.delivery("redress.sla", sent(redress_attempt=count))
    assert made.attempt == 1
