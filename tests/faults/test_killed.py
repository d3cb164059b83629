"""Faults 11, 13, 14, 16: a real process that is killed, or told to stop, at an exact place.

The other four services run in the test's own process, on the same broker and store.
"""

import asyncio
import signal
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from shared.bus.rabbit import RabbitDeadLetters
from tests.parts.effects import Ledger, refs
from tests.parts.frames import ACKS, CONFIRMS, FrameProxy
from tests.parts.outlets import MailServer
from tests.parts.rabbit import Rabbit
from tests.parts.stack import Stack
from tests.parts.trial import submission
from tests.parts.waiting import until, until_async
from tests.parts.whole import Whole

pytestmark = pytest.mark.timeout(120)
NAMES = frozenset({"intake", "grading", "sla", "notify", "reporting"})


async def up(stack: Stack, name: str, **env: str) -> None:
    stack.extra = {**stack.extra, "REDRESS_TAMPER": "", **env}
    stack.launch(name)
    await asyncio.to_thread(stack.wait_ready, name)


async def pages(whole: Whole, service: str, query: Mapping[str, Any]) -> int:
    async with AsyncMongoClient[dict[str, Any]](whole.mongo_url) as client:
        return await client[f"{whole.prefix}{service}"]["complaints"].count_documents(query)


async def until_pages(whole: Whole, service: str, count: int, query: Mapping[str, Any]) -> None:
    async def there() -> bool:
        return await pages(whole, service, query) == count

    await until_async(there, 20, f"{count} pages of {service}")


async def test_11_a_crash_does_not_kill_the_neighbours(
    whole: Whole, ledger: Ledger, stack: Stack, rabbit: Rabbit
) -> None:
    """Three deaths with ten in the air; then a release that can take the message."""
    await whole.start(*(NAMES - {"grading"}))
    names = refs(10)
    texts = {"c5": "CRASH，有人受伤。"}
    await whole.submit([submission(r, **({"text": texts[r]} if r in texts else {})) for r in names])
    stack.extra = {**stack.extra, "REDRESS_TAMPER": "crash"}
    for _ in range(3):
        died = stack.launch("grading").popen
        assert await asyncio.to_thread(died.wait, 30) == -signal.SIGKILL
    await up(stack, "grading")
    await ledger.once(names)
    assert await RabbitDeadLetters(rabbit.url).list("redress.grading") == []


async def test_13_kill_between_commit_and_publish_at_intake(
    whole: Whole, ledger: Ledger, stack: Stack, proxy: FrameProxy, through: str
) -> None:
    await killed_at_intake(whole, ledger, stack, proxy, through, published=False)


async def test_14_kill_between_publish_and_mark_at_intake(
    whole: Whole, ledger: Ledger, stack: Stack, proxy: FrameProxy, through: str
) -> None:
    await killed_at_intake(whole, ledger, stack, proxy, through, published=True)


async def killed_at_intake(
    whole: Whole, ledger: Ledger, stack: Stack, proxy: FrameProxy, through: str, *, published: bool
) -> None:
    """The complaints are in the store, the answers are given; the broker has their events, or has not."""
    await whole.start(*(NAMES - {"intake"}))
    stack.amqp_url = through
    await up(stack, "intake")
    if published:
        proxy.swallowing.add(CONFIRMS)
    else:
        proxy.mute = True
    async with httpx.AsyncClient(base_url=stack.url("intake"), timeout=20) as http:
        given = await asyncio.gather(*(http.post("/v1/complaints", json=submission(r)) for r in refs(5)))
    assert [answer.status_code for answer in given] == [201] * 5
    assert await pages(whole, "intake", {"pending_since": {"$exists": True}}) == 5
    if published:
        await until_pages(whole, "grading", 5, {})
    stack.kill("intake")
    assert await pages(whole, "grading", {}) == (5 if published else 0)
    proxy.heal()
    await up(stack, "intake")
    await ledger.once(refs(5))


