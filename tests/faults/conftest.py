"""All five services in this process on real parts, what they lead to, and proxies to break their lines."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog

from deploy.local.mail import MailCatcher
from shared import service
from tests.parts import trial
from tests.parts.effects import Ledger
from tests.parts.frames import FrameProxy
from tests.parts.mongo import Mongo
from tests.parts.ports import LOOPBACK
from tests.parts.proxy import serving
from tests.parts.rabbit import Rabbit
from tests.parts.stack import Stack
from tests.parts.whole import Whole


@pytest.fixture(autouse=True)
def _sweeping_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a fault leaves in an outbox is looked for every 0.2 s, once it is 0.5 s old."""
    monkeypatch.setattr(service, "SWEEP_EVERY", timedelta(seconds=0.2))
    monkeypatch.setattr(service, "SWEEP_AFTER", timedelta(seconds=0.5))


@pytest.fixture(autouse=True)
def _plain_logs() -> None:
    """As in production: tracebacks without the values of variables, which take seconds to draw."""
    drawn = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(processors=[structlog.processors.format_exc_info, drawn])


@pytest.fixture
def mail() -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
async def whole(rabbit: Rabbit, mongo: Mongo, mail: MailCatcher, tmp_path: Path) -> AsyncIterator[Whole]:
    """Nothing runs yet."""
    deployment = trial.deployment(tmp_path)
    opened = Whole(rabbit.url, mongo.url, f"{mongo.prefix}redress_", mail.url, deployment)
    yield opened
    await opened.stop()


@pytest.fixture
async def ledger(whole: Whole, mail: MailCatcher) -> AsyncIterator[Ledger]:
    opened = Ledger(whole.mongo_url, whole.prefix, mail, _Reporting(whole))
    yield opened
    await opened.close()


class _Reporting:
    """The HTTP side of whichever reporting runs when it is asked."""

    def __init__(self, whole: Whole) -> None:
        self._whole = whole

    async def get(self, path: str, params: dict[str, str]) -> object:
        return await self._whole["reporting"].http.get(path, params=params)


@pytest.fixture
async def proxy(rabbit: Rabbit) -> AsyncIterator[FrameProxy]:
    """To the broker."""
    parts = urlsplit(rabbit.url)
    async with serving(FrameProxy(parts.hostname or LOOPBACK, parts.port or 5672)) as proxy:
        yield proxy


@pytest.fixture
def through(rabbit: Rabbit, proxy: FrameProxy) -> str:
    """The broker's address by way of `proxy`."""
    login, _, address = rabbit.url.removeprefix("amqp://").rpartition("@")
    return f"amqp://{login}@{LOOPBACK}:{proxy.port}/{address.partition('/')[2]}"


@pytest.fixture
async def stack(rabbit: Rabbit, mongo: Mongo, mail: MailCatcher, tmp_path: Path) -> AsyncIterator[Stack]:
    """Processes that share broker, store and mail with `whole`; nothing runs yet."""
    config = trial.write(tmp_path)
    prefix = f"{mongo.prefix}redress"
    extra = {"REDRESS_PACKS": str(tmp_path / "packs"), "REDRESS_GRACE_SECONDS": "4"}
    processes = Stack(rabbit.url, mongo.url, prefix, config, mail.url, tmp_path, extra)
    processes.module = "tests.parts.tampered"
    yield processes
    await asyncio.to_thread(processes.stop, 10)
