"""Plays the stories of many packs, in several processes where asked, and says how far it is."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

from deploy.coverage.proving import Ground, Played, Playing, Taking, play_all, unnoticed

A = TypeVar("A")
B = TypeVar("B")
Step = Callable[[int], None]
AT_A_TIME = 8
"""How many parts of one pack a process takes out before it comes back."""


class Campaign:
    """Stories and packs without a part, played one by one or by `jobs` processes at once."""

    def __init__(self, ground: Ground, jobs: int) -> None:
        self._ground, self._jobs = ground, jobs

    def play(self, told: Mapping[str, Sequence[Path]], step: Step) -> dict[str, Played]:
        """What the stories of each pack make use of; `step` after each."""
        work = [Playing(self._ground, pack, tuple(files)) for pack, files in told.items()]
        played = {}
        for playing, one in self._each(play_all, work):
            played[playing.pack] = one
            step(1)
        return played

    def take_out(
        self, parts: Mapping[str, Sequence[str]], played: Mapping[str, Played], step: Step
    ) -> dict[str, list[str]]:
        """By pack, those of its `parts` whose loss no story notices; `step` with how many are done."""
        work = [
            Taking(self._ground, pack, tuple((part, played[pack].using(part)) for part in few))
            for pack, all_ in parts.items()
            for few in _batches(all_)
        ]
        found: dict[str, list[str]] = {}
        for taking, lost in self._each(unnoticed, work):
            found.setdefault(taking.pack, []).extend(lost)
            step(len(taking.parts))
        return found

    def _each(self, do: Callable[[A], B], work: Sequence[A]) -> Iterator[tuple[A, B]]:
        if self._jobs == 1:
            for one in work:
                yield one, do(one)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._jobs, mp_context=context) as processes:
            running = {processes.submit(do, one): one for one in work}
            for done in as_completed(running):
                yield running[done], done.result()


def _batches(parts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (parts[at : at + AT_A_TIME] for at in range(0, len(parts), AT_A_TIME))
