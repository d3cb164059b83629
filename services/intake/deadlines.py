"""Promises and extensions, checked before they are taken: is there such a deadline, may it move, how far.

They are checked against what intake has heard of the clocks. The sla service, which decides, checks again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.contracts.complaints import Complaint, Reason
from shared.deployment import Unit
from shared.policy.extensions import faults, too_late
from shared.policy.milestones import EXTENDED
from shared.policy.sections.clocks import ClockSpec, LimitGiven
from shared.policy.terms import looked_up, read_given
from shared.store.page import Document
from shared.worktime import Calendar, Limit, deadline, later


def given_limits(fields: Mapping[str, Any], unit: Unit) -> Iterator[Reason]:
    """Fields that give a clock its limit and hold none."""
    for clock in unit.pack.pack.clocks.values():
        name = clock.limit.given if isinstance(clock.limit, LimitGiven) else ""
        if name in fields:
            yield from _no_time(f"fields.{name}", fields[name])


def checked(
    milestone: str, data: Mapping[str, Any], at: datetime, body: Document, unit: Unit, now: datetime
) -> Iterator[Reason]:
    """What is wrong with a milestone that promises or extends, recorded now as having happened at `at`."""
    if milestone == EXTENDED:
        wrong = list(faults(unit.pack, data))
        yield from wrong or _extension(data, body, unit, now)
    for name, clock in unit.pack.pack.clocks.items():
        if clock.promise is not None and clock.promise[0] == milestone and clock.promise[1] in data:
            yield from _promise(name, clock, data[clock.promise[1]], at, body, unit)


def _extension(data: Mapping[str, Any], body: Document, unit: Unit, now: datetime) -> Iterator[Reason]:
    clock = unit.pack.pack.clocks[data["clock"]]
    assert clock.extension is not None
    running = _running(data["clock"], body)
    if running is None:
        yield _reason("clock", "does not run now", f"one of: {', '.join(_names(body)) or 'none runs'}")
        return
    due = now if running.get("paused_since") else running["due"]
    late = list(too_late(unit.pack, clock.extension, now, due, len(running.get("extensions", ()))))
    yield from late
    if late:
        return
    calendar = _calendar(clock, body, unit)
    field, value = ("to", read_given(data["to"])) if "to" in data else ("by", read_given(data["by"]))
    wanted = value if isinstance(value, datetime) else later(running["due"], value, calendar)
    if wanted <= running["due"]:
        yield _reason(field, "is not later than the deadline", f"after {_shown(running['due'], calendar)}")
    stood_still = any(span.get("paused") for span in running.get("spans", ()))
    if clock.extension.cap is not None and not stood_still:
        last = deadline(running["started_at"], unit.pack.limit(clock.extension.cap), calendar).due
        if wanted > last:
            expected = f"{_shown(last, calendar)} at the latest ({clock.extension.clause})"
            yield _reason(field, "goes too far", expected)


def _promise(
    name: str, clock: ClockSpec, value: object, at: datetime, body: Document, unit: Unit
) -> Iterator[Reason]:
    assert clock.promise is not None
    assert isinstance(clock.limit, LimitGiven)
    wrong = list(_no_time(f"data.{clock.promise[1]}", value))
    yield from wrong
    if wrong:
        return
    given, calendar = read_given(value), _calendar(clock, body, unit)
    due = deadline(at, given, calendar).due if isinstance(given, Limit) else given
    if due <= at:
        yield _reason(clock.promise[1], "is over already", f"after {_shown(at, calendar)}")
    cap = looked_up(unit.pack, clock.limit.cap, _facts(body, unit))
    if cap is None:
        return
    last = deadline(_start(name, clock, at, body), cap, calendar).due
    if due > last:
        expected = f"{_shown(last, calendar)} at the latest: {cap} ({clock.clause})"
        yield _reason(clock.promise[1], "promises too much", expected)


def _start(name: str, clock: ClockSpec, at: datetime, body: Document) -> datetime:
    """From when the clock counts: as was heard, or as it will be heard."""
    running = _running(name, body)
    if running is not None:
        started: datetime = running["started_at"]
        return started
    complaint = Complaint.model_validate(body["complaint"])
    known = {"received": complaint.received_at, "occurred": complaint.occurred_at}
    known |= {milestone["name"]: milestone["occurred_at"] for milestone in body.get("milestones", ())}
    return min((known[start] for start in clock.start if start in known), default=at)


def _running(clock: str, body: Document) -> Document | None:
    """The latest reading of a clock that has not ended."""
    found = [c for c in body.get("clocks", ()) if c["id"] == clock and c.get("stopped_at") is None]
    return found[-1] if found else None


def _names(body: Document) -> list[str]:
    return sorted({c["id"] for c in body.get("clocks", ()) if c.get("stopped_at") is None})


def _calendar(clock: ClockSpec, body: Document, unit: Unit) -> Calendar:
    return unit.calendars.of(clock.calendar, body["complaint"].get("branch"))


def _facts(body: Document, unit: Unit) -> dict[str, object]:
    grading = body.get("grading")
    return unit.pack.heard(grading["facts"]) | {"grade": grading["grade"]} if grading else {}


def _no_time(field: str, value: object) -> Iterator[Reason]:
    try:
        read_given(value)
    except ValueError as error:
        yield Reason(field=field[:200], problem="is no time", expected=str(error)[:500])


def _shown(moment: datetime, calendar: Calendar) -> str:
    return moment.astimezone(calendar.tz).isoformat(timespec="minutes")


def _reason(field: str, problem: str, expected: str) -> Reason:
    return Reason(field=f"data.{field}"[:200], problem=problem, expected=expected)
