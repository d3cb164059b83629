"""kill -9 at random: services, then the broker, then mongod, again and again, with calm in between."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress

from tests.storm.world import World

CALM = (1.0, 5.0)
DOWN = (0.0, 2.0)
READY = 10.0
"""Seconds that a start may take before the next blow falls all the same."""
WATCH = 0.3
Say = Callable[[str], None]


class Killer:
    """Kills what the seed says. Whatever is down comes back, also a service that ended by itself."""

    def __init__(self, world: World, seed: int, say: Say, accepted: Callable[[], int]) -> None:
        self._accepted = accepted
        self._world, self._dice, self._say = world, random.Random(seed), say
        self._begun = time.monotonic()
        self._in_hand: set[str] = set()
        self._bag: list[str] = []
        self.kills: dict[str, int] = {}
        self.ended: dict[str, int] = {}
        self.rounds = 0

    async def run(self, enough: Callable[[], bool]) -> None:
        """Rounds of kills until it is enough; one whole round at least."""
        keeper = asyncio.create_task(self._keep())
        try:
            while not (self.rounds and enough()):
                for what in self._world.weather.round:
                    await self._calm()
                    await self._strike(what)
                    if self.rounds and enough():
                        break
                self.rounds += 1
            await self._all_ready()
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def _calm(self) -> None:
        """Every other time from when all are ready, so that work gets done; else also while they start."""
        if self._dice.random() < 1 / 2:
            with suppress(TimeoutError):
                async with asyncio.timeout(READY):
                    await self._all_ready()
        await asyncio.sleep(self._dice.uniform(*CALM))

    async def _strike(self, what: str) -> None:
        if what == "services":
            await self._services()
        elif what == "broker":
            await self._part("broker", self._world.node.kill, self._world.node.serve)
        else:
            await self._part("mongod", self._world.kill_mongod, self._world.mongod.start)

    async def _services(self) -> None:
        """One to three of them at once, up again after a moment."""
        names = sorted({self._drawn() for _ in range(self._dice.choice((1, 2, 2, 3)))})
        self._in_hand |= set(names)
        for name in names:
            self._count(name)
            await asyncio.to_thread(self._world.stack.kill, name)
        down = self._dice.uniform(*DOWN)
        self.tell(f"kill -9 {', '.join(names)}; up again after {down:.1f} s")
        await asyncio.sleep(down)
        for name in names:
            self._world.stack.launch(name)
        self._in_hand -= set(names)

    def _drawn(self) -> str:
        """Each of them before any of them again."""
        if not self._bag:
            names = self._world.weather.struck_names
            self._bag = self._dice.sample(names, len(names))
        return self._bag.pop()

    async def _part(self, name: str, kill: Callable[[], None], start: Callable[[], object]) -> None:
        """The broker or the store; every third time a service falls while it is away."""
        self._count(name)
        await asyncio.to_thread(kill)
        self.tell(f"kill -9 {name}")
        began = time.monotonic()
        await asyncio.sleep(self._dice.uniform(*DOWN))
        if self._dice.random() < 1 / 3:
            await self._services()
        await asyncio.to_thread(start)
        self.tell(f"        {name} is back after {time.monotonic() - began:.1f} s")

    async def _keep(self) -> None:
        """Start again what ended by itself, as whoever runs containers does."""
        while True:
            await asyncio.sleep(WATCH)
            for name, process in list(self._world.stack.processes.items()):
                code = process.popen.poll()
                if code is not None and name not in self._in_hand:
                    self.ended[name] = self.ended.get(name, 0) + 1
                    self.tell(f"        {name} ended with {code}; it is started again")
                    self._world.stack.launch(name)

    async def _all_ready(self) -> None:
        for name in self._world.weather.names:
            with suppress(
                AssertionError
            ):  # slow, or it ended by itself and is started again; quiet will tell
                await asyncio.to_thread(self._world.stack.wait_ready, name, READY)

    def _count(self, name: str) -> None:
        self.kills[name] = self.kills.get(name, 0) + 1

    def tell(self, what: str) -> None:
        self._say(f"{time.monotonic() - self._begun:7.1f} s  {self._accepted():>6} in  {what}")
