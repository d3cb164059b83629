"""The five services as processes of their own, on a real broker and store; they can be killed and started."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.parts.ports import free_port

SERVICES = ("intake", "grading", "sla", "notify", "reporting")
ROOT = Path(__file__).parent.parent.parent


@dataclass
class Process:
    """One service at work. `name` may carry a replica number: `grading-2`."""

    name: str
    port: int
    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass
class Stack:
    """Starts services with this environment; their logs stand in `folder`."""

    amqp_url: str
    mongo_url: str
    database_prefix: str
    config: Path
    smtp_url: str
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="redress-stack-")))
    extra: Mapping[str, str] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    module: str = "deploy.cli"

    def start(self, names: Sequence[str] = SERVICES) -> "Stack":
        for name in names:
            self.launch(name)
        for name in names:
            self.wait_ready(name)
        return self

    def launch(self, name: str) -> Process:
        """Start one without waiting; a replica keeps the port it had."""
        port = self.processes[name].port if name in self.processes else free_port()
        log = self.folder / f"{name}.log"
        with log.open("ab") as out:
            popen = subprocess.Popen(
                [sys.executable, "-m", self.module, "service", name.split("-")[0]],
                cwd=ROOT,
                env={**os.environ, **self._environment(port)},
                stdout=out,
                stderr=out,
            )
        self.processes[name] = Process(name, port, popen, log)
        return self.processes[name]

    def wait_ready(self, name: str, seconds: float = 60) -> None:
        process, end = self.processes[name], time.monotonic() + seconds
        while time.monotonic() < end:
            if process.popen.poll() is not None:
                raise AssertionError(f"{name} ended with {process.popen.returncode}:\n{self.tail(name)}")
            if self._answers(f"{process.url}/readyz"):
                return
            time.sleep(0.1)
        raise AssertionError(f"{name} is not ready after {seconds} s:\n{self.tail(name)}")

    def kill(self, name: str) -> None:
        """kill -9: no goodbye."""
        self.processes[name].popen.send_signal(signal.SIGKILL)
        self.processes[name].popen.wait()

    def stop(self, seconds: float = 30) -> None:
        """SIGTERM to all; what does not end in time is killed."""
        for process in self.processes.values():
            if process.popen.poll() is None:
                process.popen.terminate()
        for process in self.processes.values():
            try:
                process.popen.wait(seconds)
            except subprocess.TimeoutExpired:
                process.popen.kill()
                process.popen.wait()

    def tail(self, name: str, characters: int = 3000) -> str:
        return self.processes[name].log.read_text("utf-8", "replace")[-characters:]

    def url(self, name: str) -> str:
        return self.processes[name].url

    def _environment(self, port: int) -> dict[str, str]:
        return {
            "REDRESS_AMQP_URL": self.amqp_url,
            "REDRESS_MONGO_URL": self.mongo_url,
            "REDRESS_DATABASE_PREFIX": self.database_prefix,
            "REDRESS_CONFIG": str(self.config),
            "REDRESS_SMTP_URL": self.smtp_url,
            "REDRESS_HTTP_PORT": str(port),
            **self.extra,
        }

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
