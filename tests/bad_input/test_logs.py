"""Whatever comes in, and however it fails: no phone number, no address, no complaint stands in the logs."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog

import services.grading.heard
import services.notify.heard
import services.reporting.hearing
from services.sla.heard import Timekeeper
from shared.bus.port import SUBMISSIONS, Message
from shared.telemetry.logs import set_up
from tests.bad_input.house import SAMPLES, House, house, play, sample_deployment
from tests.bad_input.mutations import Spoiler
from tests.bad_input.test_bus import DEAD, REJECTED, bare
from tests.bad_input.test_http import MILESTONES, PATCHES
from tests.bad_input.test_http import SUBMISSIONS as OVER_HTTP
from tests.parts.mongo import Mongo

PHONE, EMAIL, TEXT = "+8613912345678", "li.si@secret.example", "独一无二的投诉蓝色长颈鹿"
PERSONAL = (PHONE, PHONE.removeprefix("+86"), EMAIL, TEXT, "李思密")
SAMPLE: dict[str, Any] = {
    "text": f"{TEXT}，请回电 {PHONE} 或 {EMAIL}",
    "complainant": {"id": EMAIL, "name": "李思密", "phone": PHONE, "email": EMAIL},
    "ref": f"ref {PHONE}",
    "event": TEXT,
}


@pytest.fixture
async def here(mongo: Mongo, tmp_path: Path, logs: io.StringIO) -> AsyncIterator[House]:
    async with house(mongo, sample_deployment(tmp_path)) as here:
        yield here


def nothing_personal(logs: io.StringIO) -> None:
    written = logs.getvalue()
    assert [line for line in written.splitlines() if any(one in line for one in PERSONAL)] == []
    assert TEXT.encode("unicode_escape").decode() not in written


async def test_bad_requests(here: House, logs: io.StringIO) -> None:
    answer = await here.intake.post("/v1/complaints", json={"unit": "auto", "channel": "phone", **SAMPLE})
    path = answer.json()["links"]["self"]
    for _, body, _, _ in (*OVER_HTTP, *MILESTONES, *PATCHES):
        spoiled = personal(body)
        key = {"Idempotency-Key": PHONE}
        await here.intake.post("/v1/complaints", content=spoiled, headers=key)
        await here.intake.post(f"{path}/milestones", content=spoiled, headers=key)
        await here.intake.patch(path, content=spoiled)
    for one in PERSONAL:
        await here.intake.get("/v1/complaints", params={"ref": one, "cursor": one})
        await here.intake.get(f"/v1/complaints/{one}")
        await here.reporting.get("/search", params={"q": one})
    nothing_personal(logs)


async def test_bad_messages(here: House, logs: io.StringIO) -> None:
    await play(here, [sample | SAMPLE | {"event": TEXT} for sample in SAMPLES])
    for name, body, _ in (*DEAD, *REJECTED):
        await here.world.bus.publish([bare(personal(body), f"{name} {PHONE} {TEXT}")])
    for n, spoiled in enumerate(Spoiler(list(here.record.said), seed=3)(1500)):
        exchange = SUBMISSIONS if spoiled.key == "complaint.submitted" else "redress"
        message = Message(spoiled.key, f"{TEXT} {n}", spoiled.body, exchange=exchange)
        await here.world.bus.publish([message])
    assert any(TEXT.encode() in message.body for message in here.record.said)
    nothing_personal(logs)


async def test_failures_inside_every_service(
    here: House, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors of libraries quote what they were given; tracebacks show where, and not what."""

    def broken(*_args: object, **_kwargs: object) -> None:
        try:
            json.loads(f"{TEXT} {PHONE}")
            int(f"{TEXT} {EMAIL}")
        except ValueError as error:
            raise KeyError(f"{TEXT} {PHONE} {EMAIL}") from error

    monkeypatch.setattr(services.grading.heard, "read", broken)
    monkeypatch.setattr(services.notify.heard, "plan", broken)
    monkeypatch.setattr(services.reporting.hearing, "hear", broken)
    monkeypatch.setattr(Timekeeper, "reckon", broken)
    monkeypatch.setattr("services.intake.views.whole", broken)
    answer = await here.intake.post("/v1/complaints", json={"unit": "auto", "channel": "phone", **SAMPLE})
    path = answer.json()["links"]["self"]
    assert (await here.intake.get(path)).status_code == 500
    await here.intake.post(f"{path}/milestones", json={"milestone": "registered", "by": TEXT})
    assert logs.getvalue().count("event_failed") >= 4
    assert "Traceback" in logs.getvalue()
    assert "KeyError" in logs.getvalue()
    nothing_personal(logs)


async def test_failures_that_only_the_libraries_log(logs: io.StringIO) -> None:
    async def fails() -> None:
        raise ValueError(f"{TEXT} {PHONE}")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    task.get_loop().call_exception_handler({"message": "it failed", "exception": task.exception()})
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=task.exception())
    structlog.get_logger().warning("odd", reason=f"call {PHONE} or {EMAIL}", text=TEXT, data={"a": TEXT})
    assert logs.getvalue().count("ValueError") >= 2
    nothing_personal(logs)


def test_a_terminal_is_told_no_more(logs: io.StringIO) -> None:
    handler = logging.getLogger().handlers[0]
    set_up("bad-input", readable=True)
    readable = logging.getLogger().handlers[0]
    assert isinstance(readable, logging.StreamHandler)
    readable.setStream(logs)
    try:
        json.loads(TEXT + PHONE)
    except ValueError as error:
        structlog.get_logger().exception("odd")
        logging.getLogger("library").error("odd", exc_info=error)
    assert handler is not readable
    assert logs.getvalue().count("JSONDecodeError") >= 2
    nothing_personal(logs)


def personal(body: bytes) -> bytes:
    """The bad body with personal data put into it, as far as it can be parsed at all."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body + f" {TEXT} {PHONE} {EMAIL}".encode()
    return json.dumps(value | SAMPLE | {TEXT: PHONE} if isinstance(value, dict) else [value, SAMPLE]).encode()
