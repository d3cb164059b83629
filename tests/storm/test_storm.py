"""A short storm: a thousand complaints, services, broker and store killed with -9, everything counted."""

import shutil

import pytest
from rich.console import Console

from deploy.local.mongod import find_mongod
from tests.storm.__main__ import show
from tests.storm.run import Storm
from tests.storm.weather import TIMERS, everything

pytestmark = [pytest.mark.slow, pytest.mark.broker, pytest.mark.mongo, pytest.mark.timeout(420)]
HERE = shutil.which("rabbitmq-server") is not None and find_mongod() is not None
SEED = 20
own_node = pytest.mark.skipif(not HERE, reason="a node of our own needs rabbitmq-server and mongod")


@own_node
async def test_nothing_is_lost_and_nothing_doubled() -> None:
    console = Console(highlight=False, width=110)
    outcome = await Storm(1000, SEED, console, patience=180, weather=everything()).run()
    show(outcome, console)
    assert outcome.differences == []
    assert {"broker", "mongod"} <= set(outcome.kills)
    assert len(outcome.kills) > 4


@own_node
async def test_while_timers_fall_due_both_replicas_of_sla_are_killed() -> None:
    """Counted at the notices: two for every clock that ran out, none missed, none twice."""
    console = Console(highlight=False, width=110)
    outcome = await Storm(800, SEED, console, patience=180, weather=TIMERS).run()
    show(outcome, console)
    assert outcome.differences == []
    assert set(outcome.kills) == {"sla", "sla-2"}
    assert min(outcome.kills.values()) > 2
    breached = next(found for what, _, found in outcome.table.rows if what == "clock breached")
    assert breached == 800
