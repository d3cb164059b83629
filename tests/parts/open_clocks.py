"""Open clocks put straight into the store of sla, as many as wanted: made by sla's own code, then copied."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.sla.heard import Timekeeper
from shared.clock import VirtualClock
from shared.contracts.envelope import Envelope, event
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Case
from shared.deployment import Deployment
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry

Document = dict[str, Any]


def graded(deployment: Deployment, id_: str, received_at: datetime) -> Envelope:
    """What starts the clocks of a complaint."""
    unit = next(iter(deployment))
    case = Case(id=id_, number=id_, unit=unit.id, pack=unit.pack.id, pack_version=unit.pack.version)
    data = ComplaintGraded(
        case=case,
        kind="complaint",
        channel="phone",
        grade=unit.pack.grades()[0],
        facts={"channel": "phone"},
        occurred_at=received_at,
        received_at=received_at,
        effective_at=received_at,
    )
    return event(data, source="grading", subject=id_, sequence=1, time=received_at)


class OpenClocks:
    """Pages whose clocks started at `received_at`, in batches ready for the store."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._telemetry = Telemetry("sla")

    def pages(
        self, moments: Sequence[datetime], batch: int = 1000, tag: str = "open"
    ) -> Iterator[list[Document]]:
        """A page for each moment, in their order, called `tag` and a number; those of one moment are copies
        of one."""
        made: dict[datetime, Document] = {}
        written: list[Document] = []
        for n, received_at in enumerate(moments):
            if received_at not in made:
                made[received_at] = self._page(received_at)
            pattern, id_ = made[received_at], f"{tag}-{n:08d}"
            written.append({**pattern, "_id": id_, "case": {**pattern["case"], "id": id_, "number": id_}})
            if len(written) == batch:
                yield written
                written = []
        if written:
            yield written

    def _page(self, received_at: datetime) -> Document:
        clock = VirtualClock(received_at)
        page = Page("pattern")
        keeper = Timekeeper(self._deployment, clock, self._telemetry)
        keeper(page, graded(self._deployment, "pattern", received_at))
        page.outbox.clear()
        page.body["check_at"] = received_at + timedelta(days=3650)
        return page.document()
