"""A small pack with notices of every kind, a unit with people, and events about one complaint."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.notify.heard import WISHES, Hearing
from services.notify.wishes import Wish
from shared.clock import VirtualClock
from shared.contracts.clocks import (
    ClockBreached,
    ClockReading,
    ClockWarned,
    ClockWithdrawn,
    ComplaintEscalated,
)
from shared.contracts.complaints import Complaint, ComplaintProgressed, ComplaintReceived, Milestone
from shared.contracts.envelope import Envelope, EventData, event
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Case, Person, Words
from shared.deployment import Deployment, DeploymentFile, Unit, UnitSpec
from shared.policy.bound import BoundPack, bind
from shared.policy.calendars import Calendars
from shared.policy.pack import Pack
from shared.policy.source import parse
from shared.policy.validation import validated
from shared.store.page import Page

THEN = datetime(2026, 2, 11, 1, tzinfo=UTC)
PACK = """
pack: shop
version: 1.0.0
title: {zh: 商店, en: Shop}
intake: {channels: {phone: {title: {en: phone}}}, fields: {urgent: {type: truth, title: {en: urgent}}}}
roles: {clerk: {en: Clerk, zh: 客服}, manager: {en: Manager, zh: 经理}, ghost: {en: Ghost}}
grading:
  grades: {minor: {title: {zh: 一般, en: minor}}, major: {title: {zh: 重大, en: major}}}
  otherwise: minor
milestones: {replied: {title: {zh: 已答复, en: replied}}, closed: {title: {en: closed}, closes: true}}
clocks:
  reply: {title: {zh: 答复, en: reply}, clause: 第三条, start: [received], stop: [replied], limit: 1 days}
  close: {title: {zh: 关闭, en: close}, clause: 第四条, start: [received], stop: [closed], limit: 5 days}
ladders:
  late: {title: {en: late}, clause: 第五条, on: {clock: reply},
    rungs: [{id: boss, role: manager, title: {en: boss}}]}
notices:
  thanks:
    {on: complaint.received, to: [complainant], by: [sms], clause: c1,
     subject: {zh: 受理}, body: {zh: "已受理 {{ complaint.number }}"}}
  graded-major:
    {on: complaint.graded, of: [major], to: [manager], by: [email], clause: c2,
     subject: {en: "{{ grade }}"}, body: {en: "{{ grade.id }}"}}
  late-reply:
    {on: clock.breached, of: [reply], to: [clerk], by: [email, sms], clause: c3,
     subject: {zh: "逾期 {{ clock.title }}"}, body: {zh: "{{ clock.due }}"}}
  late-major:
    {on: clock.breached, when: "grade == 'major' && urgent", to: [manager], by: [email], clause: c4,
     subject: {en: late}, body: {en: "late"}}
  climbed:
    {on: complaint.escalated, of: [late], to: [escalated_to], by: [email], clause: c5,
     subject: {en: "{{ rung }}"}, body: {en: "{{ rung.role }}"}}
  answered:
    {on: milestone.replied, to: [complainant, ghost], by: [email], clause: c6,
     subject: {en: "{{ milestone }}"}, body: {en: "{{ milestone.data.content | default('-') }}"}}
