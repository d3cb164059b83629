"""A person confirms that a complaint is about the same event as another.

The other's event is taken; where it has none, it is named by the other's number, on both. The other comes
first: when only that was written, nothing is wrong yet, and the same request again does the rest.
"""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field

from services.intake.amending import TITLE, amend
from services.intake.desk import Answer, Desk
from shared.clock import Clock
from shared.contracts.complaints import Reason
from shared.deployment import Unit
from shared.store.page import Page
from shared.web import ProblemError


class SameEvent(BaseModel):
    """Which complaint is about the same event, who says so, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    same_as: str = Field(min_length=1, max_length=200, description="the id of the other complaint")
    by: str | None = Field(default=None, min_length=1, max_length=200)
    reason: str | None = Field(default=None, min_length=1, max_length=2000)


class SameEvents:
    """Puts complaints to one event."""

    def __init__(self, desk: Desk, unit_of: Callable[[Page], Unit], clock: Clock) -> None:
        self._desk, self._unit_of, self._clock = desk, unit_of, clock

    async def confirm(self, complaint_id: str, wanted: SameEvent) -> Answer:
        """What changed on the complaint. ProblemError 404 for it, 422 for the other."""
        if wanted.same_as == complaint_id:
            raise _refused("is the complaint itself", "another complaint")
        unit = (await self._desk.change(complaint_id, _unit_named))["unit"]
        event = await self._event_of(wanted, unit)
        return await self._desk.change(complaint_id, lambda page: self._amended(page, event, wanted))

    async def _event_of(self, wanted: SameEvent, unit: str) -> str:
        def name(page: Page) -> Answer:
            complaint = page.body["complaint"]
            if complaint["unit"] != unit:
                raise _refused("belongs to another unit", f"a complaint of {unit}")
            event = complaint.get("event") or complaint["number"]
            self._amended(page, event, wanted)
            return {"event": event}

        try:
            return str((await self._desk.change(wanted.same_as, name))["event"])
        except ProblemError as refused:
            if refused.status == 404:
                raise _refused("is not there", "the id of a complaint") from None
            raise

    def _amended(self, page: Page, event: str, wanted: SameEvent) -> Answer:
        patch = {"event": event, "by": wanted.by, "reason": wanted.reason}
        return amend(page, patch, self._unit_of(page), self._clock.now())


def _unit_named(page: Page) -> Answer:
    return {"unit": page.body["complaint"]["unit"]}


def _refused(problem: str, expected: str) -> ProblemError:
    return ProblemError(422, TITLE, [Reason(field="same_as", problem=problem, expected=expected)])
