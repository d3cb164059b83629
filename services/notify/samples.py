"""Tries every notice of a pack on made-up occasions, so that a broken template stops the start."""

from collections.abc import Iterator
from datetime import UTC, datetime

from services.notify.channels.port import Language
from services.notify.occasions import Heard, Occasion
from services.notify.templates import LIMITS, SUBJECT_LIMIT, BadTemplateError, render
from services.notify.variables import variables
from shared.contracts.clocks import (
    ClockBreached,
    ClockDueChanged,
    ClockMet,
    ClockReading,
    ClockStarted,
    ClockWarned,
    ClockWithdrawn,
    ComplaintEscalated,
)
from shared.contracts.complaints import (
    Complaint,
    ComplaintAmended,
    ComplaintProgressed,
    ComplaintReceived,
    Milestone,
)
from shared.contracts.envelope import EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Case, Person
from shared.deployment import Unit, UnitSpec
from shared.policy.bound import BoundPack
from shared.policy.calendars import Calendars
from shared.policy.pack import Pack
from shared.policy.sections.notices import Notice
from shared.policy.source import Problem, SourceError

THEN = datetime(2026, 2, 11, 1, tzinfo=UTC)
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class _Anything(dict[str, str]):
    """Data of a milestone, which no pack declares: every name is there."""

    def __missing__(self, name: str) -> str:
        return name


def check_templates(bound: BoundPack) -> None:
    """Compile and render every notice in both languages; SourceError with each problem and its line."""
    wrong = [
        problem
        for name, notice in bound.pack.notices.items()
        for part in ("subject", "body")
        for language in LANGUAGES
        if (problem := _problem(bound, name, notice, part, language)) is not None
    ]
    if wrong:
        raise SourceError(wrong)


def _problem(bound: BoundPack, name: str, notice: Notice, part: str, language: Language) -> Problem | None:
    text = str(getattr(getattr(notice, part), language))
    unit = Unit(UnitSpec(id="sample", pack=bound.id), bound, Calendars(bound.calendar))
    complaint, grading = _complaint(bound.pack), _grading(bound.pack)
    try:
        for data in _occasions(bound.pack, notice):
            occasion = Occasion("sample", notice.on, THEN, Heard("/redress/sample", 1, THEN, data))
            seen = variables(occasion, unit, complaint, grading, notice.to[0], language)
            render(text, seen, SUBJECT_LIMIT if part == "subject" else LIMITS["email"])
    except BadTemplateError as error:
        return bound.source.problem(("notices", name, part, language), str(error))
    return None


def _case(pack: Pack) -> Case:
    return Case(id="sample", number="20260001", unit="sample", pack=pack.pack, pack_version=pack.version)


def _complaint(pack: Pack) -> Complaint:
    return Complaint(
        id="sample",
        number="20260001",
        unit="sample",
        pack=pack.pack,
        pack_version=pack.version,
        kind="complaint",
        channel=next(iter(pack.intake.channels), "phone"),
        text="…",
        complainant=Person(name="…"),
        occurred_at=THEN,
        received_at=THEN,
    )


def _grading(pack: Pack) -> ComplaintGraded:
    grade = pack.grading.otherwise
    return ComplaintGraded(
        case=_case(pack),
        kind="complaint",
        channel="phone",
        grade=grade,
        occurred_at=THEN,
        received_at=THEN,
        effective_at=THEN,
    )


def _occasions(pack: Pack, notice: Notice) -> Iterator[EventData]:
    """What the notice may be about; an escalation with a clock and, if a milestone can cause it, without."""
    family, _, what = notice.on.partition(".")
    if family == "milestone" or notice.on == "complaint.progressed":
        step = Milestone(id="sample", name=what, occurred_at=THEN, recorded_at=THEN, by="…", data=_Anything())
        step = step.model_copy(update={"data": _Anything()})
        yield ComplaintProgressed.model_construct(case=_case(pack), milestone=step)
    elif notice.on == "complaint.escalated":
        yield from _escalations(pack, notice)
    elif family == "clock":
        yield _by_clock(pack, notice, what)
    elif what == "graded":
        yield _grading(pack)
    elif what == "amended":
        yield ComplaintAmended(complaint=_complaint(pack), changed=(), amended_at=THEN)
    else:
        yield ComplaintReceived(complaint=_complaint(pack))


def _clock(pack: Pack, name: str) -> ClockReading:
    spec = pack.clocks[name]
    return ClockReading(
        id=name,
        key=name,
        title=spec.title,
        clause=spec.clause,
        state="running",
        limit="…",
        started_at=THEN,
        due=THEN,
    )


def _by_clock(pack: Pack, notice: Notice, what: str) -> EventData:
    name = next((n for n in notice.of if n in pack.clocks), next(iter(pack.clocks), None))
    if name is None:
        return ComplaintReceived(complaint=_complaint(pack))
    models: dict[str, type[EventData]] = {
        "started": ClockStarted,
        "due_changed": ClockDueChanged,
        "warned": ClockWarned,
        "breached": ClockBreached,
        "met": ClockMet,
        "withdrawn": ClockWithdrawn,
    }
    data = {"case": _case(pack), "clock": _clock(pack, name), "at": THEN, "point": "80%", "what": "clock"}
    return models[what].model_validate({**data, "previous_due": THEN, "reason": {"zh": "…", "en": "…"}})


def _escalations(pack: Pack, notice: Notice) -> Iterator[EventData]:
    for name, ladder in pack.ladders.items():
        if name not in notice.of and any(of in pack.ladders for of in notice.of):
            continue
        clock = ladder.on.clock
        yield ComplaintEscalated(
            case=_case(pack),
            ladder=name,
            rung=ladder.rungs[0].id,
            role=ladder.rungs[0].role,
            clause=ladder.clause,
            title=ladder.rungs[0].title,
            about=f"clock.{ladder.on.state}" if clock else f"milestone.{ladder.on.milestone[0]}",
            clock=_clock(pack, clock) if clock else None,
            at=THEN,
        )
