"""Customers as grading knows them: what was told of each, since when, and the tiers that follow.

A complaint is graded under the tiers that its customer had when it was received: what was told until
then, and the complaints that came before. News that arrives late regrades the complaints it concerns;
news of today leaves earlier complaints alone. Whoever writes looks again after the write, so that of two
replicas which handle a complaint and its customer at once one sees what the other wrote.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from pymongo import ASCENDING, DESCENDING, IndexModel

from services.grading.counted import customer_key
from services.grading.course import newest
from services.grading.heard import RULES, SOURCE, Grader
from services.grading.tiers import Standing, standing
from shared.clock import Clock
from shared.contracts.complaints import Complaint
from shared.contracts.customers import CustomerMeasured, CustomerTiered
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment, Unit, UnknownUnitError
from shared.policy.conditions import FactValueError, check_values
from shared.policy.sections.tiers import Measure, Tiers
from shared.policy.tiering import measure_types
from shared.store.book import Book
from shared.store.inbox import Save, served
from shared.store.page import Document, Page
from shared.worktime import deadline

MAX_HISTORY = 200
"""How many tellings are kept of a customer, the newest."""
MAX_ROUNDS = 10
BATCH = 200
INSTANT = timedelta(milliseconds=1)
CUSTOMER_INDEX = IndexModel(
    [("customer.key", ASCENDING), ("customer.at", DESCENDING), ("customer.counts", ASCENDING)],
    name="customer",
    partialFilterExpression={"customer.key": {"$exists": True}},
)
REVIEW_INDEX = IndexModel([("review_at", ASCENDING)], name="reviews", sparse=True)


@dataclass(frozen=True)
class _Wanted:
    """The tiers that are asked for: whose, when, by whose rules."""

    unit: Unit
    tiers: Tiers
    key: str
    at: datetime


class Customers:
    """Keeps customers' pages, answers which tiers a complaint has, and says when a customer's change."""

    def __init__(
        self,
        customers: Book,
        complaints: Book,
        grader: Grader,
        save: Save,
        deployment: Deployment,
        clock: Clock,
    ) -> None:
        """`save` is how pages of complaints are written."""
        self._customers, self._complaints, self._grader, self._save = customers, complaints, grader, save
        self._deployment, self._clock = deployment, clock

    # Of customers: events told by intake, and the reviews that come round.

    def hear(self, page: Page, envelope: Envelope) -> None:
        """Put what was told into its place in time."""
        told = CustomerMeasured.of(envelope)
        served(self._deployment, told.unit)
        entry = {"at": told.measured_at, "sequence": envelope.number, "measures": told.measures}
        history = sorted([*page.body.get("history", ()), entry], key=lambda e: (e["at"], e["sequence"]))
        page.body |= {"unit": told.unit, "customer": told.customer, "history": history[-MAX_HISTORY:]}

    async def review(self, pages: Iterable[Page]) -> None:
        """Look at these customers as they stand now; what has changed is said on their pages."""
        now = self._clock.now()
        for page in pages:
            unit = self._deployment.units.get(page.body.get("unit", ""))
            wanted = _asked(unit, page.id, now + INSTANT)
            if wanted is not None:
                self._say(page, wanted, await self._standing(wanted, page), now)

    def _say(self, page: Page, wanted: _Wanted, found: Standing, now: datetime) -> None:
        before = page.body.get("tiers", {})
        if wanted.tiers.reviewed is not None:
            limit = wanted.unit.pack.limit(wanted.tiers.reviewed)
            page.body["review_at"] = deadline(now, limit, wanted.unit.calendar).due
            page.changed = True
        if found.tiers == before:
            return
        page.body["tiers"] = dict(found.tiers)
        said = CustomerTiered(
            unit=wanted.unit.id,
            customer=page.body["customer"],
            tiers=dict(found.tiers),
            previous=before,
            scores=dict(found.scores),
            rules=found.rules,
            pack_version=wanted.unit.pack.version,
            effective_at=now,
        )
        page.say(said, source=SOURCE, time=now, now=now)

    async def told(self, pages: Mapping[str, Page], work: Mapping[str, Sequence[Envelope]]) -> None:
        """After customers were written: grade anew the complaints received since then."""
        for key, page in pages.items():
            since = min(CustomerMeasured.of(envelope).measured_at for envelope in work[key])
            since = max(since, page.body["history"][0]["at"])
            await self._regrade(await self._received(key, since))

    async def review_due(self) -> int:
        """Look at the customers whose review is due, the longest due first; how many."""
        now = self._clock.now()
        due = self._customers.pages.find({"review_at": {"$lte": now}}, {"_id": 1})
        ids = [d["_id"] async for d in due.sort("review_at", 1).limit(BATCH)]
        await self._review(ids)
        return len(ids)

    async def next_review(self) -> datetime | None:
        waiting = {"review_at": {"$exists": True}}
        first = await self._customers.pages.find_one(waiting, {"review_at": 1}, sort=[("review_at", 1)])
        return first["review_at"] if first else None

    async def _review(self, keys: Sequence[str], names: Mapping[str, Document] | None = None) -> None:
        """Open, look, save, send. `names` are put on pages that are new."""
        left = list(keys)
        for _ in range(MAX_ROUNDS):
            pages = await self._customers.open(left)
            for key, page in pages.items():
                page.body = {**(names or {}).get(key, {}), **page.body}
            await self.review(pages.values())
            lost = await self._customers.save(list(pages.values()))
            await self._customers.send(page for key, page in pages.items() if key not in lost)
            left = list(lost)
            if not left:
                return

    # Of complaints: which tiers each has, and what it changes for others.

    async def look(self, pages: Mapping[str, Page], work: Mapping[str, Sequence[Envelope]]) -> None:
        """Before complaints are graded: put the tiers that they are graded under onto their pages."""
        for id_, events in work.items():
            for complaint in filter(None, map(self._complaint, events)):
                wanted = self._of(complaint)
                pages[id_].body["tiers"] = await self._facts(wanted) if wanted else {}

    async def settle(self, pages: Mapping[str, Page], _: Mapping[str, Sequence[Envelope]]) -> None:
        """After complaints were written: those whose tiers somebody changed meanwhile, the later ones of
        the same customer where complaints count, and then the customer."""
        counted: dict[str, Document] = {}
        for page in pages.values():
            customer, tiers = page.body.get("customer"), self._tiers(page.body)
            if not customer or tiers is None:
                continue
            concerned = [page.id]
            if any(measure.counts for measure in tiers.measures.values()):
                concerned += await self._received(customer["key"], customer["at"] + INSTANT)
                counted[customer["key"]] = {
                    "unit": page.body["unit"],
                    "customer": newest(page.body).complainant.id,
                }
            await self._regrade(concerned)
        await self._review(list(counted), counted)

    async def _received(self, key: str, since: datetime) -> list[str]:
        """The customer's complaints received from then on."""
        cursor = self._complaints.pages.find(
            {"customer.key": key, "customer.at": {"$gte": since}}, {"_id": 1}
        )
        return [document["_id"] async for document in cursor]

    async def _regrade(self, ids: Iterable[str]) -> None:
        """Grade anew those whose tiers are others now than they were graded under."""
        left = list(ids)
        for _ in range(MAX_ROUNDS):
            pages = await self._complaints.open(left)
            changed = []
            for page in pages.values():
                wanted = self._of(newest(page.body))
                found = await self._facts(wanted) if wanted else {}
                if found != page.body.get("tiers", {}):
                    page.body["tiers"] = found
                    page.changed = True
                    self._grader.decide(page)
                    changed.append(page)
            lost = await self._save(changed)
            await self._complaints.send(page for page in changed if page.id not in lost)
            left = list(lost)
            if not left:
                return

    def _complaint(self, envelope: Envelope) -> Complaint | None:
        """The copy that an event carries; what is wrong with it is told when it is applied."""
        given = envelope.data.get("complaint")
        if not isinstance(given, dict) or self._tiers(given) is None:
            return None
        try:
            return Complaint.model_validate(given)
        except ValidationError:
            return None

    def _of(self, complaint: Complaint) -> _Wanted | None:
        customer = complaint.complainant.id
        key = customer_key(complaint.unit, customer) if customer else None
        return _asked(self._governing(complaint.case.rules), key, complaint.received_at)

    def _tiers(self, complaint: Mapping[str, object]) -> Tiers | None:
        unit = self._governing(tuple(str(complaint.get(name)) for name in RULES))
        return unit.pack.pack.tiers if unit else None

    def _governing(self, rules: Sequence[str]) -> Unit | None:
        """The unit by the rules that a complaint was received under."""
        try:
            return self._deployment.governing(*rules)
        except UnknownUnitError:
            return None

    async def _facts(self, wanted: _Wanted) -> dict[str, str]:
        page = (await self._customers.open([wanted.key]))[wanted.key]
        return (await self._standing(wanted, page)).facts()

    async def _standing(self, wanted: _Wanted, page: Page) -> Standing:
        told = _told(page, wanted)
        made = {
            name: await self._made(wanted, measure)
            for name, measure in wanted.tiers.measures.items()
            if measure.counts
        }
        return standing(wanted.unit.pack, wanted.tiers, told, made)

    async def _made(self, wanted: _Wanted, measure: Measure) -> int:
        """How many counted complaints the customer had made before, within the measure's time."""
        before = {"customer.key": wanted.key, "customer.at": {"$lt": wanted.at}, "customer.counts": True}
        if measure.within is None:
            return int(await self._complaints.pages.count_documents(before))
        limit, calendar = wanted.unit.pack.limit(measure.within), wanted.unit.calendar
        cursor = self._complaints.pages.find(before, {"_id": 0, "customer.at": 1}).sort("customer.at", -1)
        made = 0
        async for document in cursor:
            if deadline(document["customer"]["at"], limit, calendar).due < wanted.at - INSTANT:
                break
            made += 1
        return made


class Reviews:
    """The worker that looks at customers anew when their review is due."""

    name = "reviews"

    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    async def due_at(self) -> datetime | None:
        return await self._customers.next_review()

    async def work(self) -> int:
        return await self._customers.review_due()


def _asked(unit: Unit | None, key: str | None, at: datetime) -> _Wanted | None:
    tiers = unit.pack.pack.tiers if unit else None
    return _Wanted(unit, tiers, key, at) if unit and tiers and key else None


def _told(page: Page, wanted: _Wanted) -> dict[str, object]:
    """What was known of the customer by then; what today's pack does not take is left out."""
    history: Sequence[Document] = page.body.get("history", ())
    until = [entry for entry in history if entry["at"] <= wanted.at]
    if not until:
        return {}
    types = measure_types(wanted.unit.pack.pack)
    counted = {name for name, measure in wanted.tiers.measures.items() if measure.counts}
    return {
        name: value
        for name, value in until[-1]["measures"].items()
        if name in types.keys() - counted and _fits({name: value}, types)
    }


def _fits(value: dict[str, object], types: Mapping[str, object]) -> bool:
    try:
        check_values(value, types)  # type: ignore[arg-type]
    except FactValueError:
        return False
    return True
