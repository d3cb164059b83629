"""The complaints of a storm: what is handed in, by which way, and what shall become of each.

About a tenth of them cause mail. Two units work by the bank's pack: `main` with its reply limit in working
days, `branch` with one hour, so that some of its clocks run out while the storm is on.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

Way = Literal["http", "event", "message"]
"""Over HTTP; as a CloudEvent to the exchange; as a bare object to the exchange."""
Fate = Literal["quiet", "overdue", "falls_due", "late_reply", "replied", "guidance"]
FATES: dict[Fate, float] = {
    "quiet": 0.87,
    "overdue": 0.04,
    "falls_due": 0.03,
    "late_reply": 0.01,
    "replied": 0.03,
    "guidance": 0.02,
}
"""Breached when it is handed in; breached during the storm; breached, then answered; answered in time;
the upper level is asked. The others just wait for their answer."""
RECORDED: dict[Fate, str] = {"late_reply": "replied", "replied": "replied", "guidance": "guidance_asked"}
CHANNELS = ("visit", "counter", "phone", "letter", "email", "web", "app", "transfer")
TEXTS = {
    "general": "柜台多收手续费，没有人答复。",
    "difficult": "问题不处理，我就天天来闹，坐着不走。",
    "watch": "理财到期不兑付，要求赔偿。",
}
GRADES = {"general": 0.8, "difficult": 0.1, "watch": 0.1}
WAVE = 3.0
"""Seconds from one wave to the next: what comes at once is still being worked on when something is killed."""
HOUR = timedelta(hours=1)
LONG_AGO = timedelta(days=30)
T = TypeVar("T", bound=str)
SHORTLY = (5, 25)
"""Seconds after which a complaint that falls due does so."""


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint to hand in, `after` so many seconds of the storm."""

    ref: str
    way: Way
    fate: Fate
    unit: str
    channel: str
    grade: str
    received_at: datetime
    after: float

    @property
    def key(self) -> str:
        return f"key-{self.ref}"

    @property
    def milestone(self) -> str | None:
        return RECORDED.get(self.fate)

    def submission(self) -> dict[str, Any]:
        body = {
            "ref": self.ref,
            "unit": self.unit,
            "channel": self.channel,
            "text": TEXTS[self.grade],
            "complainant": {"id": f"kh-{self.ref}"},
            "received_at": self.received_at.isoformat(),
        }
        return body | ({"claim": {"amount": 300000, "currency": "CNY"}} if self.grade == "watch" else {})

    def body(self) -> bytes:
        """What goes over the wire."""
        told = self.submission()
        if self.way == "event":
            told = {
                "specversion": "1.0",
                "id": self.key,
                "source": "/call-centre",
                "type": "redress.complaint.submitted.v1",
                "data": told,
            }
        return json.dumps(told, ensure_ascii=False).encode()


def mix(
    count: int, seed: int, start: datetime, seconds: float, fates: Mapping[Fate, float] = FATES
) -> list[Case]:
    """`count` complaints, in waves over the seconds that the storm takes; the same for the same seed."""
    return list(_cases(random.Random(seed), count, start.replace(microsecond=0), seconds, fates))


def _cases(
    dice: random.Random, count: int, start: datetime, seconds: float, fates: Mapping[Fate, float]
) -> Iterator[Case]:
    for n in range(count):
        after = n / count * seconds // WAVE * WAVE
        way: Way = "http" if n % 2 else dice.choice(("event", "message"))
        fate = _drawn(dice, fates)
        if way != "http" and fate in RECORDED:
            fate = "quiet"  # a milestone needs the id that only an answer over HTTP gives
        elif way == "http" and fate == "quiet" and dice.random() < _MADE_UP:
            fate = dice.choice(tuple(RECORDED))
        unit = {"overdue": "main", "late_reply": "main", "falls_due": "branch"}.get(fate)
        yield Case(
            ref=f"case-{n:06d}",
            way=way,
            fate=fate,
            unit=unit or ("branch" if dice.random() < 0.3 else "main"),
            channel=dice.choice(CHANNELS),
            grade=_drawn(dice, GRADES),
            received_at=_received(dice, fate, start + timedelta(seconds=int(after))),
            after=after,
        )


_MADE_UP = 0.06
"""What keeps the shares of those fates that only HTTP can have."""


def _received(dice: random.Random, fate: Fate, handed_in: datetime) -> datetime:
    if fate in ("overdue", "late_reply"):
        return handed_in - LONG_AGO
    if fate == "falls_due":
        return handed_in - HOUR + timedelta(seconds=dice.randint(*SHORTLY))
    return handed_in


def _drawn(dice: random.Random, shares: Mapping[T, float]) -> T:
    return dice.choices(tuple(shares), tuple(shares.values()))[0]
