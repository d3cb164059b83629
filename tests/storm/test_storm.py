"""A short storm: a thousand complaints, services, broker and store killed with -9, everything counted."""

import shutil

import pytest
from rich.console import Console

from deploy.local.mongod import find_mongod
from tests.storm.__main__ import show
from tests.storm.run import Storm

HERE = shutil.which("rabbitmq-server") is not None and find_mongod() is not None
SEED = 20


@pytest.mark.slow
@pytest.mark.broker
@pytest.mark.mongo
@pytest.mark.timeout(420)
@pytest.mark.skipif(not HERE, reason="a node of our own needs rabbitmq-server and mongod")
async def test_nothing_is_lost_and_nothing_doubled() -> None:
    console = Console(highlight=False, width=110)
    outcome = await Storm(1000, SEED, console, patience=180, replicas=1).run()
    show(outcome, console)
    assert outcome.differences == []
    assert {"broker", "mongod"} <= set(outcome.kills)
    assert len(outcome.kills) > 4
