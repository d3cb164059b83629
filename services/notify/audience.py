"""Who hears of an occasion: the notices of the pack that fit it, and the people they name. Pure."""

from collections.abc import Iterator

import structlog

from services.notify.directory import (
    COMPLAINANT,
    ESCALATED_TO,
    Recipient,
    can_be_reached,
    contact_of,
    reached,
)
from services.notify.occasions import Occasion
from shared.contracts.clocks import ComplaintEscalated
from shared.contracts.complaints import Complaint
from shared.contracts.gradings import ComplaintGraded
from shared.people import People
from shared.policy.bound import BoundPack
from shared.policy.conditions import EvaluationError
from shared.policy.pack import Pack
from shared.policy.sections.notices import Notice

log = structlog.get_logger()


def fits(name: str, occasion: Occasion, bound: BoundPack, grading: ComplaintGraded | None) -> bool:
    """Whether `of` and `when` of a notice let this occasion through."""
    notice = bound.pack.notices[name]
    if not _named(notice, occasion, bound.pack, grading):
        return False
    if notice.when is None:
        return True
    try:
        return bound.notice_conditions.evaluate(facts_of(bound, grading))[name]
    except EvaluationError as error:
        # Told for nothing is better than not told.
        log.warning("notice_condition_has_no_value", notice=name, pack=bound.id, reason=error.reason)
        return True


def needs_grade(notice: Notice, pack: Pack) -> bool:
    """Whether who hears of it depends on the grade."""
    return notice.when is not None or any(name in pack.grading.grades for name in notice.of)


def recipients(
    notice: Notice, occasion: Occasion, pack: Pack, people: People, complaint: Complaint
) -> Iterator[Recipient]:
    """Whom a notice names, each address once a channel: the first of its roles counts. Of a role that nobody
    but the accused holds, or nobody who can be reached, its fallback is told."""
    complainant = {COMPLAINANT: (contact_of(complaint.complainant),)}
    done = set()
    for role in notice.to:
        if role == ESCALATED_TO:
            if not isinstance(occasion.data, ComplaintEscalated):
                continue
            role = occasion.data.role
        role = people.standing_in(role, complaint.employee, lambda c: can_be_reached(c, notice.by))
        holders = {role: people.of(role, complaint.employee), **complainant}.get(role, ())
        for recipient in reached(role, notice.by, holders, pack.language):
            who = (recipient.channel, recipient.address or role)
            if who not in done:
                done.add(who)
                yield recipient


def _named(notice: Notice, occasion: Occasion, pack: Pack, grading: ComplaintGraded | None) -> bool:
    """`of` names clocks, ladders and grades; of each kind that it names, one must be concerned."""
    grade = grading.grade if grading else None
    for known, concerned in (
        (pack.clocks, occasion.clock.id if occasion.clock else None),
        (pack.ladders, occasion.ladder),
        (pack.grading.grades, grade),
    ):
        wanted = [name for name in notice.of if name in known]
        if wanted and concerned not in wanted:
            return False
    return True


def facts_of(bound: BoundPack, grading: ComplaintGraded | None) -> dict[str, object]:
    """The facts of a grading, typed again after their way over the wire, and `grade`."""
    if grading is None:
        return {}
    return {**bound.heard(grading.facts), "grade": grading.grade}
