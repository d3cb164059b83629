"""Made-up complaints as the other services would tell them: a unit, and all events of a case."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.clocks import (
    ClockBreached,
    ClockMet,
    ClockReading,
    ClockStarted,
    ClockWarned,
    ClockWithdrawn,
    ComplaintEscalated,
    CountedSpan,
)
from shared.contracts.complaints import (
    Complaint,
    ComplaintAmended,
    ComplaintProgressed,
    ComplaintReceived,
    Milestone,
)
from shared.contracts.envelope import Envelope, EventData, event
from shared.contracts.gradings import Alike, ComplaintGraded, Cue, FiredRule
from shared.contracts.notices import NoticeReading, NotificationFailed, NotificationSent
from shared.contracts.words import Money, Person, Words
from shared.deployment import Deployment, DeploymentFile, Unit, UnitSpec
from shared.policy.bound import bind
from shared.policy.calendars import Calendars
from shared.policy.pack import Pack
from shared.policy.source import parse
from shared.policy.validation import validated
from shared.worktime import Limit, deadline

PACK = """
pack: harbour-homes
regimes: ["000.00"]
version: 1.0.0
title: {zh: 海港置业投诉处理办法, en: Harbour Homes complaint procedure}
intake:
  channels:
    phone: {title: {zh: 电话, en: Phone}}
    web: {title: {zh: 官网, en: Website}}
    visit: {title: {zh: 来访, en: Visit}}
    letter: {title: {zh: 来信, en: Letter}}
  fields:
    household: {type: text, title: {zh: 房号, en: Household}}
    promised_fen: {type: money, title: {zh: 承诺金额, en: Amount promised}}
  categories:
    repair:
      title: {zh: 工程质量, en: Build quality}
      children:
        leak: {title: {zh: 渗漏, en: Leaks}}
        crack: {title: {zh: 开裂, en: Cracks}}
    service:
      title: {zh: 服务态度, en: Conduct}
      children:
        rude: {title: {zh: 态度恶劣, en: Rudeness}}
    handover: {title: {zh: 交付, en: Handover}}
facts:
  cues:
    media: {title: {zh: 提到媒体曝光, en: Media mentioned}, phrases: [媒体, 曝光, 记者]}
    crowd: {title: {zh: 提到多人聚集, en: Crowd mentioned}, phrases: [业主群, 集体]}
validity:
  values:
    founded: {title: {zh: 属实, en: Founded}}
  otherwise: founded
grading:
  grades:
    general: {title: {zh: 一般投诉, en: General}}
    serious: {title: {zh: 重要投诉, en: Serious}}
    major: {title: {zh: 重大投诉, en: Major}}
  rules:
    - {id: media-threat, grade: major, when: "media", clause: 第八条第二款,
       says: {zh: 客户表示将向媒体曝光的，列为重大投诉。, en: A threat to go to the media makes it major.}}
    - {id: crowd, grade: serious, when: "crowd", clause: 第八条第三款,
       says: {zh: 多名业主共同投诉的，列为重要投诉。, en: Several owners together make it serious.}}
  otherwise: general
milestones:
  contacted: {title: {zh: 首次联系客户, en: First contact}}
  replied: {title: {zh: 书面答复, en: Written reply}}
  closed: {title: {zh: 关闭, en: Closed}, closes: true}
clocks:
  first_contact: {title: {zh: 首次联系时限, en: First contact}, clause: 第十一条, start: received,
    stop: contacted, limit: 2 working hours}
  reply: {title: {zh: 书面答复时限, en: Written reply}, clause: 第十二条第一款, start: received,
    stop: replied, limit: 5 working days, warn: 80%}
  closing: {title: {zh: 关闭时限, en: Closing}, clause: 第十五条, start: received,
    stop: closed, limit: 15 days}
roles:
  manager: {zh: 客服经理, en: Service manager}
  director: {zh: 分管总监, en: Director}
tiers:
  axes:
    level:
      title: {zh: 客户级别, en: Customer level}
      tiers: {gold: {title: {zh: 金牌客户, en: Gold customer}}}
      otherwise: gold
