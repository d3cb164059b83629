"""What the storm rages over: a RabbitMQ node and a mongod of its own, five services, a mail catcher."""

import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from deploy.local.mail import MailCatcher
from deploy.local.mongod import PrivateMongod
from shared.deployment import Deployment, load
from shared.policy.library import Library
from tests.parts.broker import Broker, OwnNode
from tests.parts.ports import free_port
from tests.parts.stack import Stack
from tests.storm.weather import Weather

PREFIX = "storm"
SEND_SECONDS = 5
"""A message that a killed sender had in hand is looked at again after not quite twice this."""
LIMITS = {"main": "5 working days", "branch": "1 hour"}


@dataclass
class World:
    """Everything that runs."""

    weather: Weather

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="redress-storm-"))
        self.node, self.mail = OwnNode(), MailCatcher()
        self.mongod = PrivateMongod(self.folder / "db", free_port())
        self.mail.start()
        try:
            self.broker: Broker = self.node.start()
            self.mongod.start()
            self.deployment = self._deployment()
            self.stack = self._stack()
            self.stack.start(self.weather.names)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def sms(self) -> Path:
        return self.folder / "sms.jsonl"

    def kill_mongod(self) -> None:
        assert self.mongod.pid is not None
        os.kill(self.mongod.pid, signal.SIGKILL)
        self.mongod.stop()

    def _end(self) -> None:
        if hasattr(self, "stack"):
            self.stack.stop()
        self.mongod.stop()
        if hasattr(self, "broker"):
            self.broker.stop()
        self.mail.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stack(self) -> Stack:
        return Stack(
            f"{self.broker.amqp}/",
            self.mongod.url,
            PREFIX,
            self.folder / "redress.yaml",
            self.mail.url,
            folder=self.folder,
            extra={"REDRESS_SEND_SECONDS": str(SEND_SECONDS)},
        )

    def _deployment(self) -> Deployment:
        path = self.folder / "redress.yaml"
        units = [_unit(name, limit, n) for n, (name, limit) in enumerate(LIMITS.items())]
        sms = {"provider": "file", "path": str(self.sms)}
        path.write_text(yaml.safe_dump({"units": units, "sms": sms}), "utf-8")
        return load(path, Library())


def _unit(name: str, reply_limit: str, n: int) -> dict[str, object]:
    roles = ("first-handler", "manager", "upper-level")
    people = {
        role: {"email": f"{role}@{name}.example.com", "sms": f"+86139{n:04}{i:04}"}
        for i, role in enumerate(roles)
    }
    params = {"major_when": "false", "escalated_when": "false", "reply_limit": reply_limit}
    return {"id": name, "pack": "bank-consumer-protection", "params": params, "people": people}
