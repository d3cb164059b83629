"""Finds, for a complaint whose event nobody named, an earlier complaint that may be about the same event.

What is compared is on the pages themselves: bands in an index that covers many pages, sketches beside them.
A look reads at most NEWEST pages that meet in a band, the newest first, whatever the past holds. Complaints
that come in one batch see one another; of two that two replicas take at the same moment, neither may.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import blake2b

from pydantic import ValidationError
from pymongo import ASCENDING, DESCENDING, IndexModel

from services.grading.likeness import bands, likeness, shingles, sketch
from shared.contracts.complaints import Complaint
from shared.contracts.envelope import Envelope
from shared.contracts.gradings import Alike
from shared.deployment import Deployment
from shared.policy.sections.facts import Linking
from shared.store.book import Book
from shared.store.page import Document, Page

NEWEST = 100
DAY = timedelta(days=1)
LIKENESS_INDEX = IndexModel(
    [("likeness.bands", ASCENDING), ("likeness.at", DESCENDING)],
    name="likeness",
    partialFilterExpression={"likeness.bands": {"$exists": True}},
)


class Events:
    """Looks for complaints about the same event."""

    def __init__(self, complaints: Book, deployment: Deployment) -> None:
        self._complaints, self._deployment = complaints, deployment

    async def look(self, pages: Mapping[str, Page], work: Mapping[str, Sequence[Envelope]]) -> None:
        """Before complaints are graded: put onto their pages what they are compared by, and the one that
        they are most alike."""
        fresh = {id_: page for id_, page in pages.items() if self._described(page, work[id_])}
        for page in fresh.values():
            linking = self._linking(page.body["likeness"]["unit"])
            if not page.body["likeness"]["bands"] or "event" in page.body["likeness"]:
                continue
            others = [*await self._stored(page, linking), *_beside(page, fresh, linking)]
            best = max(_alike(page, others), key=lambda alike: (alike.likeness, alike.id), default=None)
            page.body.pop("alike", None)
            if best is not None and best.likeness >= linking.threshold:
                page.body["alike"] = best.model_dump()

    def _described(self, page: Page, events: Iterable[Envelope]) -> bool:
        """Describe the newest copy on its page; False where there is none to compare."""
        found = False
        for envelope in events:
            complaint = self._complaint(envelope)
            if complaint is None or envelope.number <= page.body.get("likeness", {}).get("copy", 0):
                continue
            linking = self._linking(complaint.unit)
            page.body["likeness"] = _description(complaint, linking) | {"copy": envelope.number}
            found = True
        return found

    def _complaint(self, envelope: Envelope) -> Complaint | None:
        """The copy that an event carries; what is wrong with it is told when it is applied."""
        given = envelope.data.get("complaint")
        unit = self._deployment.units.get(str(given.get("unit"))) if isinstance(given, dict) else None
        if unit is None or unit.pack.pack.facts.linking is None:
            return None
        try:
            return Complaint.model_validate(given)
        except ValidationError:
            return None

    def _linking(self, unit: str) -> Linking:
        """How the unit's pack compares; asked of units whose pack does."""
        linking = self._deployment.unit(unit).pack.pack.facts.linking
        assert linking is not None
        return linking

    async def _stored(self, page: Page, linking: Linking) -> list[tuple[str, Document]]:
        mine = page.body["likeness"]
        meeting = {
            "_id": {"$ne": page.id},
            "likeness.bands": {"$in": mine["bands"]},
            "likeness.at": {"$gte": mine["at"] - linking.days * DAY, "$lte": mine["at"]},
        }
        cursor = self._complaints.pages.find(meeting, {"likeness": 1}).sort("likeness.at", -1).limit(NEWEST)
        return [(document["_id"], document["likeness"]) async for document in cursor]


def _description(complaint: Complaint, linking: Linking) -> Document:
    found = shingles(complaint.text)
    same = [getattr(complaint, name) for name in linking.same]
    numbers = bands(found) if all(same) else []
    described: Document = {
        "unit": complaint.unit,
        "number": complaint.number,
        "at": complaint.received_at,
        "bands": [_key((complaint.unit, *same, n, number)) for n, number in enumerate(numbers)],
        "sketch": sketch(found),
    }
    return described | ({"event": complaint.event} if complaint.event is not None else {})


def _key(parts: tuple[object, ...]) -> int:
    """A band of this unit and of these same values, as a number of 64 bits."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=8).digest(), signed=True)


def _beside(page: Page, fresh: Mapping[str, Page], linking: Linking) -> Iterator[tuple[str, Document]]:
    """Those of the same batch that meet it in a band and came before."""
    mine = page.body["likeness"]
    for id_, other in fresh.items():
        theirs = other.body["likeness"]
        earlier = (theirs["at"], id_) < (mine["at"], page.id)
        near = mine["at"] - theirs["at"] <= linking.days * DAY
        if earlier and near and not set(mine["bands"]).isdisjoint(theirs["bands"]):
            yield id_, theirs


def _alike(page: Page, others: Iterable[tuple[str, Document]]) -> Iterator[Alike]:
    mine = page.body["likeness"]
    for id_, theirs in others:
        share = likeness(mine["sketch"], theirs["sketch"])
        yield Alike(id=id_, number=theirs["number"], event=theirs.get("event"), likeness=round(share, 4))
