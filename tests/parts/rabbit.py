"""Fixtures: `rabbit`, a virtual host of its own on a real RabbitMQ, for each test that asks for it.

Without a RabbitMQ those tests are skipped; with REDRESS_REQUIRE_BROKER=1 they fail.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.parts.broker import Broker, find_broker
from tests.parts.containers import Unavailable

_RAN_ON = pytest.StashKey[str]()
_MARKED = {"rabbit": "broker", "broker": "broker", "mongo": "mongo", "mongo_url": "mongo"}


@dataclass(frozen=True, slots=True)
class Rabbit:
    """A fresh virtual host. `url` is its AMQP address."""

    broker: Broker
    vhost: str

    @property
    def url(self) -> str:
        return f"{self.broker.amqp}/{self.vhost}"

    @property
    def version(self) -> str:
        return self.broker.version

    def ctl(self, *args: str) -> str:
        """rabbitmqctl, against the whole node; it takes about a second and a half."""
        return self.broker.ctl(*args)

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.broker.api(method, path, body)


@pytest.fixture(scope="session")
def broker(pytestconfig: pytest.Config) -> Iterator[Broker]:
    try:
        found = find_broker()
    except Unavailable as why:
        pytestconfig.stash[_RAN_ON] = f"broker tests: none ran, because {why}"
        if os.environ.get("REDRESS_REQUIRE_BROKER") == "1":
            pytest.fail(f"no RabbitMQ to test against: {why}")
        pytest.skip(str(why))
    pytestconfig.stash[_RAN_ON] = f"broker tests ran on RabbitMQ {found.version} ({found.origin})"
    yield found
    found.stop()


@pytest.fixture
def rabbit(broker: Broker) -> Iterator[Rabbit]:
    vhost = f"t-{secrets.token_hex(6)}"
    broker.api("PUT", f"vhosts/{vhost}")
    broker.api(
        "PUT",
        f"permissions/{vhost}/{broker.api('GET', 'whoami')['name']}",
        {"configure": ".*", "write": ".*", "read": ".*"},
    )
    yield Rabbit(broker, vhost)
    broker.retire(vhost)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that uses a real part carries that part's marker."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in _MARKED:
                item.add_marker(_MARKED[fixture])


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line says what the broker tests ran on, or why none did."""
    said = config.stash.get(_RAN_ON, None)
    if said is not None:
        print(said)
