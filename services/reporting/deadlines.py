"""A complaint's clocks as its page shows them: drawn, and explained span by span."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    stretches = [_stretch(span, names) for span in run["spans"]]
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
    told = {"started": _short(started, names), "due": _short(due, names, ends=True)}
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
    told = f"{_short(start, names)} – {_short(end, names, ends=True)}: {counts}, {why}"
    return Stretch(start, end, span["counted"], why, told)


def _short(moment: datetime, names: Names, ends: bool = False) -> str:
    return minute(moment, names.unit.calendar.tz, ends, "%m-%d")


def _limit(text: str, names: Names) -> str:
    """The limit in the reader's language; as it was told where it is no limit we can read."""
    try:
        return Limit.parse(text).text(names.texts.language)
    except ValueError:
        return text


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