"""
PEOPLE: Mapping[str, Any] = {
    "clerk": [
        {"email": "c1@shop.test", "sms": "+86 138-0000-0001"},
        {"email": "c1@SHOP.test"},
        {"email": "c2@shop.test"},
    ],
    "manager": {"email": "boss@shop.test", "language": "en"},
}
PERSON = Person(name="张三", phone="13900000009", email="zhang@home.test")


def bound(text: str = PACK) -> BoundPack:
    source = parse(text, "shop.yaml")
    return bind(source, validated(Pack, source))


def unit(text: str = PACK, people: Mapping[str, Any] = PEOPLE) -> Unit:
    pack = bound(text)
    return Unit(
        UnitSpec.model_validate({"id": "main", "pack": "shop", "people": people}),
        pack,
        Calendars(pack.calendar),
    )


def deployment(text: str = PACK, people: Mapping[str, Any] = PEOPLE, **file: Any) -> Deployment:
    one = unit(text, people)
    return Deployment(
        DeploymentFile.model_validate({"units": [one.spec.model_dump()], **file}), {"main": one}
    )


class Story:
    """Events about one complaint, with the sequences that their sources would give them."""

    def __init__(self, id_: str = "c-1", person: Person = PERSON, employee: str | None = None) -> None:
        self.id, self.person, self.employee = id_, person, employee
        self.case = Case(id=id_, number=f"N-{id_}", unit="main", pack="shop", pack_version="1.0.0")
        self.events: list[Envelope] = []
        self._counts: dict[str, int] = {}

    def say(self, source: str, data: EventData, at: datetime) -> Envelope:
        self._counts[source] = self._counts.get(source, 0) + 1
        said = event(data, source=source, subject=self.id, sequence=self._counts[source], time=at)
        self.events.append(said)
        return said

    def complaint(self) -> Complaint:
        return Complaint(
            **self.case.model_dump(exclude={"id"}),
            id=self.id,
            kind="complaint",
            channel="phone",
            text="门坏了",
            complainant=self.person,
            employee=self.employee,
            occurred_at=THEN,
            received_at=THEN,
        )

    def received(self) -> Envelope:
        return self.say("intake", ComplaintReceived(complaint=self.complaint()), THEN)

    def graded(
        self, grade: str = "minor", previous: str | None = None, hour: float = 0, **facts: Any
    ) -> Envelope:
        at = THEN + timedelta(hours=hour)
        data = ComplaintGraded(
            case=self.case,
            kind="complaint",
            channel="phone",
            grade=grade,
            previous=previous,
            facts=facts,
            occurred_at=THEN,
            received_at=THEN,
            effective_at=at,
        )
        return self.say("grading", data, at)

    def clock(self, name: str = "reply", key: str = "") -> ClockReading:
        return ClockReading(
            id=name,
            key=key or f"{name}:1",
            title=Words(zh="答复", en="reply"),
            clause="第三条",
            state="breached",
            limit="1 days",
            started_at=THEN,
            due=THEN + timedelta(hours=9),
        )

    def breached(self, name: str = "reply", key: str = "", hour: float = 9) -> Envelope:
        at = THEN + timedelta(hours=hour)
        return self.say("sla", ClockBreached(case=self.case, clock=self.clock(name, key), at=at), at)

    def warned(self, point: str = "80%", hour: float = 7) -> Envelope:
        at = THEN + timedelta(hours=hour)
        return self.say("sla", ClockWarned(case=self.case, clock=self.clock(), at=at, point=point), at)

    def withdrawn(self, what: str = "breach", hour: float = 12) -> Envelope:
        at = THEN + timedelta(hours=hour)
        reason = Words(zh="按时完成", en="done in time")
        data = {"case": self.case, "clock": self.clock(), "at": at, "what": what, "reason": reason}
        return self.say("sla", ClockWithdrawn.model_validate(data), at)

    def escalated(self, hour: float = 9, about: str = "clock.breached") -> Envelope:
        at = THEN + timedelta(hours=hour)
        data = ComplaintEscalated(
            case=self.case,
            ladder="late",
            rung="boss",
            role="manager",
            clause="第五条",
            title=Words(en="boss"),
            about=about,
            clock=self.clock() if about.startswith("clock.") else None,
            at=at,
        )
        return self.say("sla", data, at)

    def replied(self, id_: str = "m1", hour: float = 5, **data: Any) -> Envelope:
        at = THEN + timedelta(hours=hour)
        step = Milestone(id=id_, name="replied", occurred_at=at, recorded_at=at, data=data)
        return self.say("intake", ComplaintProgressed(case=self.case, milestone=step), at)


class Listener:
    """Notify's page of one complaint, and what its wishes would have made of the messages."""

    def __init__(self, where: Deployment | None = None) -> None:
        self._hearing = Hearing(where or deployment(), VirtualClock(THEN + timedelta(days=2)))
        self.page = Page("c-1")
        self.messages: dict[str, dict[str, Any]] = {}

    def hear(self, *events: Envelope) -> "Listener":
        for envelope in events:
            if not self.page.has_seen(envelope):
                self._hearing(self.page, envelope)
                self.page.mark_seen(envelope)
                for wish in self.page.body.pop(WISHES):
                    self._grant(wish)
        return self

    def _grant(self, wish: Wish) -> None:
        message = self.messages.setdefault(wish.id, {**(wish.document or {}), "retracts": set()})
        message["void"] = wish.void
        message["retracts"] |= set(wish.retracts)

    def told(self) -> list[tuple[str, str, str, str]]:
        """(about, notice, channel, address) of what is to be sent, retractions apart."""
        wanted = [m for m in self.messages.values() if not m["void"] and not m["retracts"]]
        return sorted(
            (m["about"], m["notice"], m["channel"], m["address"] or f"no {m['role']}") for m in wanted
        )

    def retractions(self) -> list[tuple[str, str, int]]:
        """(channel, address, number of messages taken back)."""
        found = [m for m in self.messages.values() if m["retracts"]]
        return sorted((m["channel"], m["address"], len(m["retracts"])) for m in found)

    def shape(self) -> dict[str, object]:
        return {id_: (m["void"], frozenset(m["retracts"]), m["address"]) for id_, m in self.messages.items()}
