"""Faults 6 to 8: a broker that takes nothing, a message that nobody takes, a queue that is full."""

import asyncio
from typing import Any

import pytest

from tests.parts.effects import Ledger, refs
from tests.parts.rabbit import Rabbit
from tests.parts.trial import submission
from tests.parts.waiting import until_async
from tests.parts.whole import Whole

pytestmark = pytest.mark.timeout(90)
CAP = 8


async def answers(whole: Whole, names: list[str]) -> list[int]:
    return [answer.status_code for answer in await whole.submit([submission(ref) for ref in names])]


async def test_06_memory_alarm(whole: Whole, ledger: Ledger, rabbit: Rabbit) -> None:
    """Intake takes what its outbox may hold, then answers 503; what it took is done once."""
    whole.settings = {"outbox_cap": CAP}
    await whole.start()
    await asyncio.to_thread(rabbit.ctl, "set_vm_memory_high_watermark", "0.00001")
    try:
        assert await answers(whole, refs(CAP + 1)) == [201] * (CAP + 1)
        await _is_refused(whole)
    finally:
        await asyncio.to_thread(rabbit.ctl, "set_vm_memory_high_watermark", "absolute", "2GB")
    await ledger.once(refs(CAP + 1), seconds=40)
    assert await answers(whole, ["c100"]) == [201]
    await ledger.once([*refs(CAP + 1), "c100"])


async def _is_refused(whole: Whole) -> None:
    """A moment later the count is fresh, and the next one is turned away."""
    await asyncio.sleep(1.1)
    (answer,) = await whole.submit([submission("one-too-many")])
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"
    assert whole["intake"].metric("redress_outbox_pending") > CAP


async def test_07_what_nobody_takes_stays_in_the_outbox(whole: Whole, ledger: Ledger) -> None:
    await whole.start("intake", alone=True)
    assert await answers(whole, refs(5)) == [201] * 5
    await asyncio.sleep(1)
    assert await ledger.unsent() == 5, "no queue was bound, so nothing was sent"
    await whole.start("grading", "sla", "notify", "reporting")
    await ledger.once(refs(5))


async def test_08_a_full_queue_pushes_back(whole: Whole, ledger: Ledger, rabbit: Rabbit) -> None:
    """`redress.grading` holds three: the rest stays in the outbox, the metric rises, intake says 503."""
    whole.settings = {"outbox_cap": CAP}
    await whole.start("intake", "sla", "notify", "reporting")
    policy = f"policies/{rabbit.vhost}/small"
    limit: dict[str, Any] = {"pattern": r"^redress\.grading$", "definition": {"max-length": 3}}
    rabbit.api("PUT", policy, limit | {"apply-to": "queues"})

    async def applied() -> bool:
        queue = await asyncio.to_thread(rabbit.api, "GET", f"queues/{rabbit.vhost}/redress.grading")
        return bool(queue.get("policy") == "small")

    await until_async(applied, what="the policy")
    taken: list[str] = []
    for start in range(1, 100, 5):
        batch = refs(5, start)
        said = await answers(whole, batch)
        taken += [ref for ref, status in zip(batch, said, strict=True) if status == 201]
        if 503 in said:
            break
    await _is_refused(whole)
    assert await ledger.unsent() > CAP
    await whole.start("grading")
    await ledger.once(taken)
    assert len(taken) > CAP
