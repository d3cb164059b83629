"""A submission on its way in, and what can become of it."""

import asyncio
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.complaints import Reason
from shared.contracts.submission import Submission


@dataclass(frozen=True, slots=True)
class Key:
    """What tells a repeat from a new submission. With `fingerprint`, a repeat must also say the same."""

    source: str
    id: str
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission with its key. `sent_at` is what its message says; `context` carries its trace."""

    submission: Submission
    key: Key | None = None
    sent_at: datetime | None = None
    context: Context = field(default_factory=copy_context)


@dataclass(frozen=True, slots=True)
class Taken:
    """It is in. `repeated`: it was in before. `sending` is done when its event has left."""

    id: str
    number: str
    repeated: bool = False
    sending: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It is wrong, and why."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class KeyReused:
    """Its key brought another submission before."""


Outcome = Taken | Refused | KeyReused
