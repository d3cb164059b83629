"""Where the memory bus keeps its dead letters: in a list, or wherever its `Burials` does."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.bus.envelope import TRACE
from shared.bus.port import DeadLetter, Delivery


@dataclass(frozen=True, slots=True)
class Burial:
    """A delivery that was given up, whole, so that it can be replayed. `ticket` is unique among burials."""

    ticket: str
    delivery: Delivery
    reason: str
    died_at: datetime

    def letter(self, index: int) -> DeadLetter:
        delivery = self.delivery
        return DeadLetter(
            index=index,
            queue=delivery.queue,
            key=delivery.key,
            id=delivery.id,
            reason=self.reason,
            attempts=delivery.attempt,
            first_at=delivery.first_at,
            died_at=self.died_at,
            trace=delivery.headers.get(TRACE),
            body=delivery.body,
        )

    def revived(self) -> Delivery:
        """As it first came."""
        return dataclasses.replace(self.delivery, attempt=1, first_at=None)


class Burials(Protocol):
    """Keeps burials, oldest first. What `keep` returned from must survive as long as the events do."""

    async def keep(self, burial: Burial) -> None: ...

    async def of(self, queue: str) -> Sequence[Burial]: ...

    async def remove(self, tickets: Collection[str]) -> None: ...


class ListedBurials:
    """In memory; gone with the process."""

    def __init__(self) -> None:
        self._burials: list[Burial] = []

    async def keep(self, burial: Burial) -> None:
        self._burials.append(burial)

    async def of(self, queue: str) -> Sequence[Burial]:
        return [burial for burial in self._burials if burial.delivery.queue == queue]

    def first(self) -> Burial | None:
        """The oldest of any queue."""
        return self._burials[0] if self._burials else None

    async def remove(self, tickets: Collection[str]) -> None:
        self._burials = [burial for burial in self._burials if burial.ticket not in tickets]
