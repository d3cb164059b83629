"""Faults 24 and 26: what a service finds when it starts, and one clear line where it cannot."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import trial
from tests.parts.effects import Ledger, refs
from tests.parts.mongo import Mongo
from tests.parts.ports import LOOPBACK, free_port
from tests.parts.rabbit import Rabbit
from tests.parts.stack import ROOT
from tests.parts.trial import submission
from tests.parts.waiting import until_async
from tests.parts.whole import Whole

pytestmark = pytest.mark.timeout(60)


async def test_24_readers_before_there_is_anything_to_read(whole: Whole, ledger: Ledger) -> None:
    """On a virtual host without a single queue, the last in the chain starts first."""
    await whole.start("reporting", "notify", "sla", "grading", "intake", alone=True)
    await whole.submit([submission(ref) for ref in refs(5)])
    await ledger.once(refs(5))


async def test_24_what_is_said_before_a_service_first_starts_waits_for_it(
    whole: Whole, ledger: Ledger
) -> None:
    await whole.start("intake")
    await whole.submit([submission(ref) for ref in refs(5)])

    async def sent() -> bool:
        return await ledger.unsent() == 0

    await until_async(sent, what="sending: every queue is there, whoever started first")
    await whole.start("grading", "sla", "notify", "reporting")
    await ledger.once(refs(5))


def started(folder: Path, **env: str) -> tuple[int, list[str]]:
    """Exit code and lines on stderr of `redress service grading`."""
    ran = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "service", "grading"],
        cwd=ROOT,
        env={
            **os.environ,
            "REDRESS_CONFIG": str(folder / "redress.yaml"),
            "REDRESS_PACKS": str(folder / "packs"),
            "REDRESS_HTTP_PORT": str(free_port()),
            **env,
        },
        capture_output=True,
        text=True,
        timeout=40,
    )
    return ran.returncode, ran.stderr.splitlines()


def one_line(folder: Path, *words: str, **env: str) -> None:
    code, lines = started(folder, **env)
    assert code not in (0, -9), lines
    assert len(lines) == 1, "\n".join(lines)
    assert all(word in lines[0] for word in words), lines
    assert "secret" not in lines[0]


def test_24_a_queue_with_other_settings_is_one_line_and_keeps_its_messages(
    rabbit: Rabbit, mongo: Mongo, tmp_path: Path
) -> None:
    trial.write(tmp_path)
    queue = f"queues/{rabbit.vhost}/redress.grading"
    rabbit.api("PUT", queue, {"durable": True, "arguments": {}})
    kept = {"properties": {}, "routing_key": "redress.grading", "payload": "x", "payload_encoding": "string"}
    rabbit.api("POST", f"exchanges/{rabbit.vhost}/amq.default/publish", kept)
    one_line(tmp_path, "redress.grading", REDRESS_AMQP_URL=rabbit.url, REDRESS_MONGO_URL=mongo.url)
    asked = {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}
    assert rabbit.api("POST", f"{queue}/get", asked)[0]["payload"] == "x"


def test_26_wrong_password_of_the_broker(rabbit: Rabbit, tmp_path: Path) -> None:
    trial.write(tmp_path)
    url = f"amqp://guest:secret@{rabbit.url.rpartition('@')[2]}"
    one_line(tmp_path, "user name and password", REDRESS_AMQP_URL=url)


def test_26_no_such_virtual_host(rabbit: Rabbit, tmp_path: Path) -> None:
    trial.write(tmp_path)
    one_line(tmp_path, "no-such-host", REDRESS_AMQP_URL=f"{rabbit.broker.amqp}/no-such-host")


def test_26_no_mongod(rabbit: Rabbit, tmp_path: Path) -> None:
    trial.write(tmp_path)
    nobody = f"{LOOPBACK}:{free_port()}"
    url = f"mongodb://me:secret@{nobody}/"
    one_line(tmp_path, "MongoDB", nobody, REDRESS_AMQP_URL=rabbit.url, REDRESS_MONGO_URL=url)


def test_26_wrong_password_of_the_store(rabbit: Rabbit, mongo: Mongo, tmp_path: Path) -> None:
    trial.write(tmp_path)
    url = mongo.url.replace("mongodb://", "mongodb://me:secret@")
    one_line(tmp_path, "MongoDB", "uthentication", REDRESS_AMQP_URL=rabbit.url, REDRESS_MONGO_URL=url)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["redress.yaml"]),
        ("units: [", ["redress.yaml"]),
        ("units: [{id: here, pack: nobodys}]", ["redress.yaml", "nobodys"]),
        ("units: [{id: here, pack: trial}]\nmial: {}", ["redress.yaml:2", "mial"]),
    ],
)
def test_26_wrong_configuration(text: str | None, words: list[str], tmp_path: Path) -> None:
    trial.write(tmp_path)
    file = tmp_path / "redress.yaml"
    if text is None:
        file.unlink()
    else:
        file.write_text(text, "utf-8")
    one_line(tmp_path, *words)


def test_26_wrong_setting(tmp_path: Path) -> None:
    trial.write(tmp_path)
    one_line(tmp_path, "REDRESS_BATCH", REDRESS_BATCH="many")


def test_26_a_port_that_is_taken(rabbit: Rabbit, mongo: Mongo, tmp_path: Path) -> None:
    trial.write(tmp_path)
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        lines = {
            "REDRESS_AMQP_URL": rabbit.url,
            "REDRESS_MONGO_URL": mongo.url,
            "REDRESS_DATABASE_PREFIX": mongo.prefix.rstrip("_"),
        }
        one_line(tmp_path, port, REDRESS_HTTP_PORT=port, **lines)
