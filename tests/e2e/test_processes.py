"""Five processes on a real RabbitMQ and a real mongod: one complaint by amqp-publish, one over HTTP."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.mail import MailCatcher
from tests.parts.rabbit import Rabbit
from tests.parts.stack import Stack
from tests.parts.waiting import until_async

pytestmark = pytest.mark.timeout(180)
PUBLISHER = shutil.which("amqp-publish")
LONG_AGO = (datetime.now(UTC) - timedelta(days=60)).isoformat()


def submission(ref: str, **more: Any) -> dict[str, Any]:
    return {
        "ref": ref,
        "unit": "bank",
        "channel": "phone",
        "text": "柜台多收手续费，两个月没有人答复。",
        "complainant": {"id": f"kh-{ref}"},
        "claim": {"amount": 300000.00, "currency": "CNY"},
        "received_at": LONG_AGO,
        **more,
    }


def publish(rabbit: Rabbit, body: str) -> None:
    """As call-centre software does, with Debian's amqp-tools."""
    assert PUBLISHER is not None
    subprocess.run(
        [PUBLISHER, "-u", rabbit.url, "-e", "redress.submissions", "-r", "submit", "-C", "application/json"],
        input=body.encode(),
        check=True,
        timeout=20,
    )


class Desk:
    """What a test asks of intake and reporting over HTTP."""

    def __init__(self, stack: Stack) -> None:
        self.intake = httpx.AsyncClient(base_url=stack.url("intake"), timeout=20)
        self.reporting = httpx.AsyncClient(base_url=stack.url("reporting"), timeout=20)

    async def close(self) -> None:
        await self.intake.aclose()
        await self.reporting.aclose()

    async def by_ref(self, ref: str) -> dict[str, Any] | None:
        items = (await self.intake.get("/v1/complaints", params={"ref": ref})).json()["items"]
        assert len(items) < 2, f"{ref} was taken in {len(items)} times"
        if not items:
            return None
        whole: dict[str, Any] = (await self.intake.get(f"/v1/complaints/{items[0]['id']}")).json()
        return whole

    async def breached(self, ref: str) -> bool:
        complaint = await self.by_ref(ref)
        return complaint is not None and any(c["state"] == "breached" for c in complaint["clocks"])

    async def total(self) -> int:
        query = {
            "unit": "bank",
            "by": "grade",
            "from": LONG_AGO[:10],
            "to": datetime.now(UTC).date().isoformat(),
        }
        answer = await self.reporting.get("/v1/totals", params=query)
        return sum(answer.json()["by"]["grade"].values())


@pytest.fixture
async def desk(stack: Stack) -> AsyncIterator[Desk]:
    opened = Desk(stack)
    yield opened
    await opened.close()


def mails_about(mail: MailCatcher, number: str) -> list[str]:
    return [r for caught in mail.caught if number in caught.subject + caught.text for r in caught.recipients]


@pytest.mark.skipif(PUBLISHER is None, reason="amqp-publish (amqp-tools) is not installed")
async def test_by_message_and_over_http(desk: Desk, rabbit: Rabbit, mail: MailCatcher) -> None:
    publish(rabbit, json.dumps(submission("by-bus"), ensure_ascii=False))
    answer = await desk.intake.post("/v1/complaints", json=submission("by-http"))
    assert answer.status_code == 201
    for ref in ("by-bus", "by-http"):
        await until_async(lambda ref=ref: desk.breached(ref), seconds=30)
        complaint = await desk.by_ref(ref)
        assert complaint is not None
        number = complaint["number"]
        assert complaint["grade"] == "watch"
        assert [reason["id"] for reason in complaint["reasons"]] == ["single-claim"]
        await until_async(lambda n=number: _is("manager@example.com" in mails_about(mail, n)), seconds=30)
        assert mails_about(mail, number).count("manager@example.com") == 1
    await until_async(lambda: _total_is(desk, 2), seconds=20)
    page = await desk.reporting.get(f"/complaints/{complaint['id']}?lang=en")
    assert complaint["number"] in page.text


async def _is(value: bool) -> bool:
    return value


async def _total_is(desk: Desk, wanted: int) -> bool:
    return await desk.total() == wanted


@pytest.mark.skipif(PUBLISHER is None, reason="amqp-publish (amqp-tools) is not installed")
async def test_what_cannot_be_taken_in_is_answered_and_the_rest_goes_on(desk: Desk, rabbit: Rabbit) -> None:
    publish(rabbit, "this is not JSON")
    publish(rabbit, json.dumps(submission("bad", channel="telepathy")))
    publish(rabbit, json.dumps(submission("good")))
    await until_async(lambda: desk.breached("good"), seconds=30)
    assert await desk.by_ref("bad") is None
    listed = dead_submissions(rabbit)
    assert len(listed) == 1
    assert "JSON" in listed[0]["reason"]


def dead_submissions(rabbit: Rabbit) -> list[dict[str, Any]]:
    listed = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "dead", "list", "submissions", "--json"],
        env={**os.environ, "REDRESS_AMQP_URL": rabbit.url},
        capture_output=True,
        check=True,
        timeout=30,
    )
    return [json.loads(line) for line in listed.stdout.decode().splitlines()]
