"""What `redress policy due` answers: when a clock runs out, and which time was counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.policy.bound import BoundPack
from shared.policy.calendars import calendars_of
from shared.policy.sections.clocks import ClockSpec, LimitGiven
from shared.policy.sections.identity import CalendarSpec
from shared.policy.source import read
from shared.policy.terms import Given, Terms, read_given, terms, warnings
from shared.policy.validation import validated
from shared.worktime import (
    Calendar,
    Extension,
    Limit,
    Reason,
    Standstill,
    moved,
)

PAUSED = Reason("暂停计算", "stands still")


@dataclass(frozen=True)
class Question:
    """What is asked, as it was typed. Times without an offset are taken in the clock's zone."""

    clock: str
    start: str
    facts: Mapping[str, object] = field(default_factory=dict)
    given: str | None = None
    pauses: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()
    calendar: Path | None = None


def answer(bound: BoundPack, question: Question) -> dict[str, Any]:
    """The due time and its explanation; ValueError where it cannot be told."""
    spec = bound.pack.clocks.get(question.clock)
    if spec is None:
        known = ", ".join(bound.pack.clocks) or "none"
        raise ValueError(f"{bound.id} has no clock {question.clock!r}; it has {known}")
    calendar = _calendar(bound, spec, question.calendar)
    start = moment_of(question.start, calendar)
    found = _terms(bound, spec, question, calendar)
    pauses = [_pause(text, calendar) for text in question.pauses]
    extensions = _extensions(bound, spec, question, start, calendar)
    line = moved(found.line(start, calendar), [*pauses, *extensions])
    return {
        "due": line.due.isoformat(),
        "provisional": line.provisional,
        "limit": str(found),
        "given": found.given is not None,
        "soft": spec.soft,
        "clause": spec.clause,
        "zone": calendar.zone,
        "warnings": {point: at.isoformat() for point, at in warnings(spec, line)},
        "spans": [
            {
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
                "counted": span.counted,
                "paused": span.paused,
                "why": {"zh": span.why_zh, "en": span.why_en},
            }
            for span in line.spans
        ],
    }


def _calendar(bound: BoundPack, spec: ClockSpec, file: Path | None) -> Calendar:
    """The pack's, with a block as under `calendar` in redress.yaml laid over it."""
    laid_over = CalendarSpec() if file is None else validated(CalendarSpec, read(file))
    return calendars_of(bound, laid_over, {}).of(spec.calendar, None)


def _terms(bound: BoundPack, spec: ClockSpec, question: Question, calendar: Calendar) -> Terms:
    facts = {"grade": bound.pack.grading.otherwise, **bound.values, **question.facts}
    promises: dict[str, Given] = {}
    if question.given is not None:
        if not isinstance(spec.limit, LimitGiven):
            raise ValueError(f"nobody gives a time for {question.clock!r}; leave out --given")
        promises[spec.limit.given] = Given(_value(question.given, calendar))
        facts[spec.limit.given] = question.given
    found = terms(bound, spec, facts, promises)
    if found is None:
        told = ", ".join(f"{name} {value!r}" for name, value in facts.items() if name not in bound.values)
        raise ValueError(f"{bound.id} gives {question.clock!r} no limit for {told}")
    return found


def _extensions(
    bound: BoundPack, spec: ClockSpec, question: Question, start: datetime, calendar: Calendar
) -> Iterator[Extension]:
    for text in question.extended:
        if spec.extension is None:
            raise ValueError(f"{bound.id} does not let {question.clock!r} be extended")
        cap = bound.limit(spec.extension.cap) if spec.extension.cap is not None else None
        yield Extension(start, _value(text, calendar), cap)


def _pause(text: str, calendar: Calendar) -> Standstill:
    """Reads `FROM/TO`."""
    begin, _, end = text.partition("/")
    pause = Standstill(moment_of(begin, calendar), moment_of(end, calendar), PAUSED)
    if pause.end <= pause.at:
        raise ValueError(f"--pause {text!r}: expected an end after the beginning")
    return pause


def _value(text: str, calendar: Calendar) -> Limit | datetime:
    try:
        return moment_of(text, calendar)
    except ValueError:
        return read_given(text)


def moment_of(text: str, calendar: Calendar) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r}: expected a time such as 2026-02-11T09:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=calendar.tz)
