"""Plays the stories of packs, as they are and with parts taken out, to see what they would notice."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deploy.coverage.exercised import exercised
from deploy.local.mail import MailCatcher
from deploy.scenario.player import FailedError, packs_of, play
from deploy.scenario.stage import House
from deploy.scenario.virtual import StuckError
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.removal import without
from shared.policy.source import Source, SourceError
from shared.policy.validation import validated
from shared.telemetry.logs import set_up

T = TypeVar("T")


@dataclass(frozen=True)
class Ground:
    """Where stories are played: the company's folders of packs, and a MongoDB."""

    folders: tuple[Path, ...]
    mongo_url: str


@dataclass(frozen=True)
class Playing:
    """A pack and the stories to play for it."""

    ground: Ground
    pack: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Played:
    """What each story that holds made use of, and how the others failed."""

    used: Mapping[Path, frozenset[str]]
    failed: tuple[str, ...]

    def shown(self) -> frozenset[str]:
        """All that the stories made use of."""
        return frozenset[str]().union(*self.used.values())

    def using(self, carrier: str) -> tuple[Path, ...]:
        """The stories that made use of a part, first the one that makes use of little else: it is short, and
        most likely told of this part."""
        using = (file for file, used in self.used.items() if carrier in used)
        return tuple(sorted(using, key=lambda file: len(self.used[file])))


@dataclass(frozen=True)
class Taking:
    """Parts to be taken out of a pack one at a time, each with the stories that make use of it."""

    ground: Ground
    pack: str
    parts: tuple[tuple[str, tuple[Path, ...]], ...]


class PackWithout(Library):
    """A library in which one pack lacks a part."""

    def __init__(self, whole: Library, pack: str, carrier: str) -> None:
        super().__init__(*whole.folders)
        source, written = whole.written(pack)
        left = Source(source.file, without(written, carrier))
        self._read[pack] = (left, validated(Pack, left))


def stories(library: Library) -> dict[str, list[Path]]:
    """The stories told of each pack: those beside the packs, and those that name it in `also`."""
    told: dict[str, list[Path]] = {}
    for file in sorted(file for folder in library.folders for file in folder.glob("*/scenarios/*.yaml")):
        for pack in packs_of(file):
            told.setdefault(pack, []).append(file)
    return told


def play_all(playing: Playing) -> Played:
    """Play the stories of a pack as it is."""

    async def run(house: House) -> Played:
        library = Library(*playing.ground.folders)
        pack = library.written(playing.pack)[1]
        used, failed = {}, []
        for file in playing.files:
            try:
                events = await play(file, library, house, _nothing, playing.pack)
                used[file] = frozenset(exercised(pack, events))
            except (FailedError, SourceError) as error:
                failed.append(str(error))
        return Played(used, tuple(failed))

    return _in_a_house(playing.ground, run)


def unnoticed(taking: Taking) -> list[str]:
    """The parts whose loss no story notices. A pack that cannot be without a part notices too."""

    async def run(house: House) -> list[str]:
        whole = Library(*taking.ground.folders)
        return [
            part for part, files in taking.parts if not await _notices(whole, taking.pack, part, files, house)
        ]

    return _in_a_house(taking.ground, run)


async def _notices(whole: Library, pack: str, part: str, files: Sequence[Path], house: House) -> bool:
    try:
        library = PackWithout(whole, pack, part)
        for file in files:
            await play(file, library, house, _nothing, pack)
    except (FailedError, SourceError, StuckError):
        return True
    return False


def _in_a_house(ground: Ground, run: Callable[[House], Awaitable[T]]) -> T:
    """Run with databases and a mail catcher of its own; any process may."""
    set_up("coverage", logging.ERROR, readable=True)
    mail = MailCatcher()
    mail.start()

    async def in_it() -> T:
        house = House(ground.mongo_url, mail)
        try:
            return await run(house)
        finally:
            await house.close()

    try:
        return asyncio.run(in_it())
    finally:
        mail.stop()


def _nothing(_line: str) -> None:
    return None
