"""What a template sees: plain values in the reader's language, no objects of ours."""

from typing import Any

from services.notify.channels.port import Language
from services.notify.directory import COMPLAINANT
from services.notify.occasions import Occasion
from shared.contracts.clocks import ClockReading, ClockWarned, ComplaintEscalated
from shared.contracts.complaints import Complaint, ComplaintProgressed, Milestone
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Words
from shared.deployment import Unit
from shared.policy.bound import BoundPack
from shared.policy.pack import Pack
from shared.worktime import Limit

COMPLAINANT_TITLE = Words(zh="投诉人", en="complainant")


class Shown(dict[str, Any]):
    """A block of values that prints as its title."""

    def __str__(self) -> str:
        return str(self.get("title") or "")


def variables(
    occasion: Occasion,
    unit: Unit,
    complaint: Complaint,
    grading: ComplaintGraded | None,
    role: str,
    language: Language,
) -> dict[str, object]:
    """The variables of a notice about `occasion`; those that the occasion does not have are not there."""
    pack = unit.pack.pack
    found: dict[str, object] = {
        "complaint": of_complaint(complaint, pack),
        "unit": Shown(
            id=unit.id, title=unit.spec.title.in_(language) or pack.title.in_(language), zone=pack.time_zone
        ),
        "role": Shown(id=role, title=_role(pack, role, language)),
        "language": language,
        "param": of_params(unit.pack, language),
    }
    if grading is not None:
        found["grade"] = of_grade(grading, pack, language)
    if occasion.about.startswith("clock.") and occasion.clock is not None:
        found["clock"] = of_clock(occasion.clock, language)
        if isinstance(occasion.data, ClockWarned):
            found["clock"] = Shown(of_clock(occasion.clock, language), point=occasion.data.point)
    if isinstance(occasion.data, ComplaintEscalated):
        found["rung"] = of_rung(occasion.data, pack, language)
        found["clock"] = of_clock(occasion.data.clock, language) if occasion.data.clock else None
    if isinstance(occasion.data, ComplaintProgressed):
        found["milestone"] = of_milestone(occasion.data.milestone, pack, language)
    return found


def of_params(bound: BoundPack, language: Language) -> dict[str, str]:
    """What the company has set, a limit in words."""
    kinds = bound.pack.params
    return {
        name: Limit.parse(text).text(language) if kinds[name].type == "limit" else text
        for name, text in bound.params.items()
    }


def of_complaint(complaint: Complaint, pack: Pack) -> Shown:
    """The complaint; a field of the pack that was not given prints as nothing."""
    values = dict(complaint)
    person = complaint.complainant
    fields = {**dict.fromkeys(pack.intake.fields), **complaint.fields}
    return Shown(
        values,
        title=complaint.number,
        claim=str(complaint.claim) if complaint.claim else None,
        complainant=Shown(dict(person), title=person.name or person.id),
        fields=fields,
    )


def of_grade(grading: ComplaintGraded, pack: Pack, language: Language) -> Shown:
    known = pack.grading.grades.get(grading.grade)
    title = grading.grade_title.in_(language) or (known.title.in_(language) if known else grading.grade)
    rules = [Shown(id=r.id, clause=r.clause, title=r.says.in_(language)) for r in grading.rules]
    return Shown(
        id=grading.grade, title=title, previous=grading.previous, rules=rules, category=grading.category
    )


def of_clock(clock: ClockReading, language: Language) -> Shown:
    values = {name: value for name, value in clock if name != "spans"}
    return Shown(values, title=clock.title.in_(language))


def of_rung(escalated: ComplaintEscalated, pack: Pack, language: Language) -> Shown:
    ladder = pack.ladders.get(escalated.ladder)
    return Shown(
        id=escalated.rung,
        title=escalated.title.in_(language),
        role=_role(pack, escalated.role, language),
        takes_over=escalated.takes_over,
        clause=escalated.clause,
        about=escalated.about,
        ladder=Shown(id=escalated.ladder, title=ladder.title.in_(language) if ladder else escalated.ladder),
        at=escalated.at,
    )


def of_milestone(milestone: Milestone, pack: Pack, language: Language) -> Shown:
    known = pack.every_milestone.get(milestone.name)
    title = known.title.in_(language) if known else milestone.name
    return Shown(dict(milestone), title=title, data=milestone.data)


def _role(pack: Pack, role: str, language: Language) -> str:
    if role == COMPLAINANT:
        return COMPLAINANT_TITLE.in_(language)
    title = pack.roles.get(role)
    return title.in_(language) if title else role