@pytest.mark.parametrize("place", ["13 before the publish", "14 before the mark", "before the ack"])
async def test_13_14_kill_at_grading(
    whole: Whole, ledger: Ledger, stack: Stack, proxy: FrameProxy, through: str, place: str
) -> None:
    """Written down; then it dies before the events leave, before they are marked, before it acknowledges."""
    await whole.start(*(NAMES - {"grading"}))
    stack.amqp_url = through
    await up(stack, "grading")
    if place.startswith("13"):
        proxy.mute = True
    else:
        proxy.swallowing.add(CONFIRMS if place.startswith("14") else ACKS)
    await whole.submit([submission(ref) for ref in refs(5)])
    await until_pages(whole, "grading", 5, {})
    if not place.startswith("13"):
        await until_pages(whole, "intake", 5, {"grading.grade": "major"})
    marked = 5 if place.endswith("ack") else 0
    await until_pages(whole, "grading", marked, {"outbox": []})
    stack.kill("grading")
    proxy.heal()
    await up(stack, "grading")
    await ledger.once(refs(5))


async def terminated(stack: Stack, name: str) -> int:
    """SIGTERM; the exit code. Within the grace period, and a little."""
    stack.processes[name].popen.terminate()
    return await asyncio.to_thread(stack.processes[name].popen.wait, 15)


async def test_16_sigterm_in_the_middle_of_a_handler(whole: Whole, ledger: Ledger, stack: Stack) -> None:
    """The batch in hand is finished and sent before the process ends; the rest went back."""
    await whole.start(*(NAMES - {"grading"}))
    await up(stack, "grading", REDRESS_TAMPER="slow", REDRESS_BATCH="5")
    await whole.submit([submission(ref) for ref in refs(15)])
    await asyncio.sleep(0.7)
    assert await pages(whole, "grading", {}) == 0
    assert await terminated(stack, "grading") == 0
    assert 0 < await pages(whole, "grading", {}) < 15, "what was in hand is done, the rest went back"
    assert await pages(whole, "grading", {"pending_since": {"$exists": True}}) == 0
    await up(stack, "grading", REDRESS_BATCH="200")
    await ledger.once(refs(15))


async def test_16_sigterm_in_the_middle_of_a_publish(
    whole: Whole, ledger: Ledger, stack: Stack, proxy: FrameProxy, through: str
) -> None:
    await whole.start(*(NAMES - {"grading"}))
    stack.amqp_url = through
    await up(stack, "grading")
    proxy.swallowing.add(CONFIRMS)
    await whole.submit([submission(ref) for ref in refs(5)])
    await until_pages(whole, "grading", 5, {"pending_since": {"$exists": True}})
    assert await terminated(stack, "grading") == 0
    proxy.heal()
    await up(stack, "grading")
    await ledger.once(refs(5))


class SlowMail(MailServer):
    """Takes the content at once and says so late."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(1.5)
        return said


async def test_16_sigterm_in_the_middle_of_a_mail(whole: Whole, stack: Stack) -> None:
    """The mail that was handed over is finished and written down; after the restart none goes again."""
    await whole.start(*(NAMES - {"notify"}))
    async with SlowMail() as mail:
        stack.smtp_url = mail.url
        await up(stack, "notify")
        await whole.submit([submission(ref) for ref in refs(5)])
        await until(lambda: len(mail.caught) > 0, 20, "the first mail")
        assert await terminated(stack, "notify") == 0
        await up(stack, "notify")
        await until(lambda: len(mail.caught) >= 15, 30, "all mails")
        await asyncio.sleep(2)
        subjects = [(m["To"], m["Subject"]) for m in mail.caught]
        assert len(set(subjects)) == len(subjects) == 15
        async with AsyncMongoClient[dict[str, Any]](whole.mongo_url) as client:
            messages = client[f"{whole.prefix}notify"]["messages"]
            assert await messages.count_documents({"state": "sent"}) == 15
