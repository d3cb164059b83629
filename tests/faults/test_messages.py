"""Faults 9, 10, 17, 22, 23: messages that are wrong, late, out of order, dead, or of another release."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import aio_pika
import pytest

from services.grading import heard
from services.grading.reading import Reading, read
from shared.bus.port import SUBMISSIONS, DeadLetter, Delivery, Handler, Verdict
from shared.bus.rabbit import RabbitDeadLetters
from shared.contracts.complaints import Complaint
from shared.contracts.export import EXAMPLES
from shared.policy.pack import Pack
from tests.faults.wires import Newer, Shuffling
from tests.parts.effects import Ledger, expected, refs
from tests.parts.rabbit import Rabbit
from tests.parts.trial import submission
from tests.parts.waiting import until, until_async
from tests.parts.whole import QUICK, Whole

pytestmark = pytest.mark.timeout(90)
LISTENERS = ("grading", "notify", "reporting")
BAD: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "not a CloudEvent: body: Invalid JSON: EOF"),
    "empty": (b"", "not a CloudEvent: body: Invalid JSON: EOF while parsing a value"),
    "not UTF-8": (b'{"id": "\xff\xfe"}', "not a CloudEvent: body: Invalid JSON: invalid unicode"),
    "wrong schema": (b'{"id": "x"}', "not a CloudEvent: source: Field required"),
    "unknown major": (b"", "unknown event type 'redress.complaint.received.v9'"),
    "wrong data": (b"", "wrong data: complaint"),
    "five megabytes": (b"x" * 5_000_000, "larger than"),
}


async def sent(rabbit: Rabbit, exchange: str, key: str, bodies: Sequence[tuple[str, bytes]]) -> None:
    """By a stranger, who has (message id, body)."""
    async with await aio_pika.connect(rabbit.url) as connection:
        target = await (await connection.channel()).get_exchange(exchange)
        for id_, body in bodies:
            await target.publish(aio_pika.Message(body, message_id=id_), key)


async def dead(rabbit: Rabbit, queue: str, count: int, seconds: float = 20) -> list[DeadLetter]:
    letters, seen = RabbitDeadLetters(rabbit.url), list[DeadLetter]()

    async def there() -> bool:
        seen[:] = await letters.list(queue)
        return len({letter.id for letter in seen}) == count

    await until_async(there, seconds, f"{count} dead letters on {queue}")
    return seen


def event(type_: str) -> bytes:
    head = {"specversion": "1.0", "id": "x", "source": "/redress/intake", "time": "2026-01-01T00:00:00Z"}
    return json.dumps(head | {"type": type_, "sequence": "0000000001", "data": {}}).encode()


async def test_09_poison_dies_with_its_reason_and_neighbours_live(
    whole: Whole, ledger: Ledger, rabbit: Rabbit
) -> None:
    await whole.start()
    own = {
        "unknown major": event("redress.complaint.received.v9"),
        "wrong data": event("redress.complaint.received.v1"),
    }
    bad = [(name, own.get(name, body)) for name, (body, _) in BAD.items()]
    await asyncio.gather(
        whole.submit([submission(ref) for ref in refs(20)]),
        sent(rabbit, "redress", "complaint.received", bad),
    )
    for name in LISTENERS:
        letters = await dead(rabbit, f"redress.{name}", len(BAD))
        reasons = {letter.id: letter.reason for letter in letters}
        wrong = {k: reasons[k] for k, (_, reason) in BAD.items() if not reasons[k].startswith(reason)}
        assert not wrong
        assert len(set(reasons.values())) == len(BAD)
    await ledger.once(refs(20))


async def test_09_one_poisoned_submission_among_two_hundred(
    whole: Whole, ledger: Ledger, rabbit: Rabbit
) -> None:
    await whole.start("intake", "grading", "sla", "reporting")
    bodies = [(ref, json.dumps(submission(ref)).encode()) for ref in refs(199)]
    bodies.insert(77, ("poison", b"\x00 not JSON"))
    await sent(rabbit, SUBMISSIONS, "submit", bodies)
    unmailed = {"said": dict.fromkeys(refs(199), "grading 1, intake 1, sla 3"), "mails": {}}
    await ledger.settle(expected(refs(199)) | unmailed, seconds=60)
    (letter,) = await dead(rabbit, SUBMISSIONS, 1)
    assert (letter.id, letter.attempts) == ("poison", 1)
    assert letter.reason.startswith("not JSON")


class Failing:
    """Stands in for grading's `read` and fails, for some texts, some times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, text: str, times: int) -> None:
        self.text, self.times = text, times
        self.calls: list[float] = []
        monkeypatch.setattr(heard, "read", self)

    def __call__(self, pack: Pack, complaint: Complaint) -> Reading:
        if self.text in complaint.text:
            self.calls.append(asyncio.get_running_loop().time())
            if len(self.calls) <= self.times:
                raise RuntimeError("cannot read this")
        return read(pack, complaint)


