"""One complaint as one service knows it: a document with its inbox and its outbox.

`seen` remembers, per source, the sequences that were applied; `outbox` holds the events that the
change caused until the bus has confirmed them. Both are written with the change itself, in one
write, so that neither redelivery nor a crash can split them.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.bus.port import Message
from shared.contracts.envelope import Envelope, EventData, attributes, encoded, routing_key
from shared.telemetry.traces import traceparent

Document = dict[str, Any]


@dataclass(slots=True)
class Page:
    """A document in hand. `rev` counts its writes; 0 means that it is not stored yet. What this hand said
    is `fresh`: it sends that and nothing else, since the rest of the outbox is sent by those who said it,
    or by the sweeper. `worked_out` is what its service read from it, to be read once; it is not stored."""

    id: str
    body: Document = field(default_factory=dict)
    rev: int = 0
    sequence: int = 0
    seen: dict[str, list[int]] = field(default_factory=dict)
    outbox: list[Document] = field(default_factory=list)
    pending_since: datetime | None = None
    fresh: list[Document] = field(default_factory=list)
    changed: bool = False
    worked_out: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def has_seen(self, envelope: Envelope) -> bool:
        return envelope.number in self.seen.get(envelope.source, ())

    def mark_seen(self, envelope: Envelope) -> None:
        self.seen.setdefault(envelope.source, []).append(envelope.number)
        self.changed = True

    def say(
        self,
        data: EventData,
        *,
        source: str,
        time: datetime,
        now: datetime,
        cause: Envelope | None = None,
        subject: str | None = None,
    ) -> None:
        """Put an event into the outbox, with the page's next sequence. `time` is when it happened, `now` when
        we say it.

        `subject` is the complaint it is about, where this page is not the complaint's.
        """
        self.sequence += 1
        beside = attributes(
            data,
            source=source,
            subject=subject or self.id,
            sequence=self.sequence,
            time=time,
            cause=cause,
            trace=traceparent(),
        )
        body = encoded(beside, data).decode()
        said: Document = {"id": beside["id"], "key": routing_key(data.TYPE), "body": body}
        self.outbox.append(said)
        self.fresh.append(said)
        self.pending_since = self.pending_since or now
        self.changed = True

    def forget(self, sent: Collection[str]) -> None:
        """Take these events, which the bus has, out of the outbox. To be stored with the next change."""
        if sent:
            self.outbox = [said for said in self.outbox if said["id"] not in sent]
        if not self.outbox:
            self.pending_since = None

    def messages(self) -> list[Message]:
        """Everything that is not confirmed yet; some of it may be on its way by another hand."""
        return [_message(said) for said in self.outbox]

    def fresh_messages(self) -> list[Message]:
        """What was said since the page was opened."""
        return [_message(said) for said in self.fresh]

    def document(self) -> Document:
        """What is stored. `pending_since` stands there only while the outbox holds something."""
        stored: Document = {
            **self.body,
            "_id": self.id,
            "rev": self.rev + 1,
            "sequence": self.sequence,
            "seen": self.seen,
            "outbox": self.outbox,
        }
        if self.outbox:
            stored["pending_since"] = self.pending_since
        return stored

    @classmethod
    def of(cls, document: Document) -> "Page":
        body = dict(document)
        return cls(
            id=body.pop("_id"),
            rev=body.pop("rev", 0),
            sequence=body.pop("sequence", 0),
            seen=body.pop("seen", {}),
            outbox=body.pop("outbox", []),
            pending_since=body.pop("pending_since", None),
            body=body,
        )


def _message(said: Document) -> Message:
    return Message(key=said["key"], id=said["id"], body=said["body"].encode())
