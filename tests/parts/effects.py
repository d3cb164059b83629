"""Counts what came of complaints at the far end: in the desk's view, in the totals, in the mailbox."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import AsyncMongoClient

from tests.parts.trial import LONG_AGO

Effects = dict[str, Any]
SETTLED = 0.4
"""Seconds for which everything must stay as it is, before it counts as the end."""


def expected(refs: Sequence[str], grade: str = "major") -> Effects:
    """What complaints of the trial deployment must lead to, each once."""
    n = len(refs)
    return {
        "complaints": dict.fromkeys(refs, 1),
        "numbers": n,
        "grades": dict.fromkeys(refs, grade),
        "clocks": {ref: ["reply/breached"] for ref in refs},
        "said": dict.fromkeys(refs, "grading 1, intake 1, notify 3, sla 3"),
        "received": n,
        "by_grade": {grade: n},
        "by_clock": n,
        "mails": {"thanks": n, "late": n, "climbed": n},
        "mailed twice": 0,
        "unsent": 0,
    }


class Ledger:
    """Reads the effects. `mails` gives (recipients, subject) of every mail that was received."""

    def __init__(self, mongo_url: str, prefix: str, mail: Any, reporting: Any) -> None:
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongo_url)
        self._prefix, self._mail, self._reporting = prefix, mail, reporting

    async def close(self) -> None:
        await self._client.close()

    async def _all(self, service: str, collection: str = "complaints") -> list[dict[str, Any]]:
        found = self._client[f"{self._prefix}{service}"][collection].find()
        return [document async for document in found]

    async def unsent(self) -> int:
        """Pages of all services with events that are not confirmed."""
        waiting = {"pending_since": {"$exists": True}}
        count = 0
        for service in ("intake", "grading", "sla", "notify", "reporting"):
            count += await self._client[f"{self._prefix}{service}"]["complaints"].count_documents(waiting)
        return count + await self._client[f"{self._prefix}notify"]["messages"].count_documents(waiting)

    async def read(self) -> Effects:
        taken = [d for d in await self._all("intake") if "complaint" in d]
        refs = {d["_id"]: d["complaint"]["ref"] for d in taken}
        told = {d["_id"]: d["seen"] for d in await self._all("reporting")}
        totals = await self.totals()
        mails = Counter((r, m.subject) for m in list(self._mail.caught) for r in m.recipients)
        return {
            "complaints": dict(Counter(refs.values())),
            "numbers": len({d["complaint"]["number"] for d in taken}),
            "grades": {refs[d["_id"]]: d.get("grading", {}).get("grade") for d in taken},
            "clocks": {
                refs[d["_id"]]: [f"{c['id']}/{c['state']}" for c in d.get("clocks", ())] for d in taken
            },
            "said": {refs[id_]: _said(seen) for id_, seen in told.items() if id_ in refs},
            "received": totals["received"],
            "by_grade": totals["by"]["grade"],
            "by_clock": totals["by"]["clock"].get("reply", {}).get("breached", 0),
            "mails": dict(Counter(subject.split()[-1] for _, subject in mails)),
            "mailed twice": sum(count > 1 for count in mails.values()),
            "unsent": await self.unsent(),
        }

    async def totals(self) -> dict[str, Any]:
        """What the report says, by grade and by clock."""
        asked = {"by": "grade,clock", "from": LONG_AGO.date().isoformat()}
        answer: dict[str, Any] = (await self._reporting.get("/v1/totals", params=asked)).json()
        return answer

    async def settle(self, wanted: Mapping[str, Any], seconds: float = 30) -> None:
        """Wait for `wanted`, and then that nothing is added to it. Fails with what differs."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        found = await self.read()
        while found != wanted and loop.time() < end:
            await asyncio.sleep(0.1)
            found = await self.read()
        if found == wanted:
            await asyncio.sleep(SETTLED)
            found = await self.read()
        assert found == wanted, f"found, and expected: {_differences(found, wanted)}"

    async def once(self, refs: Sequence[str], seconds: float = 30) -> None:
        """Every complaint, and all that follows from it: nothing missing, nothing twice."""
        await self.settle(expected(refs), seconds)


def _differences(found: Effects, wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _differences(value, wanted[name]) if isinstance(value, dict) else (value, wanted[name])
        for name, value in found.items()
        if name in wanted and value != wanted[name]
    }


def _said(seen: Mapping[str, Sequence[int]]) -> str:
    """How many different events each source said of a complaint; a second grading would be one more."""
    counts: Counter[str] = Counter()
    for source, numbers in seen.items():
        counts[source.split("/")[2]] += len(set(numbers))
        assert len(set(numbers)) == len(numbers), f"{source} was applied twice: {numbers}"
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def refs(count: int, start: int = 1) -> list[str]:
    return [f"c{n}" for n in range(start, start + count)]
