"""A complaint's clocks as its page shows them: drawn, and explained span by span."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from services.reporting.charts.clock_line import Line, Stretch, clock_line
from services.reporting.names import Names
from services.reporting.pages import length
from services.reporting.story import Document
from shared.contracts.words import Words


@dataclass(frozen=True)
class Deadline:
    """One run of a clock. `late` is by how much it was or is missed."""

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
    stretches: Sequence[Stretch]
    drawing: Markup


def deadlines(body: Document, names: Names, now: datetime) -> list[Deadline]:
    """All clocks of a complaint, in the order in which they started."""
    return [_deadline(f"clock-{n}", run, names, now) for n, run in enumerate(body.get("clocks", []))]


def _deadline(id_: str, run: Document, names: Names, now: datetime) -> Deadline:
    reading, language = run["reading"], names.texts.language
    title = Words.model_validate(reading["title"]).in_(language)
    started, due = _moment(reading["started_at"]), _moment(reading["due"])
    stopped = _moment(reading["stopped_at"]) if "stopped_at" in reading else None
    state = reading["state"]
    reached = stopped or (now if state in ("running", "breached") else due)
    late = reached - due if state in ("breached", "met_late") and reached > due else None
    stretches = [_stretch(span, names) for span in run["spans"]]
    return Deadline(
        id=id_,
        title=title,
        clause=reading["clause"],
        limit=reading["limit"],
        state=state,
        started=started,
        due=due,
        stopped=stopped,
        provisional=reading["provisional"],
        late=late,
        stretches=stretches,
        drawing=_drawn(id_, title, (started, due, max(reached, started)), state, stretches, names),
    )


def _drawn(
    id_: str,
    title: str,
    moments: tuple[datetime, datetime, datetime],
    state: str,
    stretches: Sequence[Stretch],
    names: Names,
) -> Markup:
    started, due, reached = moments
    texts, zone = names.texts, names.unit.calendar.tz
    told = {"started": _short(started, names), "due": _short(due, names)}
    over = state in ("met", "met_late")
    whole = [Stretch(started, due, True, "", texts("counted"))]
    line = Line(
        id=id_,
        title=title,
        desc=texts("line_desc", title=title, state=texts(state), **told),
        start=started,
        due=due,
        reached=reached,
        due_told=f"{texts('due')} {told['due']}",
        reached_told=f"{texts('stopped' if over else 'now')} {_short(reached, names)}",
        start_told=f"{texts('started')} {told['started']}",
        late_told=f"{texts('legend_late')} {length(max(reached - due, timedelta()), texts)}",
        stretches=stretches or whole,
    )
    return clock_line(line, zone)


def _stretch(span: Document, names: Names) -> Stretch:
    start, end = _moment(span["start"]), _moment(span["end"])
    why = Words.model_validate(span["why"]).in_(names.texts.language)
    counts = names.texts("counted" if span["counted"] else "skipped")
    told = f"{_short(start, names)} – {_short(end, names)}: {counts}, {why}"
    return Stretch(start, end, span["counted"], why, told)


def _short(moment: datetime, names: Names) -> str:
    return moment.astimezone(names.unit.calendar.tz).strftime("%m-%d %H:%M")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