class Attempts:
    """Goes around a handler and remembers when deliveries with this text came."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.times: list[float] = []

    def __call__(self, handler: Handler) -> Handler:
        async def watched(batch: Sequence[Delivery]) -> Sequence[Verdict]:
            if any(self.text in delivery.body.decode() for delivery in batch):
                self.times.append(asyncio.get_running_loop().time())
            return await handler(batch)

        return watched


async def test_10_a_handler_that_fails_twice_is_asked_by_the_ladder_of_delays(
    whole: Whole, ledger: Ledger, rabbit: Rabbit, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, attempts = Failing(monkeypatch, "c3：", times=10**6), Attempts("c3：")
    await whole.start("grading", wrap=attempts)
    await whole.start("intake", "sla", "notify", "reporting")
    await whole.submit([submission(ref) for ref in refs(5)])
    await until(lambda: len(attempts.times) == 2, what="the second attempt")
    failing.times = 0
    await ledger.once(refs(5))
    waits = [after - before for before, after in pairwise(attempts.times)]
    for wait, delay in zip(waits, QUICK.retry_delays, strict=False):
        assert delay.total_seconds() - 0.05 <= wait <= delay.total_seconds() + 1.5
    assert await dead(rabbit, "redress.grading", 0) == []


async def test_17_out_of_order_with_repeats_and_gaps(whole: Whole, ledger: Ledger) -> None:
    """Every event of every service overtakes others; the reply may be heard before the complaint."""
    await whole.start(bus=Shuffling)
    taken = await whole.submit([submission(ref) for ref in refs(10)])
    http = whole["intake"].http
    for answer in taken[:4]:
        said = {"milestone": "replied", "by": "agent-7"}
        recorded = await http.post(f"{answer.json()['links']['self']}/milestones", json=said)
        assert recorded.status_code == 201, recorded.text
    wanted = expected(refs(10))
    replied = refs(4)
    late = {ref: ["reply/met_late" if ref in replied else "reply/breached"] for ref in refs(10)}
    wanted |= {"clocks": late, "by_clock": 6}
    found = await _settled_but_for(ledger, wanted, "said")
    assert all(found["said"][ref].startswith("grading 1, intake 2, notify") for ref in replied)


async def _settled_but_for(ledger: Ledger, wanted: dict[str, Any], *names: str) -> dict[str, Any]:
    """Wait for all but these, which depend on what came first."""

    async def there() -> bool:
        found = await ledger.read()
        return {k: v for k, v in found.items() if k not in names} == {
            k: v for k, v in wanted.items() if k not in names
        }

    await until_async(there, 40, "the effects")
    await asyncio.sleep(1.5)
    assert await there(), await ledger.read()
    return await ledger.read()


async def test_22_dead_letters_are_replayed_twice(
    whole: Whole, ledger: Ledger, rabbit: Rabbit, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Failing(monkeypatch, "受伤", times=10**6)
    await whole.start()
    await whole.submit([submission(ref) for ref in refs(5)])
    letters = await dead(rabbit, "redress.grading", 5)
    assert {letter.attempts for letter in letters} == {len(QUICK.retry_delays) + 1}
    assert {letter.reason for letter in letters} == {"RuntimeError: cannot read this"}
    failing.times = 0
    tool = RabbitDeadLetters(rabbit.url)
    assert await tool.replay("redress.grading") == len(letters)
    again = [(letter.id, letter.body) for letter in letters]
    await sent(rabbit, "redress", "complaint.received", again)
    await ledger.once(refs(5))
    assert await tool.replay("redress.grading") == 0


async def test_23_a_newer_release_beside_this_one(whole: Whole, ledger: Ledger, rabbit: Rabbit) -> None:
    """Added fields are passed over; what a next major says waits among the dead letters, by name."""
    await whole.start("intake", "sla", bus=Newer)
    await whole.start("grading", "notify", "reporting")
    await whole.submit([submission(ref) for ref in refs(5)])
    await ledger.once(refs(5))
    letters = await dead(rabbit, "redress.grading", 10)
    assert Counter(letter.reason for letter in letters) == {
        "unknown event type 'redress.complaint.received.v2'": 5,
        "unknown event type 'redress.clock.breached.v2'": 5,
    }


async def test_23_every_released_example_is_replayed(whole: Whole, ledger: Ledger, rabbit: Rabbit) -> None:
    """Those of the past must still be applied by every service, without a dead letter."""
    await whole.start()
    for path in sorted(EXAMPLES.glob("*/*.json")):
        example = json.loads(path.read_text("utf-8"))
        if example["type"] != "redress.complaint.submitted.v1":
            key = example["type"].removeprefix("redress.").removesuffix(".v1")
            body = json.dumps(_here(example), ensure_ascii=False).encode()
            await sent(rabbit, "redress", key, [(path.stem, body)] * 2)
    await asyncio.sleep(1.5)
    for name in (*LISTENERS, "sla", "intake"):
        letters = await RabbitDeadLetters(rabbit.url).list(f"redress.{name}")
        assert [(letter.key, letter.reason) for letter in letters] == []
    await whole.submit([submission("after")])
    found = await ledger.read()
    assert found["complaints"]["after"] == 1


def _here(example: dict[str, Any]) -> dict[str, Any]:
    """The same, of the unit and the pack that run here."""
    data = example["data"]
    for place in ("case", "complaint"):
        if place in data:
            data[place] |= {"unit": "here", "pack": "trial"}
    if "unit" in data:
        data["unit"] = "here"
    return example
