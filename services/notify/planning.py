"""From what was heard of a complaint to the messages that shall exist. The same for any order of arrival.

For every occasion the page keeps one slot per notice of the pack that may be about it, made when the
occasion is first seen: a notice that joins the pack later says nothing of the past. A slot is decided
by the grade in force at the moment of the occasion, and again only if an earlier grade arrives late.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import structlog

from services.notify.audience import fits, needs_grade, recipients
from services.notify.directory import Recipient
from services.notify.occasions import Occasion
from services.notify.templates import LIMITS, SUBJECT_LIMIT, BadTemplateError, render, undeclared
from services.notify.variables import variables
from services.notify.wishes import Document, Letter, Wish, changed, document, message_id
from shared.contracts.complaints import Complaint
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Words
from shared.deployment import Unit
from shared.policy.pack import Pack
from shared.policy.sections.notices import Notice
from shared.worktime import deadline

log = structlog.get_logger()
UNGRADED = 0
PLAIN = Words(zh="投诉 {number}：{about}", en="Complaint {number}: {about}")
"""What is sent where a template fails on a real complaint: somebody must still hear of it."""

Gradings = Mapping[int, ComplaintGraded]


class Planner:
    """Plans the messages of one complaint. `slots` is kept in its page and is brought up to date."""

    def __init__(self, unit: Unit, complaint: Complaint, gradings: Gradings, now: datetime) -> None:
        self._unit, self._complaint, self._gradings, self._now = unit, complaint, gradings, now
        self._pack = unit.pack.pack

    def wishes(self, occasions: Sequence[Occasion], slots: list[Document]) -> Iterator[Wish]:
        """What has to change about the messages, now that this is known."""
        seen = {slot["occasion"] for slot in slots}
        for occasion in occasions:
            if occasion.key not in seen:
                slots += _slots(occasion, self._pack)
        by_key = {occasion.key: occasion for occasion in occasions}
        for slot in slots:
            if slot["occasion"] in by_key and slot["notice"] in self._pack.notices:
                yield from self._slot(slot, by_key[slot["occasion"]])

    def _slot(self, slot: Document, occasion: Occasion) -> Iterator[Wish]:
        notice = self._pack.notices[slot["notice"]]
        number = self._in_force(occasion) if waits_for_grade(notice, self._pack) else UNGRADED
        if number is None:
            return
        if slot["by"] != number:
            self._decide(slot, occasion, notice, self._gradings.get(number))
            slot["by"] = number
        for entry in slot["to"]:
            first = "void" not in entry
            if changed(entry, not entry["wanted"] or occasion.withdrawn_by is not None):
                written = self._written(entry, slot, occasion, notice) if first else None
                yield Wish(entry["id"], entry["void"], written)

    def _in_force(self, occasion: Occasion) -> int | None:
        """The sequence of the grading that holds at the occasion; the first one where it came before any."""
        if isinstance(occasion.data, ComplaintGraded):
            return occasion.first.number
        before = [n for n, graded in self._gradings.items() if graded.effective_at <= occasion.at]
        return max(before) if before else min(self._gradings, default=None)

    def _decide(
        self, slot: Document, occasion: Occasion, notice: Notice, grading: ComplaintGraded | None
    ) -> None:
        bound, people = self._unit.pack, self._unit.people
        told = fits(slot["notice"], occasion, bound, grading)
        audience = recipients(notice, occasion, self._pack, people, self._complaint) if told else ()
        wanted = {self._id(slot, r): r for r in audience}
        for entry in slot["to"]:
            entry["wanted"] = entry["id"] in wanted
            wanted.pop(entry["id"], None)
        slot["to"] += [_entry(id_, recipient) for id_, recipient in wanted.items()]

    @staticmethod
    def _id(slot: Document, to: Recipient) -> str:
        return message_id(slot["occasion"], slot["notice"], to.address or to.role, to.channel)

    def _written(self, entry: Document, slot: Document, occasion: Occasion, notice: Notice) -> Document:
        subject, text = self._texts(entry, slot, occasion, notice)
        letter = Letter(
            notice=slot["notice"],
            occasion=f"{occasion.key}|{slot['notice']}",
            about=occasion.about,
            role=entry["role"],
            channel=entry["channel"],
            address=entry["address"],
            language=entry["language"],
            clause=notice.clause,
            subject=subject,
            text=text,
            due=self._due(notice, occasion),
        )
        return document(letter, self._complaint, occasion.first, occasion.at, self._now)

    def _due(self, notice: Notice, occasion: Occasion) -> datetime | None:
        if notice.within is None:
            return None
        calendar = self._unit.calendars.of(None, self._complaint.branch)
        return deadline(occasion.at, self._unit.pack.limit(notice.within), calendar).due

    def _texts(self, entry: Document, slot: Document, occasion: Occasion, notice: Notice) -> tuple[str, str]:
        """Subject, in one line, and body; a plain sentence where the template fails."""
        language = entry["language"]
        number = self._in_force(occasion)
        grading = self._gradings.get(number) if number is not None else None
        seen = variables(occasion, self._unit, self._complaint, grading, entry["role"], language)
        try:
            subject = render(notice.subject.in_(language), seen, SUBJECT_LIMIT)
            return " ".join(subject.split()), render(
                notice.body.in_(language), seen, LIMITS[entry["channel"]]
            )
        except BadTemplateError as error:
            log.error("template_failed", notice=slot["notice"], pack=self._pack.pack, reason=str(error))
            plain = PLAIN.in_(language).format(number=self._complaint.number, about=occasion.about)
            return plain, plain


def waits_for_grade(notice: Notice, pack: Pack) -> bool:
    """Whether a notice can only be decided, or written, once the complaint has a grade."""
    texts = (notice.subject.zh, notice.subject.en, notice.body.zh, notice.body.en)
    return needs_grade(notice, pack) or any("grade" in undeclared(text) for text in texts)


def _slots(occasion: Occasion, pack: Pack) -> list[Document]:
    return [
        {"occasion": occasion.key, "notice": name, "by": None, "to": []}
        for name, notice in pack.notices.items()
        if notice.on == occasion.about
    ]


def _entry(id_: str, to: Recipient) -> Document:
    return {
        "id": id_,
        "role": to.role,
        "channel": to.channel,
        "address": to.address,
        "language": to.language,
        "wanted": True,
    }
