"""Any JSON as the data of any event: it is read, or pydantic says why not; what is read comes back whole."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.bus.port import Delivery, Message
from shared.contracts.envelope import Envelope
from shared.contracts.export import EXAMPLES
from shared.contracts.registry import BY_TYPE, CONTRACTS
from shared.store.inbox import UnreadableError, read
from tests.bad_input.mutations import RAW, STRANGE, Spoiler

FINITE = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | st.integers() | FINITE | st.text(max_size=30) | st.sampled_from(STRANGE)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)


ANYTHING = st.recursive(LEAVES, _containers)
each = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.type)
often = settings(max_examples=300, deadline=None)


def full(event_type: str) -> dict[str, Any]:
    example: dict[str, Any] = json.loads((EXAMPLES / event_type / "full.json").read_text("utf-8"))
    return example


def read_and_back(event_type: str, data: Any) -> None:
    model = BY_TYPE[event_type].model
    try:
        understood = model.model_validate(data)
    except ValidationError:
        return
    sent = understood.model_dump_json(exclude_none=True)
    assert model.model_validate_json(sent) == understood


@each
@often
@given(data=st.data())
def test_any_json_is_read_or_refused(contract: Any, data: st.DataObject) -> None:
    names = st.sampled_from(sorted(contract.model.model_fields))
    read_and_back(contract.type, data.draw(st.dictionaries(names, ANYTHING, max_size=8) | ANYTHING))


@each
@often
@given(data=st.data())
def test_one_value_changed_is_read_or_refused(contract: Any, data: st.DataObject) -> None:
    changed = full(contract.type)["data"]
    at = changed
    while True:
        name = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[name], dict | list) or not at[name] or data.draw(st.booleans()):
            at[name] = data.draw(ANYTHING)
            break
        at = at[name]
    read_and_back(contract.type, changed)


@often
@given(seed=st.integers(0, 10**9))
def test_any_body_is_an_event_or_unreadable(seed: int) -> None:
    real = [Message(c.key, c.type, (EXAMPLES / c.type / "full.json").read_bytes()) for c in CONTRACTS]
    for spoiled in Spoiler(real, seed)(10):
        is_read_or_unreadable(spoiled.body)


@given(body=st.binary(max_size=400) | st.sampled_from(RAW) | st.text().map(str.encode))
def test_any_bytes_are_unreadable_at_most(body: bytes) -> None:
    is_read_or_unreadable(body)


def is_read_or_unreadable(body: bytes) -> None:
    try:
        envelope = read(Delivery("q", "k", "1", body))
    except UnreadableError as refused:
        why = str(refused)
    else:
        why = "it was read"
        assert Envelope.model_validate_json(envelope.encoded()) == envelope
    assert 0 < len(why) <= 320


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"type": "redress.complaint.graded.v2"}, "unknown event type 'redress.complaint.graded.v2'"),
        ({"type": "com.example.thing"}, "type"),
        ({"source": "a\0b"}, "a name without NUL"),
        ({"data": {"a\0b": 1}}, "without NUL"),
        ({"data": {"facts": {"n": 2**64}}}, "data.facts.n: expected a whole number of at most 64 bits"),
        ({"data": {"facts": {"n": float("nan")}}}, "data.facts.n: expected a number that JSON knows"),
        ({"data": [1]}, "data"),
        ({"time": "2026-02-11T09:00:00"}, "time"),
        ({"sequence": -1}, "sequence"),
        ({"specversion": "0.3"}, "specversion"),
        ({"data": {"text": "x" * 2_100_000}}, "larger than 2097152 bytes"),
    ],
)
def test_the_reason_names_what_is_wrong(change: dict[str, Any], says: str) -> None:
    body = json.dumps(full("redress.complaint.graded.v1") | change).encode()
    with pytest.raises(UnreadableError) as caught:
        read(Delivery("q", "k", "1", body))
    assert says in str(caught.value)


def test_depth_has_an_end() -> None:
    deep: Any = 1
    for _ in range(30):
        deep = [deep]
    body = json.dumps(full("redress.complaint.graded.v1") | {"data": {"facts": deep}}).encode()
    with pytest.raises(UnreadableError, match="at most 20 levels"):
        read(Delivery("q", "k", "1", body))
