"""Fault 19, the e-mail part: a mail server in every mood, behind a real broker and store."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from services.notify.app import build
from services.notify.channels.email import Email, MailServer
from services.notify.sending import Sender
from shared.service import Parts, Service
from tests.parts import outlets
from tests.parts.effects import Ledger, refs
from tests.parts.trial import submission
from tests.parts.waiting import until_async
from tests.parts.whole import Whole

pytestmark = pytest.mark.timeout(90)
SOON = (timedelta(seconds=0.2),) * 5


@pytest.fixture
async def server() -> AsyncIterator[outlets.MailServer]:
    async with outlets.MailServer() as opened:
        yield opened


def notify(server: outlets.MailServer, parts: Parts) -> Service:
    return build(parts, {"email": Email(MailServer.parse(server.url), "a@example.com", timeout=1)})


@pytest.mark.parametrize(
    ("manners", "received", "said"),
    [
        (["later", "greylist"], 15, {"sent": 15}),
        (["slow_start"], 15, {"sent": 15}),
        (["refuse", "refuse_address"], 13, {"sent": 13, "refused": 2}),
        (["hang"], 15, {"sent": 14, "unknown": 1}),
        (["drop"], 15, {"sent": 14, "unknown": 1}),
    ],
)
async def test_19_the_mail_server(
    whole: Whole,
    ledger: Ledger,
    server: outlets.MailServer,
    monkeypatch: pytest.MonkeyPatch,
    manners: list[outlets.Manner],
    received: int,
    said: dict[str, int],
) -> None:
    """Each of 15 mails is received at most once, and what the desk and the totals say of it is true."""
    monkeypatch.setattr("services.notify.app.Sender", partial(Sender, delays=SOON))
    server.manners = manners
    await whole.start("notify", build=partial(notify, server))
    await whole.start("intake", "grading", "sla", "reporting")
    await whole.submit([submission(ref) for ref in refs(5)])
    await until_async(lambda: _all_said(whole, said), 25, f"{said}")
    await asyncio.sleep(1)
    mails = Counter((mail["To"], mail["Subject"]) for mail in server.caught)
    assert set(mails.values()) == {1}
    assert len(mails) == received
    assert await _said(whole) == said
    assert await ledger.unsent() == 0


async def _all_said(whole: Whole, wanted: dict[str, int]) -> bool:
    return await _said(whole) == wanted


async def _said(whole: Whole) -> dict[str, int]:
    """How the messages ended, as intake heard it: every end is one event."""
    counts: Counter[str] = Counter()
    async for page in whole["intake"].database.collection("complaints").find():
        for entry in page.get("heard", ()):
            if entry["type"].startswith("notification."):
                counts[entry["what"].get("outcome", "sent")] += 1
    return dict(counts)
