"""A storm from beginning to end."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shared.clock import SystemClock
from tests.storm.counting import Counting
from tests.storm.due import expected
from tests.storm.handing_in import Handed, HandingIn
from tests.storm.killing import Killer
from tests.storm.mix import Case, mix
from tests.storm.store import Store
from tests.storm.table import Table
from tests.storm.weather import Weather
from tests.storm.world import World

PER_SECOND = 60
"""How many complaints are handed in a second; calm enough that the seed, not the machine, sets the pace."""
SHORTEST = 45.0
LOOK_EVERY = 2.0
LOOKS = 4
"""It is quiet when nothing waits at so many looks: the broker tells its counts a few seconds late."""


@dataclass
class Outcome:
    """What came of a storm. Nothing was lost or doubled when `table` has no differences."""

    table: Table
    kills: dict[str, int]
    ended: dict[str, int]
    handed: Handed
    seconds: float
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def differences(self) -> list[str]:
        left = [f"not quiet in time: {name} {count}" for name, count in self.waiting.items()]
        return left + self.table.differences


class Storm:
    """`patience`: seconds after the last kill within which all must be quiet."""

    def __init__(
        self, complaints: int, seed: int, console: Console, patience: float, weather: Weather
    ) -> None:
        self._count, self._seed, self._console = complaints, seed, console
        self._patience, self._weather = patience, weather
        self._clock = SystemClock()

    async def run(self) -> Outcome:
        began = time.monotonic()
        with World(self._weather) as world, self._progress() as bar:
            told = self._console if not self._console.is_terminal else bar.console
            told.print(f"RabbitMQ {world.broker.version}; logs and data in {world.folder}")
            seconds = max(SHORTEST, self._count / PER_SECOND)
            cases = mix(self._count, self._seed, self._clock.now(), seconds, self._weather.fates)
            handed = Handed()
            killer = Killer(world, self._seed, told.print, lambda: len(handed.accepted))
            await self._rage(world, cases, handed, killer, bar)
            store = Store(world)
            killer.tell("all was handed in and everything is up; waiting until it is quiet")
            waiting = await self._quiet(world, store, cases, bar)
            killer.tell("counting" if not waiting else f"never quiet: {waiting}")
            table = Counting(world, store, cases, handed).counted()
            store.close()
            killer.tell("stopping")
            world.stack.stop()
            killer.tell("stopped")
            return Outcome(table, killer.kills, killer.ended, handed, time.monotonic() - began, waiting)

    async def _rage(
        self, world: World, cases: Sequence[Case], handed: Handed, killer: Killer, bar: Progress
    ) -> None:
        intake = [world.stack.url(name) for name in world.weather.names if name.startswith("intake")]
        handing = HandingIn(cases, intake, world.stack.amqp_url, handed)
        task = bar.add_task("accepted", total=len(cases))
        showing = asyncio.create_task(_show(bar, task, handed))
        sending = asyncio.create_task(handing.run())
        try:
            last = _last_due(cases, world)
            past = self._clock.now if self._weather.until_due else lambda: last
            await killer.run(lambda: sending.done() and past() >= last)
            await sending
        finally:
            for one in (sending, showing):
                one.cancel()
                with suppress(asyncio.CancelledError):
                    await one
        bar.update(task, completed=len(handed.accepted))

    async def _quiet(
        self, world: World, store: Store, cases: Sequence[Case], bar: Progress
    ) -> dict[str, int]:
        """Wait until nothing waits, and everything that falls due has; what is left when time is over."""
        end = time.monotonic() + self._patience
        last = _last_due(cases, world)
        task = bar.add_task("quiet", total=LOOKS)
        looks = 0
        waiting: dict[str, int] = {}
        while looks < LOOKS and time.monotonic() < end:
            await asyncio.sleep(LOOK_EVERY)
            now = self._clock.now()
            waiting = dict(await asyncio.to_thread(store.waiting, len(cases), now))
            looks = looks + 1 if not waiting and now > last else 0
            left = ", ".join(f"{name} {count}" for name, count in waiting.items())
            bar.update(task, completed=looks, description=f"quiet{': ' if left else ''}{left[:70]}")
        return waiting

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self._console, disable=not self._console.is_terminal)


def _last_due(cases: Sequence[Case], world: World) -> datetime:
    falling = [expected(c, world.deployment).due for c in cases if c.fate == "falls_due"]
    return max(falling, default=datetime.min.replace(tzinfo=cases[0].received_at.tzinfo)) + timedelta(
        seconds=1
    )


async def _show(bar: Progress, task: TaskID, handed: Handed) -> None:
    while True:
        bar.update(task, completed=len(handed.accepted))
        await asyncio.sleep(0.3)
