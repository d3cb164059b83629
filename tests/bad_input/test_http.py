"""Bad input over HTTP: a clear answer that names the field and what was expected, and nothing half done."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bad_input.house import START, House, house, play, sample_deployment
from tests.parts.mongo import Mongo

GOOD: dict[str, Any] = {"unit": "property", "channel": "hotline", "text": "窗框漏水", "category": "repair"}
LARGE = 256 * 1024


@pytest.fixture
async def here(mongo: Mongo, tmp_path: Path) -> AsyncIterator[House]:
    async with house(mongo, sample_deployment(tmp_path)) as here:
        yield here


def raw(text: str) -> bytes:
    """The good submission with this put into it, as it stands."""
    return json.dumps(GOOD)[:-1].encode() + b", " + text.encode() + b"}"


def other(**change: Any) -> bytes:
    return json.dumps(GOOD | change).encode()


SUBMISSIONS: list[tuple[str, bytes, int, str]] = [
    # (what it is, the body, the status, what the answer must say: mostly the field)
    ("empty", b"", 400, "not JSON"),
    ("no JSON", b"channel=hotline", 400, "not JSON"),
    ("cut off", other()[:-5], 400, "not JSON"),
    ("no object", b"[1, 2]", 422, "body"),
    ("null", b"null", 422, "body"),
    ("too large", b'{"text": "' + b"x" * LARGE + b'"}', 413, str(LARGE)),
    ("deep", raw('"fields": ' + "[" * 5000 + "]" * 5000), 400, "recursion"),
    ("GBK", json.dumps(GOOD, ensure_ascii=False).encode("gbk"), 400, "UTF-8"),
    ("UTF-16", other().decode().encode("utf-16"), 400, "UTF-8"),
    ("invalid UTF-8", other()[:-2] + b'\xff"}', 400, "UTF-8"),
    ("lone surrogate", raw('"ref": "\\ud83d"'), 400, "unexpected end of hex escape"),
    ("twice a name", raw('"text": "something else"'), 422, "text"),
    ("twice a name inside", raw('"complainant": {"id": "a", "id": "b"}'), 422, "id"),
    ("unknown name", other(chanel="hotline"), 422, "chanel"),
    ("no text", other(text=None), 422, "text"),
    ("blank text", other(text=""), 422, "text"),
    ("only control characters", other(text="\0\1"), 422, "text"),
    ("only space", other(text=" \n\t\u3000"), 422, "text"),
    ("long text", other(text="字" * 20_001), 422, "20000"),
    ("number for text", other(text=5), 422, "text"),
    ("list for channel", other(channel=["hotline"]), 422, "channel"),
    ("unknown unit", other(unit="nowhere"), 422, "property"),
    ("unknown pack", other(unit=None, pack="no-such-pack"), 422, "property-developer"),
    ("pack of another unit", other(pack="bank-consumer-protection"), 422, "property-developer"),
    ("no unit where there are many", other(unit=None), 422, "unit"),
    ("unknown kind", other(kind="compliment"), 422, "complaint"),
    ("unknown channel", other(channel="hotlin"), 422, "hotline"),
    ("unknown category", other(category="repair/nothing"), 422, "category"),
    ("unknown field", other(fields={"colour": "red"}), 422, "fields.colour"),
    ("fields of no object", other(fields=[]), 422, "fields"),
    ("NUL in a name", other(channel="hot\0line"), 422, "channel"),
    ("huge number", raw('"claim": {"amount": ' + "9" * 5000 + "}"), 400, "number out of range"),
    ("large number", raw('"claim": {"amount": ' + "9" * 400 + "}"), 422, "claim.amount"),
    ("huge exponent", raw('"claim": {"amount": "1e999999999"}'), 422, "claim.amount"),
    ("negative amount", other(claim={"amount": -1}), 422, "claim.amount"),
    ("too many decimals", other(claim={"amount": "1.001"}), 422, "two digits"),
    ("NaN", raw('"claim": {"amount": NaN}'), 422, "claim.amount"),
    ("Infinity", raw('"claim": {"amount": -Infinity}'), 422, "claim.amount"),
    ("no currency", other(claim={"amount": 1, "currency": "yuan"}), 422, "claim.currency"),
    ("unknown name inside", other(complainant={"phones": "1"}), 422, "complainant.phones"),
    ("no time", other(occurred_at="yesterday"), 422, "occurred_at"),
    ("time without offset", other(occurred_at="2026-02-11T09:00:00"), 422, "occurred_at"),
    ("no such day", other(occurred_at="2026-02-30T09:00:00Z"), 422, "occurred_at"),
    ("from the future", other(received_at="2026-02-12T09:00:00Z"), 422, "received_at"),
    ("happened after it was received", other(occurred_at="2026-02-12T09:00:00Z"), 422, "occurred_at"),
    ("last century", other(received_at="1999-12-31T09:00:00Z"), 422, "2000"),
    ("before time began", other(received_at="0001-01-01T00:00:00+14:00"), 422, "received_at"),
]


def wrong(answer: httpx.Response, status: int, says: str) -> str | None:
    """None for a problem document of this status that says this."""
    if answer.status_code != status or answer.headers["content-type"] != "application/problem+json":
        return f"{answer.status_code}: {answer.text[:300]}"
    told = answer.json()
    if says not in json.dumps(told, ensure_ascii=False):
        return f"does not say {says!r}: {answer.text[:300]}"
    if status == 422 and not all(e["field"] and e["problem"] and e["expected"] for e in told["errors"]):
        return f"names no field: {answer.text[:300]}"
    return None


async def test_submissions(here: House) -> None:
    before, failures = await here.counts(), {}
    for name, body, status, says in SUBMISSIONS:
        answer = await here.intake.post(
            "/v1/complaints", content=body, headers={"Idempotency-Key": f"k-{hash(name)}"}
        )
        if found := wrong(answer, status, says):
            failures[name] = found
    assert not failures
    assert await here.counts() == before
    assert await here.numbers_used() == 0
    assert here.record.said == []
    taken = await here.intake.post("/v1/complaints", json=GOOD)
    assert taken.status_code == 201
    assert await here.numbers_used() == 1


@pytest.mark.parametrize("key", ["", "k" * 201], ids=["empty", "long"])
async def test_an_idempotency_key_that_cannot_be_kept(here: House, key: str) -> None:
    answer = await here.intake.post("/v1/complaints", json=GOOD, headers={"Idempotency-Key": key})
    assert wrong(answer, 422, "1 to 200 characters") is None
    assert await here.numbers_used() == 0


async def test_twice_is_once_and_something_else_under_the_same_key_is_told(here: House) -> None:
    headers = {"Idempotency-Key": "k1"}
    first, again = [await here.intake.post("/v1/complaints", json=GOOD, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    another = await here.intake.post("/v1/complaints", json=GOOD | {"text": "else"}, headers=headers)
    assert wrong(another, 422, "Idempotency-Key") is None
    assert (await here.counts())["intake.complaints"] == 1


async def test_late_is_taken_and_counted_from_when_it_was_received(here: House) -> None:
    late = GOOD | {"received_at": "2026-01-05T01:00:00Z"}
    answer = await here.intake.post("/v1/complaints", json=late)
    assert answer.status_code == 201
    found = (await here.intake.get(answer.json()["links"]["self"])).json()
    assert found["received_at"] == "2026-01-05T01:00:00Z"


async def test_a_byte_order_mark_and_control_characters_do_no_harm(here: House) -> None:
    body = b"\xef\xbb\xbf" + other(text="a\0b", ref="r\0", complainant={"id": "c\0", "name": "\0"})
    answer = await here.intake.post("/v1/complaints", content=body)
    assert answer.status_code == 201, answer.text
    found = (await here.intake.get(answer.json()["links"]["self"])).json()
    assert found["text"] == "ab"


ACCEPTED = b'{"milestone": "accepted", '
MILESTONES: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 400, "not JSON"),
    ("GBK", '{"milestone": "关闭"}'.encode("gbk"), 400, "UTF-8"),
    ("no object", b"7", 422, "body"),
    ("no name", b"{}", 422, "milestone"),
    ("unknown", b'{"milestone": "closd"}', 422, "closed"),
    ("twice a name", ACCEPTED + b'"milestone": "closed"}', 422, "milestone"),
    ("unknown field", ACCEPTED + b'"who": "x"}', 422, "who"),
    ("future", ACCEPTED + b'"occurred_at": "2099-01-01T00:00:00Z"}', 422, "future"),
    ("before the complaint", ACCEPTED + b'"occurred_at": "2026-02-10T00:00:00Z"}', 422, "before"),
    ("deep data", ACCEPTED + b'"data": {"a": ' + b"[" * 20 + b"]" * 20 + b"}}", 422, "8 levels"),
    ("data of no object", ACCEPTED + b'"data": []}', 422, "data"),
    ("huge number", ACCEPTED + b'"data": {"a": 1' + b"0" * 400 + b"}}", 422, "numbers between"),
    ("NaN", ACCEPTED + b'"data": {"a": NaN}}', 422, "numbers between"),
    ("operator as name", ACCEPTED + b'"data": {"$where": 1}}', 422, "names that"),
    ("NUL as name", ACCEPTED + b'"data": {"a\\u0000": 1}}', 422, "names that"),
    ("too large", b'{"milestone": "' + b"x" * LARGE + b'"}', 413, str(LARGE)),
]  # fmt: skip
PATCHES: list[tuple[str, bytes, int, str]] = [
    ("empty", b"", 400, "not JSON"),
    ("UTF-16", '{"text": "x"}'.encode("utf-16"), 400, "UTF-8"),
    ("no object", b"[]", 422, "body"),
    ("twice a name", b'{"text": "a", "text": "b"}', 422, "text"),
    ("fixed field", b'{"unit": "bank"}', 422, "unit"),
    ("unknown field", b'{"colour": "red"}', 422, "colour"),
    ("text taken out", b'{"text": null}', 422, "text"),
    ("unknown channel", b'{"channel": "pigeon"}', 422, "hotline"),
    ("unknown category", b'{"category": "nothing"}', 422, "category"),
    ("future", b'{"occurred_at": "2099-01-01T00:00:00Z"}', 422, "occurred_at"),
    ("by nobody", b'{"by": ""}', 422, "by"),
    ("by a list", b'{"by": ["x"]}', 422, "by"),
    ("long reason", b'{"reason": "' + b"x" * 2001 + b'"}', 422, "reason"),
    ("deep", b'{"fields": ' + b'{"a":' * 3000 + b"1" + b"}" * 3001, 400, "recursion"),
    ("less deep", b'{"fields": ' + b'{"a":' * 150 + b"1" + b"}" * 151, 422, "fields"),
]


async def test_milestones_and_patches(here: House) -> None:
    path = (await here.intake.post("/v1/complaints", json=GOOD)).json()["links"]["self"]
    before, whole, failures = await here.counts(), (await here.intake.get(path)).json(), {}
    said = len(here.record.said)
    for name, body, status, says in MILESTONES:
        if found := wrong(await here.intake.post(f"{path}/milestones", content=body), status, says):
            failures[f"milestone {name}"] = found
    for name, body, status, says in PATCHES:
        if found := wrong(await here.intake.patch(path, content=body), status, says):
            failures[f"patch {name}"] = found
    assert not failures
    assert await here.counts() == before
    assert (await here.intake.get(path)).json() == whole
    assert len(here.record.said) == said


async def test_nothing_comes_after_the_close(here: House) -> None:
    path = (await here.intake.post("/v1/complaints", json=GOOD)).json()["links"]["self"]
    closed = await here.intake.post(f"{path}/milestones", json={"milestone": "closed"})
    assert closed.status_code == 201
    for _ in range(2):
        again = await here.intake.post(f"{path}/milestones", json={"milestone": "accepted"})
        assert wrong(again, 409, "closed") is None


STRANGERS = ("nobody", "%00", "%ff%fe", "..%2f..", "x" * 3000, "$ne", "%7B%22$gt%22:1%7D")


async def test_unknown_complaints(here: House) -> None:
    for id_ in STRANGERS:
        for answer in (
            await here.intake.get(f"/v1/complaints/{id_}"),
            await here.intake.patch(f"/v1/complaints/{id_}", json={"text": "x"}),
            await here.intake.post(f"/v1/complaints/{id_}/milestones", json={"milestone": "closed"}),
        ):
            assert wrong(answer, 404, "") is None
    assert set((await here.counts()).values()) == {0}


SEARCHES = [
    ("limit=0", "limit"),
    ("limit=many", "limit"),
    ("limit=99999999999999999999", "limit"),
    ("colour=red", "colour"),
    ("state=ajar", "state"),
    ("received_from=yesterday", "received_from"),
    ("received_from=2026-02-11T09:00:00", "received_from"),
    ("received_to=0001-01-01T00:00:00%2B14:00", "received_to"),
    ("cursor=nowhere", "cursor"),
    ("cursor=%00", "cursor"),
    ("cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTkgeA", "cursor"),
    ("grade=" + "x" * 300, "grade"),
    ("overdue=maybe", "overdue"),
]
TOTALS = [
    ("unit=nowhere", "unit"),
    ("", "unit"),
    ("unit=bank&from=yesterday", "from"),
    ("unit=bank&from=2026-02-30", "from"),
    ("unit=bank&from=2026-02-11&to=2026-02-01", "from"),
    ("unit=bank&from=0001-01-01&to=9999-12-31", "from"),
    ("unit=bank&by=colour", "by"),
    ("unit=bank&by=" + "x" * 300, "by"),
]


async def test_questions(here: House) -> None:
    failures = {}
    for query, field in SEARCHES:
        if found := wrong(await here.intake.get(f"/v1/complaints?{query}"), 422, field):
            failures[query] = found
    for query, field in TOTALS:
        for path in ("/v1/totals", "/v1/totals/daily"):
            if found := wrong(await here.reporting.get(f"{path}?{query}"), 422, field):
                failures[f"{path}?{query}"] = found
    assert not failures


PAGES = (
    "/?unit=nowhere",
    "/?from=x&to=%00",
    "/?lang=%ff",
    "/?from=0001-01-01&to=0001-01-01",
    "/?from=9999-12-31&to=9999-12-31",
    "/?unit=bank&unit=auto",
    "/search?q=%00",
    "/search?q=%ff%fe",
    "/search?q=.*(",
    "/search?q=" + "x" * 5000,
    "/complaints/%00",
    "/complaints/$ne",
    "/static/../../x",
)


async def test_pages_that_people_look_at(here: House) -> None:
    await play(here)
    headers = [(b"accept", b"text/html"), (b"cookie", b"lang=\xe9")]
    answers = {path: (await here.reporting.get(path, headers=headers)).status_code for path in PAGES}
    assert {path: status for path, status in answers.items() if status >= 500} == {}


async def test_another_method_or_type_is_told(here: House) -> None:
    for answer in (
        await here.intake.put("/v1/complaints", json={}),
        await here.intake.delete("/v1/complaints"),
    ):
        assert wrong(answer, 405, "") is None
    assert here.clock.now() == START
