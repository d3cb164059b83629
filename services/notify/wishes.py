"""What the page of a complaint wants done about messages: that one exists, that one must not be sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notify.channels.port import Language
from services.notify.directory import Way
from services.notify.occasions import Heard
from shared.contracts.complaints import Complaint

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that shall be there, once (`document`, unless it is there already).

    `void`: nobody shall get it; if it did not leave yet, it never will. `retracts`: the messages that it
    takes back; it leaves only if one of them did.
    """

    id: str
    void: bool
    document: Document | None = None
    retracts: tuple[str, ...] = ()


def message_id(occasion: str, notice: str, recipient: str, channel: Way) -> str:
    """The same for the same notice, occasion, recipient and channel, whoever reckons it and however often."""
    return hashlib.sha256("\x00".join((occasion, notice, recipient, channel)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Letter:
    """The content of a message and whom it is for. `due`: until when the procedure wants it told."""

    notice: str
    occasion: str
    about: str
    role: str
    channel: Way
    address: str | None
    language: Language
    clause: str
    subject: str
    text: str
    due: datetime | None = None


def document(letter: Letter, complaint: Complaint, heard: Heard, at: datetime, now: datetime) -> Document:
    """A message as it is first stored. `happened_at` is event time; it is due at once."""
    return {
        "complaint": complaint.id,
        "case": complaint.case.model_dump(),
        "notice": letter.notice,
        "occasion": letter.occasion,
        "about": letter.about,
        "role": letter.role,
        "channel": letter.channel,
        "address": letter.address,
        "language": letter.language,
        "clause": letter.clause,
        "subject": letter.subject,
        "text": letter.text,
        "attempts": 0,
        "happened_at": at,
        "next_at": now,
        "due": letter.due,
        "cause": heard.cause,
    }


def changed(entry: Document, void: bool) -> bool:
    """Whether what is wanted of a message differs from what was wanted before; remembers it."""
    differs: bool = entry.get("void") is not void
    entry["void"] = void
    return differs


def unheard(known: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Those of `wanted` that are not known yet."""
    return tuple(dict.fromkeys(one for one in wanted if one not in known))
