"""What notify keeps of a complaint, and what it does with news: remember, then plan the messages.

The page holds the newest copy of the complaint, its gradings, and the events that people may have to
hear of. News that comes before the complaint itself waits in the page and is planned when it comes.
"""

from datetime import datetime
from typing import Any

from services.notify.occasions import Heard, occasions
from services.notify.planning import Planner
from services.notify.retractions import retractions
from services.notify.wishes import Wish
from shared.clock import Clock
from shared.contracts.clocks import ClockBreached, ClockWarned, ClockWithdrawn, ComplaintEscalated
from shared.contracts.complaints import (
    Complaint,
    ComplaintAmended,
    ComplaintProgressed,
    ComplaintReceived,
    case_of,
)
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.registry import BY_TYPE
from shared.deployment import Deployment, Unit, UnknownUnitError
from shared.policy.conditions import FactValueError
from shared.policy.pack import Pack
from shared.store.inbox import UnreadableError, governing
from shared.store.page import Page

Body = dict[str, Any]
WISHES = "wishes"
"""Where `apply` leaves its wishes in the page, for `Messages.store` to take before the page is saved."""
ALWAYS = (ComplaintGraded, ClockBreached, ClockWarned, ClockWithdrawn, ComplaintEscalated)
"""Kept whether or not the pack has a notice for it: grades decide, and withdrawals need what they undo."""

_NEEDED = frozenset(kind.TYPE for kind in (ComplaintReceived, ComplaintAmended, *ALWAYS))


class Hearing:
    """Applies an event to a page of notify. It says nothing itself: messages do, when they left."""

    def __init__(self, deployment: Deployment, clock: Clock) -> None:
        self._deployment, self._clock = deployment, clock

    def __call__(self, page: Page, envelope: Envelope) -> None:
        news = Heard.of(envelope)
        unit = governing(self._deployment, *case_of(news.data).rules)
        _check(news.data, unit)
        _remember(page.body, envelope, news, unit.pack.pack)
        page.body[WISHES] = [*page.body.get(WISHES, ()), *plan(page.id, page.body, unit, self._clock.now())]

    def concerns(self, envelope: Envelope) -> bool:
        """Whether it has to be kept. Most clock events are nobody's notice, and cost nothing then."""
        if envelope.type in _NEEDED:
            return True
        try:
            case = envelope.data["case"]
            unit = self._deployment.governing(case["unit"], case["pack"], case["pack_version"])
            milestone = envelope.data.get("milestone", {}).get("name")
        except (KeyError, TypeError, AttributeError, UnknownUnitError):
            return True  # handling it says what is wrong with it
        return bool(
            {envelope.key, f"milestone.{milestone}"} & {n.on for n in unit.pack.pack.notices.values()}
        )


def _check(data: EventData, unit: Unit) -> None:
    """Facts are looked at when a notice asks for them; a wrong one must not lie in wait until then."""
    if isinstance(data, ComplaintGraded):
        try:
            unit.pack.heard(data.facts)
        except FactValueError as error:
            raise UnreadableError(f"wrong facts: {error}") from None


def plan(complaint: str, body: Body, unit: Unit, now: datetime) -> list[Wish]:
    """What has to change about the messages of a complaint, given all that was heard of it."""
    if "complaint" not in body:
        return []
    copy = Complaint.model_validate(body["complaint"])
    heard = [_read(entry) for entry in body.get("heard", ())]
    gradings = {h.number: h.data for h in heard if isinstance(h.data, ComplaintGraded)}
    found = occasions(complaint, heard)
    slots, taken_back = body.setdefault("slots", []), body.setdefault("retractions", [])
    wishes = list(Planner(unit, copy, gradings, now).wishes(found, slots))
    return wishes + list(retractions(found, slots, taken_back, copy, now))


def _remember(body: Body, envelope: Envelope, news: Heard, pack: Pack) -> None:
    data = news.data
    if isinstance(data, ComplaintReceived | ComplaintAmended) and news.number > body.get("copy", 0):
        body["complaint"], body["copy"] = data.complaint.model_dump(mode="json"), news.number
    if isinstance(data, ALWAYS) or set(_abouts(envelope, data)) & {n.on for n in pack.notices.values()}:
        body.setdefault("heard", []).append(_kept(envelope, news))


def _abouts(envelope: Envelope, data: EventData) -> tuple[str, ...]:
    if isinstance(data, ComplaintProgressed):
        return envelope.key, f"milestone.{data.milestone.name}"
    return (envelope.key,)


def _kept(envelope: Envelope, news: Heard) -> Body:
    return {
        "type": envelope.type,
        "source": news.source,
        "number": news.number,
        "time": news.time,
        "data": news.data.model_dump(
            mode="json", exclude_none=True, exclude={"clock": {"spans": True}, "cues": True}
        ),
        "cause": news.cause,
    }


def _read(entry: Body) -> Heard:
    data = BY_TYPE[entry["type"]].model.model_validate(entry["data"])
    return Heard(entry["source"], entry["number"], entry["time"], data, entry["cause"])
