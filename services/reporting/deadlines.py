"""A complaint's clocks as its page shows them: drawn, and explained span by span."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from markupsafe import Markup

from services.reporting.charts.clock_line import Line, Stretch, clock_line
from services.reporting.names import Names
from services.reporting.pages import length, minute
from services.reporting.story import Document
from shared.contracts.words import Words
from shared.worktime import Limit


@dataclass(frozen=True)
class Deadline:
    """One run of a clock. `late` is by how much it was or is missed; `paused` since when it stands still;
    `remarks` what else is to be known of its limit."""

    id: str
    title: str
    clause: str
    limit: str
    state: str
    started: datetime
    due: datetime
    stopped: datetime | None
    provisional: bool
    late: timedelta | None
    paused: datetime | None
    remarks: Sequence[str]
    stretches: Sequence[Stretch]
    drawing: Markup


def deadlines(body: Document, names: Names, now: datetime) -> list[Deadline]:
    """All clocks of a complaint, in the order in which they started and fall due."""
    runs = sorted(
        body.get("clocks", []), key=lambda run: (run["reading"]["started_at"], run["reading"]["due"])
    )
    return [_deadline(f"clock-{n}", run, names, now) for n, run in enumerate(runs)]


def _deadline(id_: str, run: Document, names: Names, now: datetime) -> Deadline:
    reading, language = run["reading"], names.texts.language
    title = Words.model_validate(reading["title"]).in_(language)
    started, due = _moment(reading["started_at"]), _moment(reading["due"])
    stopped = _moment(reading["stopped_at"]) if "stopped_at" in reading else None
    state = reading["state"]
    reached = stopped or (now if state in ("running", "breached") else due)
    late = reached - due if state in ("breached", "met_late") and reached > due else None
    paused = _moment(reading["paused_since"]) if "paused_since" in reading else None
    stretches = [_stretch(span, names) for span in run["spans"]]
    if paused is not None:
        stretches = list(_up_to(paused, max(reached, paused), stretches, names))
    return Deadline(
        id=id_,
        title=title,
        clause=reading["clause"],
        limit=_limit(reading["limit"], names),
        state=state,
        started=started,
        due=due,
        stopped=stopped,
        provisional=reading["provisional"],
        late=late,
        paused=paused,
        remarks=list(_remarks(reading, names)),
        stretches=stretches,
        drawing=_drawn(id_, title, (started, due, max(reached, started)), state, stretches, names, paused),
    )


def _drawn(
    id_: str,
    title: str,
    moments: tuple[datetime, datetime, datetime],
    state: str,
    stretches: Sequence[Stretch],
    names: Names,
    paused: datetime | None,
) -> Markup:
    """While it stands still there is no due time to draw; the line ends where we are."""
    started, due, reached = moments
    texts, zone = names.texts, names.unit.calendar.tz
    told = {"started": _short(started, names), "due": _short(due, names, ends=True)}
    over = state in ("met", "met_late")
    due_told = f"{texts('due')} {told['due']}"
    if paused is not None:
        due, due_told = max(due, reached), texts("due_open")
    whole = [Stretch(started, due, True, "", texts("counted"))]
    line = Line(
        id=id_,
        title=title,
        desc=texts("line_desc", title=title, state=texts(state), **told),
        start=started,
        due=due,
        reached=reached,
        due_told=due_told,
        reached_told=f"{texts('stopped' if over else 'now')} {_short(reached, names)}",
        start_told=f"{texts('started')} {told['started']}",
        late_told=f"{texts('legend_late')} {length(max(reached - due, timedelta()), texts)}",
        stretches=stretches or whole,
    )
    return clock_line(line, zone)


def _remarks(reading: Document, names: Names) -> Iterator[str]:
    texts = names.texts
    for name in ("soft", "given"):
        if reading.get(name):
            yield texts(f"limit_{name}")
    if reading.get("times", 1) > 1:
        yield texts("limit_times", done=reading["done"], times=reading["times"])
    for extension in reading.get("extensions", ()):
        yield texts("limit_extended", at=_short(_moment(extension["at"]), names), reason=extension["reason"])


def _up_to(paused: datetime, now: datetime, stretches: Sequence[Stretch], names: Names) -> Iterator[Stretch]:
    """What was before it stood still, and that it does: how much is left shows only when it goes on."""
    for stretch in stretches:
        if stretch.start < paused:
            yield replace(stretch, end=min(stretch.end, paused))
    why = names.texts("paused")
    told = f"{_short(paused, names)} – {_short(now, names, ends=True)}: {why}"
    yield Stretch(paused, now, False, why, told, paused=True)


def _stretch(span: Document, names: Names) -> Stretch:
    start, end = _moment(span["start"]), _moment(span["end"])
    why = Words.model_validate(span["why"]).in_(names.texts.language)
    paused = span.get("paused", False)
    counts = names.texts("counted" if span["counted"] else "stood_still" if paused else "skipped")
    told = f"{_short(start, names)} – {_short(end, names, ends=True)}: {counts}, {why}"
    return Stretch(start, end, span["counted"], why, told, paused)


def _short(moment: datetime, names: Names, ends: bool = False) -> str:
    return minute(moment, names.unit.calendar.tz, ends, "%m-%d")


def _limit(text: str, names: Names) -> str:
    """The limit in the reader's language, or the moment that was given; else as it was told."""
    with suppress(ValueError):
        return minute(_moment(text), names.unit.calendar.tz)
    with suppress(ValueError):
        return Limit.parse(text).text(names.texts.language)
    return text


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