"""
BRANCHES = ("翡翠湾", "云山府", "滨江壹号", None)
CATEGORIES = ("repair/leak", "repair/crack", "service/rude", "handover", None)
TEXTS = (
    "主卧飘窗渗水三个月，报修五次没有人处理。如果本周还不解决，我会联系媒体曝光，也会在业主群里发起集体投诉。",
    "The handover inspector was <script>alert('x')</script> rude & left before the list was done.",
    "客厅墙面开裂，物业和工程互相推诿，要求给出书面处理方案。",
    "售楼处态度恶劣，拒绝出示合同附件。",
)


def deployment() -> Deployment:
    """One unit, `harbour`, in Shanghai."""
    source = parse(PACK, "harbour-homes.yaml")
    pack = bind(source, validated(Pack, source))
    spec = UnitSpec(id="harbour", title=Words(zh="海港置业", en="Harbour Homes"), pack=pack.id)
    return Deployment(DeploymentFile(units=(spec,)), {spec.id: Unit(spec, pack, Calendars(pack.calendar))})


class Teller:
    """Tells one complaint; each source counts its own events from 1."""

    def __init__(self, id_: str, unit: Unit, received_at: datetime, **fields: Any) -> None:
        self.unit = unit
        given = {
            "channel": "phone",
            "text": TEXTS[0],
            "kind": "complaint",
            "complainant": Person(id="u1", name="张三", phone="13800001234", email="zhangsan@example.com"),
        }
        self.complaint = Complaint(
            id=id_,
            unit=unit.id,
            pack=unit.pack.id,
            pack_version=unit.pack.version,
            occurred_at=received_at - timedelta(hours=3),
            received_at=received_at,
            **(given | {"number": f"N{id_}"} | fields),
        )
        self.events: list[Envelope] = []
        self._sequences: dict[str, int] = {}

    def say(self, source: str, data: EventData, time: datetime) -> None:
        self._sequences[source] = self._sequences.get(source, 0) + 1
        self.events.append(
            event(data, source=source, subject=self.complaint.id, sequence=self._sequences[source], time=time)
        )

    def receive(self) -> None:
        self.say("intake", ComplaintReceived(complaint=self.complaint), self.complaint.received_at)

    def amend(self, at: datetime, **changes: Any) -> None:
        self.complaint = self.complaint.model_copy(update=changes)
        data = ComplaintAmended(complaint=self.complaint, changed=tuple(changes), by="agent-7", amended_at=at)
        self.say("intake", data, at)

    def progress(self, name: str, at: datetime, **data: Any) -> None:
        made = Milestone(id=f"{name}-{at:%d%H%M}", name=name, occurred_at=at, recorded_at=at, by="agent-7")
        made = made.model_copy(update={"data": data})
        self.say("intake", ComplaintProgressed(case=self.complaint.case, milestone=made), at)

    def grade(self, grade: str, at: datetime, previous: str | None = None) -> None:
        pack, c = self.unit.pack.pack, self.complaint
        fired = tuple(
            FiredRule(
                id=rule.id,
                grade=rule.grade,
                clause=rule.clause,
                says=rule.says,
                facts={"media": True, "claim_amount": 1_250_050, "channel": c.channel},
            )
            for rule in pack.grading.rules
            if rule.grade == grade
        )
        cues = tuple(
            Cue(cue=name, phrase=phrase, at=c.text.index(phrase))
            for name, cue in pack.facts.cues.items()
            for phrase in cue.phrases
            if phrase in c.text
        )
        data = ComplaintGraded(
            case=c.case,
            kind=c.kind,
            channel=c.channel,
            category=c.category,
            branch=c.branch,
            grade=grade,
            grade_title=pack.grading.grades[grade].title,
            validity="founded",
            previous=previous,
            rules=fired,
            cues=cues,
            facts={"media": bool(cues), "tier_level": "gold"},
            alike=Alike(id="c0", number="20260210007", likeness=0.4118),
            owner_role="manager",
            occurred_at=c.occurred_at,
            received_at=c.received_at,
            effective_at=at,
        )
        self.say("grading", data, at)

    def clock(self, id_: str) -> ClockReading:
        """A running clock that started at receipt, reckoned for real."""
        spec, start = self.unit.pack.pack.clocks[id_], self.complaint.received_at
        due = deadline(start, Limit.parse(str(spec.limit)), self.unit.calendar)
        spans = tuple(
            CountedSpan(start=s.start, end=s.end, counted=s.counted, why=Words(zh=s.why_zh, en=s.why_en))
            for s in due.spans
        )
        reading = ClockReading(
            id=id_,
            key=f"{id_}.1",
            title=spec.title,
            clause=spec.clause,
            state="running",
            limit=str(spec.limit),
            started_at=start,
            due=due.due,
            spans=spans,
        )
        self.say("sla", ClockStarted(case=self.complaint.case, clock=reading, at=start), start)
        return reading

    def breach(self, reading: ClockReading) -> ClockReading:
        late = reading.model_copy(update={"state": "breached", "spans": ()})
        case, at = self.complaint.case, reading.due
        self.say("sla", ClockWarned(case=case, clock=reading, at=at - timedelta(hours=4), point="80%"), at)
        self.say("sla", ClockBreached(case=case, clock=late, at=at), at)
        rung = ComplaintEscalated(
            case=case,
            ladder="late",
            rung="first",
            role="director",
            takes_over=True,
            clause="第二十条",
            title=Words(zh="升级至分管总监", en="Goes to the director"),
            about="clock.breached",
            clock=late,
            at=at,
        )
        self.say("sla", rung, at)
        return late

    def meet(self, reading: ClockReading, at: datetime) -> None:
        state = "met" if at <= reading.due else "met_late"
        done = reading.model_copy(update={"state": state, "stopped_at": at, "spans": ()})
        self.say("sla", ClockMet(case=self.complaint.case, clock=done, at=at), at)

    def withdraw(self, reading: ClockReading, at: datetime) -> None:
        """The close, say, ends a clock."""
        ended = reading.model_copy(update={"stopped_at": at, "spans": ()})
        reason = Words(zh="该时限不再适用", en="the clock applies no longer")
        gone = ClockWithdrawn(case=self.complaint.case, clock=ended, at=at, what="clock", reason=reason)
        self.say("sla", gone, at)

    def notify(self, at: datetime, fails: bool = False) -> None:
        message = NoticeReading(
            id=f"m{len(self.events)}",
            notice="breach",
            occasion=f"o{len(self.events)}",
            about="clock.breached",
            role="director",
            channel="sms" if fails else "email",
            address="138****0001" if fails else "d***@example.com",
            clause="第二十一条",
            subject="投诉超时提醒",
        )
        case = self.complaint.case
        sent = NotificationSent(case=case, message=message, at=at)
        failed = NotificationFailed(
            case=case, message=message, at=at, attempts=3, outcome="refused", reason="550 no such user"
        )
        self.say("notify", failed if fails else sent, at)


def full(unit: Unit, id_: str = "c1", **fields: Any) -> Teller:
    """A complaint with everything in it: regraded, amended, one clock late, one met, closed."""
    start = datetime(2026, 2, 11, 1, 30, tzinfo=UTC)
    given = {"claim": Money(minor=1_250_050), "category": "repair/leak", "branch": "翡翠湾", "ref": "CC-88"}
    teller = Teller(id_, unit, start, fields={"household": "3-1201"}, **(given | fields))
    teller.receive()
    teller.grade("serious", start)
    contact, reply = teller.clock("first_contact"), teller.clock("reply")
    closing = teller.clock("closing")
    teller.progress("contacted", start + timedelta(hours=1), note="请回电 13900005678")
    teller.meet(contact, start + timedelta(hours=1))
    teller.amend(start + timedelta(hours=2), branch="云山府")
    teller.grade("major", start + timedelta(hours=2), previous="serious")
    late = teller.breach(reply)
    teller.notify(reply.due + timedelta(minutes=1))
    teller.notify(reply.due + timedelta(minutes=1), fails=True)
    teller.progress("replied", reply.due + timedelta(days=1))
    teller.meet(late, reply.due + timedelta(days=1))
    teller.progress("closed", closing.due - timedelta(hours=2))
    teller.meet(closing, closing.due - timedelta(hours=2))
    return teller


def many(unit: Unit, count: int, chance: random.Random, until: datetime) -> Iterator[Teller]:
    """Complaints of the forty days before `until`, each as far along as chance has it."""
    for n in range(count):
        received = until - timedelta(minutes=chance.randrange(60, 40 * 24 * 60))
        teller = Teller(
            f"x{n:04}",
            unit,
            received,
            channel=chance.choice(("phone", "phone", "web", "visit")),
            category=chance.choice(CATEGORIES),
            branch=chance.choice(BRANCHES),
            text=chance.choice(TEXTS),
            ref=f"CC-{n:05}",
        )
        _live(teller, chance, until)
        yield teller


def _live(teller: Teller, chance: random.Random, until: datetime) -> None:
    received = teller.complaint.received_at
    teller.receive()
    if chance.random() < 0.95:
        first = chance.choice(("general", "general", "general", "serious", "serious", "major"))
        teller.grade(first, received)
        if chance.random() < 0.1:
            teller.grade("major", received + timedelta(hours=5), previous=first)
    if chance.random() < 0.15:
        teller.amend(received + timedelta(hours=2), channel="letter", branch="滨江壹号")
    ended = True
    for id_, milestone in (("first_contact", "contacted"), ("reply", "replied"), ("closing", "closed")):
        reading = teller.clock(id_)
        share = chance.choice((0.3, 0.6, 0.8, 0.9, 1.3))
        done = received + (reading.due - received) * share
        if share > 1 and reading.due < until:
            reading = teller.breach(reading)
            teller.notify(reading.due, fails=chance.random() < 0.2)
        if done < until and ended:
            teller.progress(milestone, done)
            teller.meet(reading, done)
        else:
            ended = False


def outcome_counts(tellers: list[Teller]) -> dict[str, int]:
    """Final states of all clocks as `ID/STATE`, counted from the events themselves."""
    counts: dict[str, int] = {}
    for teller in tellers:
        last: dict[str, str] = {}
        for e in teller.events:
            if e.key.startswith("clock."):
                last[e.data["clock"]["key"]] = f"{e.data['clock']['id']}/{e.data['clock']['state']}"
        for state in last.values():
            counts[state] = counts.get(state, 0) + 1
    return counts
