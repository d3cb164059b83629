"""What notify asks of a channel: hand one message over, and say truthfully what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to leave. `id` is the same at every attempt; `at` is the moment of this one."""

    id: str
    to: str
    subject: str
    text: str
    language: Language
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider said that it has the message."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never take this message."""

    reason: str


@dataclass(frozen=True, slots=True)
class Temporary:
    """The provider does not have the message; later it may take it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message was handed over, and no answer came. Sending it again could tell somebody twice."""

    reason: str


Outcome = Sent | Refused | Temporary | Unknown


class Channel(Protocol):
    """One way out. `send` answers with an outcome and does not raise for what the other side does."""

    async def send(self, message: Outgoing) -> Outcome: ...

    async def rest(self) -> None:
        """Nothing to send just now: let go of connections. The next `send` makes new ones."""
