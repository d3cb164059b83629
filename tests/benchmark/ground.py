"""The ground a measurement stands on: a RabbitMQ node and a mongod of its own, on this machine."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.mail import MailCatcher
from deploy.local.mongod import PrivateMongod
from deploy.local.ports import free_port
from tests.parts.broker import Broker, installed_node

CACHE_GB = 4.0
"""mongod by itself takes half of the memory; less than that, but what 200,000 complaints need."""


@dataclass(frozen=True)
class Ground:
    """Where broker, store and mail sink are."""

    broker: Broker
    amqp_url: str
    mongo_url: str
    mail: MailCatcher


@contextmanager
def ground() -> Iterator[Ground]:
    """Quorum queues on the installed RabbitMQ; mongod journaled on disk; a mail sink in this process."""
    broker = installed_node()
    mail = MailCatcher()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="redress-bench-") as folder,
            PrivateMongod(Path(folder), free_port(), cache_gb=CACHE_GB) as mongod,
        ):
            mail.start()
            yield Ground(broker, broker.amqp + "/%2f", mongod.url, mail)
    finally:
        mail.stop()
        broker.stop()
