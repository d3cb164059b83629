"""sla's database made anew from what intake and grading hold. See docs/adr/0010-rebuilding-sla.md.

Intake has every milestone, and keeps what it heard from sla; grading has every grading it gave. So all
that sla ever heard is there, and what it has announced, too: clocks and ladders are derived from the
first, and whatever the second does not know yet is said, as always.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any

from services.sla.announce import announced
from services.sla.app import INDEXES
from services.sla.heard import Timekeeper
from shared.bus.memory import MemoryBus
from shared.bus.port import Tuning
from shared.clock import Clock
from shared.contracts.clocks import ClockReading
from shared.contracts.complaints import Complaint, ComplaintProgressed, Milestone
from shared.contracts.envelope import event
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import to_moment
from shared.deployment import Deployment
from shared.store.book import Book
from shared.store.mongo import Collection, Database
from shared.store.page import Document, Page
from shared.telemetry.telemetry import Telemetry

BATCH = 200
INTAKE, GRADING, SLA = "/redress/intake", "/redress/grading", "/redress/sla"


class Rebuilding:
    """Drops sla's database and writes it anew; no replica of sla may run meanwhile. What is still to be said
    stands in the outboxes, from where sla sends it when it runs again."""

    def __init__(
        self, intake: Database, grading: Database, sla: Database, deployment: Deployment, clock: Clock
    ) -> None:
        self._intake: Collection = intake.collection("complaints")
        self._grading: Collection = grading.collection("complaints")
        self._sla = sla
        self._clock = clock
        self._keeper = Timekeeper(deployment, clock, Telemetry("sla"))

    async def count(self) -> int:
        """How many complaints there are, about."""
        return int(await self._intake.estimated_document_count())

    async def run(self, done: Callable[[int], None]) -> int:
        """Rebuild; `done` is told how many pages were written at a time. How many there are in all."""
        await self._sla.drop()
        await self._sla.prepare({"complaints": INDEXES})
        book = Book(self._sla, MemoryBus(Tuning(), self._clock), self._clock)
        total = 0
        async for complaints in self._batches():
            ids = [page.id for page in complaints]
            graded = {d["_id"]: Page.of(d) async for d in self._grading.find({"_id": {"$in": ids}})}
            pages = [
                rebuilt(page, graded.get(page.id, Page(page.id)), self._keeper, self._clock.now())
                for page in complaints
            ]
            await book.save(pages)
            total += len(pages)
            done(len(pages))
        return total

    async def _batches(self) -> AsyncIterator[Sequence[Page]]:
        batch: list[Page] = []
        async for document in self._intake.find({"complaint": {"$exists": True}}).sort("_id", 1):
            batch.append(Page.of(document))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def rebuilt(intake: Page, grading: Page, keeper: Timekeeper, now: datetime) -> Page:
    """sla's page of a complaint, from intake's and grading's. It says what intake has not heard yet."""
    complaint = Complaint.model_validate(intake.body["complaint"])
    page = Page(
        intake.id,
        sequence=max(intake.seen.get(SLA, ()), default=0),
        seen={INTAKE: list(range(1, intake.sequence + 1)), GRADING: list(range(1, grading.sequence + 1))},
        changed=True,
    )
    for milestone in intake.body.get("milestones", ()):
        progressed = ComplaintProgressed(case=complaint.case, milestone=Milestone.model_validate(milestone))
        keeper.remember(page, event(progressed, source="intake", subject=page.id, sequence=0, time=now))
    for number, told in grading.body.get("gradings", {}).items():
        graded = ComplaintGraded.model_validate(told)
        said = event(graded, source="grading", subject=page.id, sequence=int(number), time=now)
        keeper.remember(page, said)
    if page.body.get("gradings"):
        heard = [entry for entry in intake.body.get("heard", ()) if entry["source"] == SLA]
        _recall(page.body, intake.body.get("clocks", ()), heard, keeper, now)
        keeper.reckon(page)
    return page


def _recall(
    body: Document, clocks: Sequence[Document], heard: Sequence[Document], keeper: Timekeeper, now: datetime
) -> None:
    """Put onto the page what was announced: the runs of clocks by key, and the rungs."""
    by_key: dict[str, list[tuple[str, Document]]] = {}
    escalated: set[tuple[Any, ...]] = set()
    for entry in sorted(heard, key=lambda entry: entry["sequence"]):
        what = entry["what"]
        if "key" in what:
            by_key.setdefault(what["key"], []).append((entry["type"], what))
        else:
            escalated.add((what["ladder"], what["rung"], entry["at"]))
    readings = [ClockReading.model_validate(clock) for clock in clocks]
    calendars = keeper.calendars(body)
    body["clocks"] = {run.key: announced(run, by_key.get(run.key, ()), calendars) for run in readings}
    body["rungs"] = [
        rung.key
        for rung in keeper.reckoned(body, now).rungs
        if (rung.ladder, rung.rung.id, to_moment(rung.at)) in escalated
    ]
