"""A RabbitMQ to test against, and where it comes from: a given one, a container, or an own node.

Each answers `Broker`. All need the management API, which makes a virtual host per test in milliseconds.
"""

import base64
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.parts.containers import Unavailable, started
from tests.parts.ports import LOOPBACK, free_port

START_SECONDS = 60
REST_SECONDS = 5
_PACKAGED = Path("/usr/lib/rabbitmq/bin")
"""Debian's wrappers on the PATH change user and directory; these are the scripts they call."""


class Broker:
    """A running RabbitMQ: its AMQP and management addresses, `ctl` for rabbitmqctl, and `stop`."""

    def __init__(
        self,
        amqp: str,
        api: str,
        origin: str,
        ctl: Callable[..., str] | None = None,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self.amqp, self._api, self.origin, self._ctl, self._stop = amqp, api, origin, ctl, stop
        self.version = "?"
        self._retired: list[tuple[float, str]] = []

    def api(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Call the management API; `path` without `/api/`. Raises urllib's errors."""
        parts = urllib.parse.urlsplit(self._api)
        request = urllib.request.Request(
            f"{parts.scheme}://{parts.hostname}:{parts.port}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        login = f"{urllib.parse.unquote(parts.username or '')}:{urllib.parse.unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=15) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def ctl(self, *args: str) -> str:
        """Run rabbitmqctl against it; skips the test where that cannot be done."""
        if self._ctl is None:
            pytest.skip(f"no rabbitmqctl for the {self.origin}")
        return self._ctl(*args)

    def down(self) -> None:
        """Stop the broker; its node stays, so `up` brings it back with what it has on disk."""
        self.ctl("stop_app")

    def up(self) -> None:
        self.ctl("start_app")
        self._retired = [(time.monotonic() + REST_SECONDS, vhost) for _, vhost in self._retired]

    def retire(self, vhost: str) -> None:
        """Delete it, but a while later: 3.10 stumbles over queues that are deleted while they start."""
        self._retired.append((time.monotonic() + REST_SECONDS, vhost))
        while self._retired and self._retired[0][0] < time.monotonic():
            self.api("DELETE", f"vhosts/{self._retired.pop(0)[1]}")

    def stop(self) -> None:
        if self._stop is not None:
            self._stop()

    def wait(self, dead: Callable[[], bool] = lambda: False) -> "Broker":
        """Until the API answers. Raises Unavailable when it does not in time, or when `dead` says so."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and not dead():
            try:
                self.version = str(self.api("GET", "overview")["rabbitmq_version"])
                return self
            except (OSError, ValueError, KeyError):
                time.sleep(0.1)
        raise Unavailable(f"RabbitMQ ({self.origin}) did not start")


def given() -> Broker:
    """The one that REDRESS_TEST_AMQP_URL names; its management API on 15672 or at REDRESS_TEST_RABBIT_API."""
    amqp = os.environ.get("REDRESS_TEST_AMQP_URL")
    if not amqp:
        raise Unavailable("REDRESS_TEST_AMQP_URL is not set")
    parts = urllib.parse.urlsplit(amqp)
    login = f"{parts.username or 'guest'}:{parts.password or 'guest'}"
    api = os.environ.get("REDRESS_TEST_RABBIT_API", f"http://{login}@{parts.hostname}:15672")
    broker = Broker(f"{parts.scheme}://{login}@{parts.hostname}:{parts.port or 5672}", api, "given broker")
    return broker.wait()


def container() -> Broker:
    """One in a container, where a Docker engine answers and has or can get the image."""
    stack = ExitStack()
    box = stack.enter_context(started("rabbitmq:4-management", 5672, 15672))

    def ctl(*args: str) -> str:
        code, output = box.exec(["rabbitmqctl", "--quiet", *args])
        assert code == 0, output
        return str(output.decode())

    host = box.get_container_host_ip()
    amqp = f"amqp://guest:guest@{host}:{box.get_exposed_port(5672)}"
    api = f"http://guest:guest@{host}:{box.get_exposed_port(15672)}"
    return Broker(amqp, api, "container", ctl, stack.close).wait()


def own_node() -> Broker:
    """A node of our own, from the `rabbitmq-server` on the PATH, in a temporary directory."""
    if shutil.which("rabbitmq-server") is None:
        raise Unavailable("no rabbitmq-server on the PATH")
    return OwnNode().start()


def installed_node() -> Broker:
    """The same, after installing it; on Debian, as root."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise Unavailable("rabbitmq-server cannot be installed here")
    # Runlevel 1 keeps the package from starting a service of its own.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "rabbitmq-server"]):
        ran = subprocess.run(command, capture_output=True, env=env)
        if ran.returncode:
            raise Unavailable(f"{' '.join(command)} failed")
    return own_node()


class OwnNode:
    """Processes of one private node: its own epmd, name, cookie, ports and directory."""

    def __init__(self) -> None:
        self._path = Path(tempfile.mkdtemp(prefix="redress-rabbit-"))
        self._amqp, self._http, self._epmd_port = free_port(), free_port(), free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        (self._path / "plugins").write_text("[rabbitmq_management].")
        (self._path / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = {LOOPBACK}:{self._amqp}\n"
            f"management.tcp.ip = {LOOPBACK}\nmanagement.tcp.port = {self._http}\n"
            "vm_memory_high_watermark.absolute = 2GB\ndisk_free_limit.absolute = 10MB\n"
        )
        self._env = self._environment()

    def start(self) -> Broker:
        self._run(["epmd", "-address", LOOPBACK, "-port", str(self._epmd_port)])
        return self.serve()

    def kill(self) -> None:
        """kill -9 of the server; epmd stays, and so do the data."""
        _end(self._processes.pop())

    def serve(self) -> Broker:
        """Start the server, on the data that are there."""
        server = self._run([_script("rabbitmq-server")])
        broker = Broker(
            f"amqp://guest:guest@{LOOPBACK}:{self._amqp}",
            f"http://guest:guest@{LOOPBACK}:{self._http}",
            "own node",
            self._ctl,
            self._stop,
        )
        try:
            return broker.wait(dead=lambda: server.poll() is not None)
        except BaseException:
            self._stop()
            raise

    def _environment(self) -> dict[str, str]:
        path = self._path
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RABBITMQ_")}
        return {
            **inherited,
            "HOME": str(path),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": f"redress-{secrets.token_hex(4)}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(path / "data"),
            "RABBITMQ_LOG_BASE": str(path / "log"),
            "RABBITMQ_CONFIG_FILE": str(path / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(path / "no-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(path / "plugins"),
            # Two cores are plenty for a test broker, and idle schedulers would spin.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none",
        }

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        log = (self._path / f"{Path(command[0]).name}.log").open("ab")
        with log:
            process = subprocess.Popen(
                command,
                env=self._env,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def _ctl(self, *args: str) -> str:
        command = [_script("rabbitmqctl"), "--quiet", *args]
        ran = subprocess.run(command, env=self._env, capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def _stop(self) -> None:
        for process in reversed(self._processes):
            _end(process)
        shutil.rmtree(self._path, ignore_errors=True)


def _script(name: str) -> str:
    packaged = _PACKAGED / name
    return str(packaged) if packaged.exists() else name


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing in it is worth a slow farewell: end the whole process group that we made."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)


LADDER: tuple[Callable[[], Broker], ...] = (given, container, own_node, installed_node)


def find_broker() -> Broker:
    """The first rung that holds. Raises Unavailable with every rung's reason."""
    reasons: list[str] = []
    for rung in LADDER:
        try:
            return rung()
        except Unavailable as why:
            reasons.append(str(why))
            if rung is given and "REDRESS_TEST_AMQP_URL" in os.environ:
                break
    raise Unavailable("; ".join(reasons))
