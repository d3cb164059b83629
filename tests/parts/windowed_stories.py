"""Random complaints that are counted together, and a model that grades them by looking at all at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from services.grading.windows import Measure, Member
from shared.contracts.complaints import (
    Complaint,
    ComplaintAmended,
    ComplaintProgressed,
    ComplaintReceived,
    Milestone,
)
from shared.contracts.envelope import Envelope, event
from shared.contracts.words import Money, Person
from shared.worktime import Calendar, Limit
from tests.parts import window_model

NOW = datetime(2026, 5, 31, 1, 0, tzinfo=UTC)
START = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)
CALENDAR = Calendar.default()


@dataclass(frozen=True)
class Version:
    """What differs between the versions of the pack."""

    within: str
    enough: int
    ups: int
    ups_within: str
    grades: tuple[str, ...]


VERSIONS = {
    "1.0.0": Version("10 working days", 3, 3, "1 month", ("light", "middle", "heavy", "worst")),
    "0.9.0": Version("5 working days", 2, 2, "2 weeks", ("light", "mild", "middle", "heavy", "worst")),
}


@dataclass
class Case:
    """A complaint as the model knows it, and the events that told of it."""

    complaint: Complaint
    withdrawn: bool = False
    unfounded: bool = False
    cause: str = ""
    found_at: datetime = NOW
    events: list[Envelope] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        return not self.withdrawn and not self.unfounded

    def say(self, data: Any) -> None:
        sequence, subject = len(self.events) + 1, self.complaint.id
        self.events.append(event(data, source="intake", subject=subject, sequence=sequence, time=NOW))

    def amend(self, **changes: Any) -> None:
        self.complaint = self.complaint.model_copy(update=changes)
        amended_at = NOW - timedelta(hours=1) + timedelta(minutes=len(self.events))
        data = ComplaintAmended(complaint=self.complaint, changed=tuple(changes), amended_at=amended_at)
        self.say(data)

    def record(self, name: str, at: datetime | None = None, **data: Any) -> None:
        at = at or NOW - timedelta(hours=1) + timedelta(minutes=len(self.events))
        id_ = f"{self.complaint.id}-{len(self.events)}"
        milestone = Milestone(id=id_, name=name, occurred_at=at, recorded_at=at, data=data)
        self.milestones.append(milestone)
        self.say(ComplaintProgressed(case=self.complaint.case, milestone=milestone))

    def withdraw(self) -> None:
        self.withdrawn = True
        self.record("withdrawn", reason="settled")

    def decide(self, unfounded: bool) -> None:
        self.unfounded = unfounded
        self.record("decided", fact="unfounded", value=unfounded, reason="looked into")

    def find(self, cause: str, at: datetime) -> None:
        """Later than what was found before; the same found again is no news."""
        if cause != self.cause:
            self.cause, self.found_at = cause, at
        self.record("decided", at, fact="cause", value=cause, reason="looked into")


def case(name: str, at: datetime = START, **given: Any) -> Case:
    """`customer`, `claim` in yuan, `version` of the pack, and whatever a complaint has."""
    claim = given.pop("claim", None)
    complaint = Complaint(
        id=name,
        number=name,
        unit="here",
        pack="windowed",
        pack_version=given.pop("version", "1.0.0"),
        kind="complaint",
        channel=given.pop("channel", "phone"),
        text="厨房漏水",
        complainant=Person(id=given.pop("customer", None)),
        claim=Money(minor=claim * 100) if claim else None,
        occurred_at=at,
        received_at=at,
        **given,
    )
    found = Case(complaint)
    found.say(ComplaintReceived(complaint=complaint))
    return found


def model(cases: list[Case]) -> dict[str, tuple[str, list[str]]]:
    """Grade and rules of each, from the rules of its version as one would read them. All are counted."""
    claims = windows(cases, "sum", ("event",), None)
    formal = [c for c in cases if c.complaint.channel == "letter"]
    repeats = windows(formal, "complaints", ("customer", "problem"), "3 days")
    days = windows(cases, "complaints", ("branch", "day"), None)
    of_problem = windows(cases, "distinct", ("problem",), "2 weeks", only_letters=True)
    of_branch = windows(cases, "complaints", ("branch",), "36 hours", only_letters=True)
    turns = windows(cases, "distinct", ("branch",), "3 days", so_far=True)
    ours = [c for c in cases if c.cause == "ours"]
    found_turns = windows(ours, "complaints", ("branch", "found"), None, so_far=True, at=lambda c: c.found_at)
    own: dict[str, str] = {}
    rules: dict[str, list[str]] = {}
    for c in cases:
        id_, version = c.complaint.id, VERSIONS[c.complaint.pack_version]
        customers = windows(cases, "distinct", ("event",), version.within)
        fired = ["is-unfounded"] if c.unfounded else []
        first = {
            "many": customers.get(id_, 0) >= version.enough,
            "much": claims.get(id_, 0) >= 500_00,
            "of-branch": of_branch.get(id_, 0) >= 4,
            "repeated": repeats.get(id_, 0) > 1,
            "busy": days.get(id_, 0) >= 3,
            "in-turn": turns.get(id_, 0) == 3,
            "found": found_turns.get(id_, 0) == 2,
            "formal": of_problem.get(id_, 0) >= 3,
        }
        rules[id_] = fired + [name for name, holds in first.items() if holds]
        heavy = any(first[name] for name in ("many", "much", "of-branch"))
        own[id_] = "heavy" if heavy else "middle" if any(first.values()) else "light"
    found = {}
    for name, version in VERSIONS.items():
        ups = taken_up(cases, own, version)
        for c in cases:
            if c.complaint.pack_version == name:
                id_, up = c.complaint.id, ups.get(c.complaint.id, 0)
                grade = version.grades[version.grades.index(own[id_]) + up]
                found[id_] = (grade, rules[id_] + ["same-problem"] * up)
    return found


def taken_up(cases: list[Case], own: dict[str, str], version: Version) -> dict[str, int]:
    """How many grades each goes up, if all had been received under this version."""
    ups: dict[str, int] = {}
    for members in alike(cases, ("problem",), _received):
        grades = {m.id: version.grades.index(own[m.id]) for m in members}
        of, limit = range(len(version.grades) - 1), Limit.parse(version.ups_within)
        ups |= window_model.promoted(members, grades, version.ups, of, False, limit, CALENDAR)
    return ups


def windows(
    cases: list[Case],
    measure: Measure,
    same: tuple[str, ...],
    within: str | None,
    only_letters: bool = False,
    so_far: bool = False,
    at: Callable[["Case"], datetime] | None = None,
) -> dict[str, int]:
    """With `only_letters` the others see them, and add nothing; `at` is their moment, if not receipt."""
    limit = Limit.parse(within) if within else None
    found: dict[str, int] = {}
    letters = {c.complaint.id for c in cases if c.complaint.channel == "letter"}
    for members in alike(cases, same, at or _received):
        if measure != "sum":
            members = [m._replace(amount=0) for m in members]
        if only_letters:
            members = [m if m.id in letters else m._replace(distinct=None, amount=None) for m in members]
        look = window_model.so_far if so_far else window_model.seen
        found |= look(members, measure, limit, CALENDAR)
    return found


def _received(case: Case) -> datetime:
    return case.complaint.received_at


def alike(cases: list[Case], same: tuple[str, ...], moment: Callable[[Case], datetime]) -> list[list[Member]]:
    groups: dict[tuple[str, ...], list[Member]] = {}
    for c in filter(lambda c: c.counts, cases):
        values = tuple(_value(c, name) for name in same)
        if all(values):
            amount = c.complaint.claim.minor if c.complaint.claim else 0
            member = Member(c.complaint.id, moment(c), c.complaint.complainant.id, amount)
            groups.setdefault(tuple(map(str, values)), []).append(member)
    return list(groups.values())


def _value(case: Case, name: str) -> str | None:
    complaint = case.complaint
    if name == "found":
        return f"{case.found_at.astimezone(CALENDAR.tz):%Y-%m}"
    if name == "customer":
        return complaint.complainant.id
    if name == "day":
        return str(complaint.received_at.astimezone(CALENDAR.tz).date())
    value = getattr(complaint, name)
    return None if value is None else str(value)


def story(
    random: Random, least: int = 3, most: int = 24, versions: Sequence[str] = tuple(VERSIONS)
) -> list[Case]:
    """So many complaints, most of them amended, withdrawn, found to be none or looked into."""
    cases = []
    for n in range(random.randint(least, most)):
        at = START + timedelta(
            hours=random.choice([0, 0, 1, 5, 12, 19, 20, 24, 72, 73, 96, 240, 504, 600, 745, 1100])
        )
        cases.append(
            case(
                f"c{n}",
                at,
                customer=random.choice(["u1", "u2", "u3", "u4", None]),
                channel=random.choice(["phone", "letter"]),
                event=random.choice(["e1", "e1", "e2", None]),
                problem=random.choice(["p1", "p2", None]),
                branch=random.choice(["b1", "b2"]),
                claim=random.choice([None, 100, 250, 400]),
                version=random.choice(versions),
            )
        )
    for c in random.choices(cases, k=len(cases)):
        match random.randrange(6):
            case 0:
                c.amend(event=random.choice(["e1", "e2", None]))
            case 1:
                c.amend(problem=random.choice(["p1", "p2"]), branch=random.choice(["b1", "b2"]))
            case 2:
                c.amend(received_at=c.complaint.received_at + timedelta(days=random.choice([-9, -1, 1, 3])))
            case 3:
                c.decide(random.choice([True, False]))
            case 5:
                hours = random.choice([1, 467, 468, 469, 470, 1220])  # midnight of 1 March is the 468th
                at = START + timedelta(hours=hours)
                at = max(at, c.found_at + timedelta(days=9)) if c.cause else at
                c.find(random.choice(["ours", "ours", "theirs"]), at)
            case 4 if not c.withdrawn:
                c.withdraw()
    return cases
