"""Bad input over the bus: answered with `complaint.rejected`, or dead with its reason; nothing half done."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.bus.port import SUBMISSIONS, Message
from shared.contracts.envelope import Envelope
from shared.contracts.registry import SERVICES, keys_read_by
from tests.bad_input.house import START, House, house, play, sample_deployment, submission_event
from tests.parts.mongo import Mongo

GOOD: dict[str, Any] = {"unit": "property", "channel": "hotline", "text": "窗框漏水", "category": "repair"}
LARGE = 256 * 1024


@pytest.fixture
async def here(mongo: Mongo, tmp_path: Path) -> AsyncIterator[House]:
    async with house(mongo, sample_deployment(tmp_path)) as here:
        yield here


def bare(body: bytes, id_: str = "m1") -> Message:
    return Message("any", id_, body, exchange=SUBMISSIONS)


def data(**change: Any) -> bytes:
    return json.dumps(GOOD | change).encode()


def event(**change: Any) -> bytes:
    return json.dumps(json.loads(submission_event(GOOD).body) | change).encode()


DEAD: list[tuple[str, bytes, str]] = [
    ("empty", b"", "not JSON"),
    ("no JSON", b"channel=hotline", "not JSON"),
    ("cut off", data()[:-5], "not JSON"),
    ("deep", b'{"fields": ' + b"[" * 5000, "recursion"),
    ("GBK", json.dumps(GOOD, ensure_ascii=False).encode("gbk"), "expected UTF-8"),
    ("UTF-16", data().decode().encode("utf-16"), "expected UTF-8"),
    ("invalid UTF-8", data()[:-2] + b'\xff"}', "expected UTF-8"),
    ("lone surrogate", b'{"text": "\\ud83d"}', "hex escape"),
    ("too large", b'{"text": "' + b"x" * LARGE + b'"}', f"larger than {LARGE} bytes"),
]
REJECTED: list[tuple[str, bytes, str]] = [
    # (what it is, the body, the field that the answer names)
    ("no object", b"[]", "body"),
    ("null", b"null", "body"),
    ("nothing in it", b"{}", "channel"),
    ("twice a name", data()[:-1] + b', "text": "else"}', "text"),
    ("unknown name", data(chanel="x"), "chanel"),
    ("unknown unit", data(unit="nowhere"), "unit"),
    ("unknown pack", data(unit=None, pack="nothing"), "pack"),
    ("unknown kind", data(kind="praise"), "kind"),
    ("unknown channel", data(channel="pigeon"), "channel"),
    ("unknown category", data(category="nothing"), "category"),
    ("unknown field", data(fields={"colour": "red"}), "fields.colour"),
    ("wrong type", data(text=["x"]), "text"),
    ("NaN", data()[:-1] + b', "claim": {"amount": NaN}}', "claim.amount"),
    ("future", data(received_at="2999-01-01T00:00:00Z"), "received_at"),
    ("no offset", data(occurred_at="2026-02-11T09:00:00"), "occurred_at"),
    ("another major", event(type="redress.complaint.submitted.v2"), "type"),
    ("another version", event(specversion="0.3"), "specversion"),
    ("no id", event(id=""), "id"),
    ("long source", event(source="x" * 201), "source"),
    ("data of no object", event(data="text"), "data"),
    ("wrong data", event(data=GOOD | {"channel": "pigeon"}), "channel"),
    ("no time", event(time="soon"), "time"),
]


async def send(here: House, *messages: Message) -> None:
    for outcome in await here.world.bus.publish(messages):
        assert type(outcome).__name__ == "Confirmed", outcome


async def test_what_cannot_be_read_is_dead_with_its_reason(here: House) -> None:
    await send(here, *(bare(body, name) for name, body, _ in DEAD))
    reasons = {burial.delivery.id: burial.reason for burial in await here.dead.of(SUBMISSIONS)}
    assert {name: says in reasons.get(name, "") for name, _, says in DEAD} == {n: True for n, _, _ in DEAD}
    assert set((await here.counts()).values()) == {0}


async def test_what_is_wrong_is_answered_and_names_the_field(here: House) -> None:
    for _ in range(2):
        await send(here, *(bare(body, name) for name, body, _ in REJECTED))
    answers = {e.data["submission"]: e.data["reasons"] for e in said(here, "complaint.rejected")}
    missing = {
        name: answers.get(name)
        for name, _, field in REJECTED
        if field not in {reason["field"] for reason in answers.get(name, ())}
    }
    assert not missing
    assert all(r["problem"] and r["expected"] for reasons in answers.values() for r in reasons)
    counts = await here.counts()
    assert counts["intake.rejections"] == len(said(here, "complaint.rejected")) == len(REJECTED)
    assert (counts["intake.complaints"], await here.numbers_used()) == (0, 0)


async def test_good_neighbours_come_in_once(here: House) -> None:
    good = [submission_event(GOOD | {"ref": f"r{n}"}) for n in range(3)]
    bad = [bare(body, name) for name, body, _ in (*DEAD, *REJECTED)]
    await send(here, good[0], *bad, good[1], good[0], bare(b"\xef\xbb\xbf" + data(), "with a mark"), good[2])
    counts = await here.counts()
    assert counts["intake.complaints"] == await here.numbers_used() == 4
    assert counts["grading.complaints"] == 4
    assert len(said(here, "complaint.received")) == 4


@pytest.fixture
async def played(here: House) -> House:
    await play(here)
    return here


def said(here: House, key: str) -> list[Envelope]:
    return [Envelope.model_validate_json(message.body) for message in here.record.of(key)]


@pytest.mark.parametrize("service", SERVICES)
async def test_an_event_twice_changes_nothing(played: House, service: str) -> None:
    before, pages = await played.counts(), await everything(played, service)
    again = [m for m in list(played.record.said) if m.key in keys_read_by(service)]
    await send(played, *again)
    assert await everything(played, service) == pages
    assert await played.counts() == before


WRONG: list[tuple[dict[str, Any], str]] = [
    # (what is put into an event, what the reason says)
    ({"type": "redress.complaint.graded.v2"}, "unknown event type"),
    ({"type": "redress.complaint.unheard.v1"}, "unknown event type"),
    ({"sequence": "minus one"}, "sequence"),
    ({"time": "2026-02-11T09:00:00"}, "time"),
    ({"source": "a\0b"}, "source"),
    ({"id": ""}, "id"),
    ({"data": {}}, ""),
    ({"data": 7}, "data"),
    ({"data": {"case": {"unit": "nowhere"}}}, ""),
    ({"data": {"a\0b": 1}}, "NUL"),
    ({"data": {"n": 2**70}}, "data.n"),
]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_wrong_event_is_dead_and_leaves_no_trace(here: House, service: str) -> None:
    key = keys_read_by(service)[0]
    real = {
        "specversion": "1.0",
        "id": "e1",
        "source": "/redress/x",
        "type": f"redress.{key}.v1",
        "subject": "c1",
        "partitionkey": "c1",
        "time": START.isoformat(),
        "sequence": 1,
        "data": {},
    }
    for n, (change, _) in enumerate(WRONG):
        await send(here, Message(key, f"e{n}", json.dumps(real | change).encode()))
    dead = await here.dead.of(f"redress.{service}")
    assert [burial.delivery.id for burial in dead] == [f"e{n}" for n in range(len(WRONG))]
    assert {burial.delivery.attempt for burial in dead} == {1}
    assert [says for burial, (_, says) in zip(dead, WRONG, strict=True) if says not in burial.reason] == []
    assert set((await here.counts()).values()) == {0}


async def test_events_of_a_complaint_that_nobody_knows_are_kept_until_it_is_known(played: House) -> None:
    """An event may come before its complaint; that is no error and nothing is said about it."""
    graded = json.loads(played.record.of("complaint.graded")[0].body)
    graded |= {"subject": "not-yet", "partitionkey": "not-yet"}
    messages = len(played.record.of("notification.sent"))
    await send(played, Message("complaint.graded", "early", json.dumps(graded).encode()))
    answer = await played.intake.get("/v1/complaints/not-yet")
    assert answer.status_code == 404
    assert (await played.reporting.get("/complaints/not-yet")).status_code == 404
    assert len(played.record.of("notification.sent")) == messages


async def everything(here: House, service: str) -> Sequence[dict[str, Any]]:
    """All pages of a service, without what counts the writes."""
    pages = here.world.services[service].parts.database.collection("complaints").find({}).sort("_id", 1)
    return [{k: v for k, v in page.items() if k not in ("rev", "writer")} async for page in pages]
