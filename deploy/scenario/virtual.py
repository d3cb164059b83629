"""Drives the workers of a world in virtual time: from one due moment to the next, skipping the rest."""

from datetime import datetime

from deploy.local.world import World
from shared.clock import VirtualClock
from shared.service import Worker

MAX_ROUNDS = 100_000


class StuckError(RuntimeError):
    """A worker says that it has work due but never gets it done."""


class VirtualTime:
    """Moves the clock of a world; everything due on the way happens at its own moment."""

    def __init__(self, world: World, clock: VirtualClock) -> None:
        self._clock, self._bus = clock, world.bus
        self._workers: list[Worker] = [w for service in world.services.values() for w in service.workers]

    async def move_to(self, moment: datetime) -> None:
        await self.settle()
        for _ in range(MAX_ROUNDS):
            due = await self._next()
            if due is None or due > moment:
                break
            self._clock.move_to(max(due, self._clock.now()))
            await self.settle()
        else:
            raise StuckError(f"something is due again and again at {self._clock.now().isoformat()}")
        self._clock.move_to(max(moment, self._clock.now()))
        await self.settle()

    async def settle(self) -> None:
        """Let what was published be handled, however slow the machine is, and every worker do what is due
        now, until none finds anything."""
        await self._bus.settled()
        for _ in range(MAX_ROUNDS):
            if not sum([await worker.work() for worker in self._workers]):
                return
        raise StuckError(f"the workers do not come to rest at {self._clock.now().isoformat()}")

    async def _next(self) -> datetime | None:
        moments = [await worker.due_at() for worker in self._workers]
        return min((m for m in moments if m is not None), default=None)
