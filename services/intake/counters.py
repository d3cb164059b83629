"""Gives out numbers inside the transaction that stores the complaints: none is lost, none is given twice."""

from collections.abc import Mapping

from pymongo import ASCENDING, IndexModel, ReturnDocument

from services.intake.checking import Accepted
from services.intake.numbering import number, period
from shared.store.mongo import Collection, Database, Session

NUMBER_INDEX = IndexModel(
    [("complaint.unit", ASCENDING), ("complaint.number", ASCENDING)],
    name="number",
    unique=True,
    partialFilterExpression={"complaint.number": {"$exists": True}},
)


class Counters:
    """One counter for each unit and period. `pages` are the complaints that have their numbers already."""

    def __init__(self, database: Database, pages: Collection) -> None:
        self._counters = database.collection("counters")
        self._pages = pages

    async def next(self, fresh: Mapping[int, Accepted], session: Session, *, careful: bool) -> dict[int, str]:
        """A number for each, in order. `careful`: pass over those given out under an older format."""
        numbers: dict[int, str] = {}
        for counter, group in sorted(_groups(fresh).items()):
            left = group
            while left:
                last = await self._advance(counter, len(left), session)
                given = {
                    i: _number(a, last - len(left) + n) for n, (i, a) in enumerate(left.items(), start=1)
                }
                taken = await self._taken(left, given, session) if careful else set()
                numbers |= {i: text for i, text in given.items() if text not in taken}
                left = {i: accepted for i, accepted in left.items() if given[i] in taken}
        return numbers

    async def _advance(self, counter: str, by: int, session: Session) -> int:
        document = await self._counters.find_one_and_update(
            {"_id": counter},
            {"$inc": {"last": by}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        return int(document["last"])

    async def _taken(
        self, group: Mapping[int, Accepted], given: Mapping[int, str], session: Session
    ) -> set[str]:
        unit = next(iter(group.values())).unit.id
        wanted = {"complaint.unit": unit, "complaint.number": {"$in": list(given.values())}}
        found = self._pages.find(wanted, {"complaint.number": 1}, session=session)
        return {d["complaint"]["number"] async for d in found}


def _groups(fresh: Mapping[int, Accepted]) -> dict[str, dict[int, Accepted]]:
    groups: dict[str, dict[int, Accepted]] = {}
    for i, accepted in fresh.items():
        pack = accepted.unit.pack.pack
        within = period(pack.intake.numbering, accepted.received_at, pack.time_zone)
        groups.setdefault(f"{accepted.unit.id} {within}", {})[i] = accepted
    return groups


def _number(accepted: Accepted, sequence: int) -> str:
    pack = accepted.unit.pack.pack
    return number(pack.intake.numbering, accepted.received_at, pack.time_zone, sequence)
