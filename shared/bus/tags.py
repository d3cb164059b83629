"""Delivery tags of one channel: which acknowledgements say that a batch is done, in the fewest frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tags:
    """Remembers what is settled, so that `multiple` never acknowledges what is still being handled."""

    floor: int = 0
    """Every tag up to here is settled."""
    beyond: set[int] = field(default_factory=set)

    def acknowledge(self, tags: Sequence[int]) -> list[tuple[int, bool]]:
        """(tag, multiple) for each frame to send: the run that starts at the floor in one, others singly."""
        self.settle(tags)
        run = [tag for tag in tags if tag <= self.floor]
        frames = [(max(run), len(run) > 1)] if run else []
        return frames + [(tag, False) for tag in tags if tag > self.floor]

    def settle(self, tags: Iterable[int]) -> None:
        """These are answered for, one way or another."""
        self.beyond.update(tags)
        while self.floor + 1 in self.beyond:
            self.floor += 1
            self.beyond.discard(self.floor)
