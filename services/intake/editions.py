"""Refuses to start without the packs under which complaints were received before.

A complaint keeps the pack version it was received under. Which versions governed here is remembered in the
store, with every start; one that is gone from `redress.yaml` while complaints of it are kept stops the start.
"""

from collections.abc import AsyncIterator
from functools import cached_property

from shared.clock import Clock
from shared.deployment import Deployment, Unit
from shared.policy.bound import Edition
from shared.policy.source import Problem, Source, SourceError, read
from shared.store.mongo import Collection, Database

COLLECTION = "editions"


class Editions:
    """The packs that governed here, each since its first start."""

    def __init__(self, database: Database, deployment: Deployment, clock: Clock) -> None:
        self._kept: Collection = database.collection(COLLECTION)
        self._complaints: Collection = database.collection("complaints")
        self._deployment = deployment
        self._clock = clock

    async def prepare(self) -> None:
        """Before anything is taken in. `SourceError` names the packs that are missing, and where."""
        missing = [
            problem for i, unit in enumerate(self._deployment) async for problem in self._gone(i, unit)
        ]
        if missing:
            raise SourceError(missing)
        for unit in self._deployment:
            named = {"unit": unit.id, "pack": unit.pack.id, "version": unit.pack.version}
            since = {"$setOnInsert": {**named, "since": self._clock.now()}}
            await self._kept.update_one({"_id": f"{unit.id} {unit.edition}"}, since, upsert=True)

    async def _gone(self, i: int, unit: Unit) -> AsyncIterator[Problem]:
        served = {known.edition for known in unit.editions}
        async for kept in self._kept.find({"unit": unit.id}):
            edition = Edition(kept["pack"], kept["version"])
            if edition not in served and await self._governs(unit.id, edition):
                message = f"complaints are kept that were received under {edition}: name it here"
                yield self._file.problem(("units", i, "earlier"), message)

    @cached_property
    def _file(self) -> Source:
        path = self._deployment.path
        return read(path) if path is not None else Source("redress.yaml", {})

    async def _governs(self, unit: str, edition: Edition) -> bool:
        """Read only for a version that is named no longer."""
        received = {"unit": unit, "pack": edition.pack, "pack_version": edition.version}
        wanted = {f"complaint.{name}": value for name, value in received.items()}
        return await self._complaints.find_one(wanted, {"_id": 1}) is not None
