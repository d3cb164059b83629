"""What happened, once: an occasion has a key that every account of the same happening shares.

An event may be delivered many times, and announced again under another id; both give the same key. A
real second occurrence gives another: a breach that was withdrawn and came back, a later change of grade.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

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
from shared.contracts.complaints import ComplaintAmended, ComplaintProgressed, ComplaintReceived
from shared.contracts.envelope import Envelope, EventData
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.registry import BY_TYPE

What = Literal["breach", "warning"]


@dataclass(frozen=True)
class Heard:
    """An event as it was heard; `number` is its sequence within its source."""

    source: str
    number: int
    time: datetime
    data: EventData
    cause: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, envelope: Envelope) -> Self:
        cause = envelope.model_dump(mode="json", exclude={"data"}, exclude_none=True)
        data = BY_TYPE[envelope.type].model.of(envelope)
        return cls(envelope.source, envelope.number, envelope.time, data, cause)


@dataclass(frozen=True)
class Occasion:
    """Something that people may have to hear of. `about` is what a notice's `on` names.

    `first` is the earliest account of it. `withdrawn_by` is the sequence of the `clock.withdrawn` that
    said, later, that it was not so.
    """

    key: str
    about: str
    at: datetime
    first: Heard
    withdrawn_by: int | None = None

    @property
    def data(self) -> EventData:
        return self.first.data

    @property
    def clock(self) -> ClockReading | None:
        return getattr(self.data, "clock", None)

    @property
    def ladder(self) -> str | None:
        return self.data.ladder if isinstance(self.data, ComplaintEscalated) else None


@dataclass(frozen=True)
class _Happening:
    """`run` tells one happening of a kind from the next; `rests_on` is the breach or warning behind it."""

    about: str
    run: str
    at: datetime
    rests_on: tuple[str, What] | None = None


def occasions(complaint: str, heard: Sequence[Heard]) -> list[Occasion]:
    """Every occasion in what was heard of one complaint, the same in whatever order it came."""
    in_order = sorted(heard, key=lambda h: (h.source, h.number))
    withdrawals = _withdrawals(in_order)
    found: dict[str, Occasion] = {}
    for news in in_order:
        for happening in _happenings(news.data):
            turns = withdrawals.get(happening.rests_on, []) if happening.rests_on else []
            turn = sum(n < news.number for n in turns)
            if isinstance(news.data, ClockWithdrawn) and turns and news.number not in turns:
                turn -= 1
            key = f"{complaint}|{happening.about}|{happening.run}" + (f"|{turn}" if turn else "")
            later = [] if isinstance(news.data, ClockWithdrawn) else [n for n in turns if n > news.number]
            occasion = Occasion(key, happening.about, happening.at, news, min(later, default=None))
            found.setdefault(key, occasion)
    return list(found.values())


def _withdrawals(in_order: Sequence[Heard]) -> dict[tuple[str, What], list[int]]:
    """The sequence of every withdrawal, by what it undoes. Saying it twice is one withdrawal."""
    standing: set[tuple[str, What]] = set()
    numbers: dict[tuple[str, What], list[int]] = {}
    for news in in_order:
        match news.data:
            case ClockBreached(clock=clock):
                standing.add((_run(clock), "breach"))
            case ClockWarned(clock=clock):
                standing.add((_run(clock), "warning"))
        thing = _undoes(news.data)
        if thing is not None and thing in standing:
            standing.discard(thing)
            numbers.setdefault(thing, []).append(news.number)
    return numbers


def _run(clock: ClockReading) -> str:
    return f"{clock.id}:{clock.key}"


def undone(occasion: Occasion) -> tuple[str, What] | None:
    """The clock run, and whether its breach or warning, that a `clock.withdrawn` takes back."""
    return _undoes(occasion.data)


def rests_on(occasion: Occasion) -> tuple[str, What] | None:
    """The clock run, and whether its breach or warning, without which there was no such occasion."""
    if isinstance(occasion.data, ClockWithdrawn):
        return None
    return next((h.rests_on for h in _happenings(occasion.data)), None)


def _undoes(data: EventData) -> tuple[str, What] | None:
    if isinstance(data, ClockWithdrawn) and data.what != "clock":
        return _run(data.clock), data.what
    return None


def _happenings(data: EventData) -> Iterator[_Happening]:
    match data:
        case ComplaintReceived():
            yield _Happening("complaint.received", "", data.complaint.received_at)
        case ComplaintAmended():
            yield _Happening("complaint.amended", data.amended_at.isoformat(), data.amended_at)
        case ComplaintProgressed(milestone=milestone):
            yield _Happening(f"milestone.{milestone.name}", milestone.id, milestone.occurred_at)
            yield _Happening("complaint.progressed", milestone.id, milestone.occurred_at)
        case ComplaintGraded():
            yield from _graded(data)
        case ComplaintEscalated():
            yield _escalated(data)
        case _:
            yield from _by_clock(data)


def _graded(data: ComplaintGraded) -> Iterator[_Happening]:
    """Only the first grade, or one that differs from the grade before."""
    if data.previous is None:
        yield _Happening("complaint.graded", f">{data.grade}", data.effective_at)
    elif data.previous != data.grade:
        run = f"{data.previous}>{data.grade}/{data.effective_at.isoformat()}"
        yield _Happening("complaint.graded", run, data.effective_at)


def _escalated(data: ComplaintEscalated) -> _Happening:
    set_off = _run(data.clock) if data.clock else data.at.isoformat()
    kinds: dict[str, What] = {"clock.breached": "breach", "clock.warned": "warning"}
    kind = kinds.get(data.about)
    rests = (_run(data.clock), kind) if data.clock and kind else None
    run = f"{data.ladder}/{data.rung}/{data.about}/{set_off}"
    return _Happening("complaint.escalated", run, data.at, rests)


def _by_clock(data: EventData) -> Iterator[_Happening]:
    match data:
        case ClockBreached(clock=clock, at=at):
            yield _Happening("clock.breached", _run(clock), at, (_run(clock), "breach"))
        case ClockWarned(clock=clock, at=at, point=point):
            yield _Happening("clock.warned", f"{_run(clock)}/{point}", at, (_run(clock), "warning"))
        case ClockWithdrawn(clock=clock, at=at, what=what):
            rests = None if what == "clock" else (_run(clock), what)
            yield _Happening("clock.withdrawn", f"{_run(clock)}/{what}", at, rests)
        case ClockDueChanged(clock=clock, at=at):
            yield _Happening("clock.due_changed", f"{_run(clock)}/{clock.due.isoformat()}", at)
        case ClockStarted(clock=clock, at=at):
            yield _Happening("clock.started", _run(clock), at)
        case ClockMet(clock=clock, at=at):
            yield _Happening("clock.met", f"{_run(clock)}/{at.isoformat()}", at)
