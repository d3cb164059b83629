"""Which due pages are in whose hands: one small document for all replicas, so that no page is written to be
claimed.

A claim names pages and the moment it runs out: a replica that dies leaves them to the others then, one that
is stopped hands them back at once. The document is replaced under its `rev`, so of two replicas that chose at
the same time the second chooses anew. Claims only spare double work. That a page fires once is seen to by its
own guarded write.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from shared.clock import Clock
from shared.contracts.envelope import new_id
from shared.store import mongo
from shared.store.mongo import Database

LEASE = timedelta(seconds=30)
ONE = "timers"
"""The name of the document."""


@dataclass(slots=True)
class Claim:
    """Pages in one hand until they are done, or the claim runs out."""

    until: datetime
    pages: set[str]

    def holds(self, now: datetime) -> bool:
        """Clocks of replicas differ a little; whatever reaches further than that is no claim of anybody's."""
        return bool(self.pages) and now < self.until < now + 2 * LEASE

    def document(self) -> dict[str, Any]:
        return {"until": self.until, "pages": sorted(self.pages)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Claim":
        return cls(document["until"], set(document["pages"]))


@dataclass(frozen=True, slots=True)
class Held:
    """What others and this replica had in hand at a look."""

    rev: int
    others: Mapping[str, Sequence[Claim]]
    mine: Sequence[Claim]

    @property
    def claims(self) -> list[Claim]:
        return [*self.mine, *(claim for claims in self.others.values() for claim in claims)]

    @property
    def pages(self) -> list[str]:
        return [page for claim in self.claims for page in claim.pages]

    @property
    def first_end(self) -> datetime | None:
        return min((claim.until for claim in self.claims), default=None)


class Claims:
    """The claims of one replica, among those of all."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._store: mongo.Collection = database.collection("claims")
        self._clock = clock
        self._name = new_id()
        self._mine: list[Claim] = []
        self._told = True
        """Whether the store knows of `_mine` as it is."""

    async def held(self) -> Held:
        now = self._clock.now()
        stored = await self._store.find_one({"_id": ONE}) or {"rev": 0, "claims": {}}
        self._mine = [claim for claim in self._mine if claim.holds(now)]
        others = {
            name: holding
            for name, claims in stored["claims"].items()
            if name != self._name
            and (holding := [claim for claim in map(Claim.of, claims) if claim.holds(now)])
        }
        return Held(stored["rev"], others, list(self._mine))

    async def take(self, held: Held, pages: Iterable[str]) -> bool:
        """Claim these pages; False where another replica came in between, and nothing is claimed."""
        claim = Claim(self._clock.now() + LEASE, set(pages))
        if not await self._write(held, [*held.mine, claim]):
            return False
        self._mine.append(claim)
        return True

    def done(self, pages: Collection[str]) -> None:
        """These are free again; the others learn of it with what is taken or told next."""
        for claim in self._mine:
            claim.pages.difference_update(pages)
        self._told = False

    async def tell(self) -> None:
        """Let the others know what is done."""
        while not self._told:
            held = await self.held()
            await self._write(held, held.mine)

    async def hand_back(self) -> None:
        """Leave everything to the others."""
        self._mine.clear()
        self._told = False
        await self.tell()

    async def _write(self, held: Held, mine: Sequence[Claim]) -> bool:
        holding = [claim.document() for claim in mine if claim.pages]
        others = {name: [claim.document() for claim in claims] for name, claims in held.others.items()}
        claims = {**others, self._name: holding} if holding else others
        written = {"_id": ONE, "rev": held.rev + 1, "claims": claims}
        self._told = True  # unless something is done meanwhile
        done = False
        try:
            result = await self._store.replace_one(
                {"_id": ONE, "rev": held.rev}, written, upsert=held.rev == 0
            )
            done = bool(result.matched_count) or result.upserted_id is not None
        except DuplicateKeyError:  # another replica was the first of all
            pass
        finally:
            if not done:
                self._told = False
        return done
