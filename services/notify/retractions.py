"""When a breach or a warning is withdrawn, whoever was told of it is told that, once and the same way.

A message about it that has not left yet is not sent at all; then there is nothing to take back.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.notify.directory import Way
from services.notify.occasions import Occasion, rests_on, undone
from services.notify.templates import LIMITS, SUBJECT_LIMIT, render
from services.notify.wishes import Document, Letter, Wish, document, message_id, unheard
from shared.contracts.clocks import ClockWithdrawn
from shared.contracts.complaints import Complaint
from shared.contracts.words import Words

SUBJECT = Words(
    zh="撤回通知：投诉 {{ number }}“{{ clock }}”", en='Withdrawn: complaint {{ number }}, "{{ clock }}"'
)
BODY = Words(
    zh=(
        "投诉 {{ number }} 的“{{ clock }}”（{{ clause }}）{{ what }}现予撤回，"
        "此前就此发给您的通知作废。\n原因：{{ reason }}"
    ),
    en=(
        'The {{ what }} of "{{ clock }}" (complaint {{ number }}, {{ clause }}) is withdrawn. '
        "Please disregard what you were told of it.\nReason: {{ reason }}"
    ),
)
WHAT = {"breach": Words(zh="超时", en="breach"), "warning": Words(zh="预警", en="warning")}


def retractions(
    occasions: Sequence[Occasion],
    slots: Sequence[Document],
    known: list[Document],
    complaint: Complaint,
    now: datetime,
) -> Iterator[Wish]:
    """A wish for everybody to be told of a withdrawal; `known` holds those wished before, and grows."""
    by_id = {entry["id"]: entry for entry in known}
    for withdrawal in occasions:
        told = _told_of(withdrawal, occasions, slots)
        for (address, channel), entries in told.items():
            id_ = message_id(f"{withdrawal.key}|retraction", "", address, channel)
            if id_ not in by_id:
                known.append(by_id.setdefault(id_, {"id": id_, "retracts": []}))
            fresh = unheard(by_id[id_]["retracts"], [entry["id"] for entry in entries])
            if fresh:
                by_id[id_]["retracts"] += fresh
                letter = _letter(withdrawal, entries[0], complaint)
                written = document(letter, complaint, withdrawal.first, withdrawal.at, now)
                yield Wish(id_, void=False, document=written, retracts=fresh)


def _told_of(
    withdrawal: Occasion, occasions: Sequence[Occasion], slots: Sequence[Document]
) -> dict[tuple[str, Way], list[Document]]:
    """Who was to hear of what is withdrawn, by address and channel."""
    thing = undone(withdrawal)
    if thing is None:
        return {}
    number = withdrawal.first.number
    gone = {o.key for o in occasions if o.withdrawn_by == number and rests_on(o) == thing}
    found: dict[tuple[str, Way], list[Document]] = {}
    for slot in slots:
        for entry in slot["to"] if slot["occasion"] in gone else ():
            if entry["address"] is not None:
                found.setdefault((entry["address"], entry["channel"]), []).append({**slot, **entry})
    return found


def _letter(withdrawal: Occasion, told: Document, complaint: Complaint) -> Letter:
    assert isinstance(withdrawal.data, ClockWithdrawn)
    clock, language, channel = withdrawal.data.clock, told["language"], told["channel"]
    values = {
        "number": complaint.number,
        "clock": clock.title.in_(language),
        "clause": clock.clause,
        "what": WHAT[withdrawal.data.what].in_(language),
        "reason": withdrawal.data.reason.in_(language),
    }
    return Letter(
        notice=told["notice"],
        occasion=f"{withdrawal.key}|retraction",
        about="clock.withdrawn",
        role=told["role"],
        channel=channel,
        address=told["address"],
        language=language,
        clause=clock.clause,
        subject=render(SUBJECT.in_(language), values, SUBJECT_LIMIT),
        text=render(BODY.in_(language), values, LIMITS[channel]),
    )
