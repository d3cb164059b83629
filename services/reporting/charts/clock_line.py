"""A deadline drawn as a line of time: what counted, what was skipped, where now is, when it is due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup

from services.reporting.charts.svg import group, percent, tag

HEIGHT = 78
TRACK, THICK = 24, 18
MAX_TICKS = 45


@dataclass(frozen=True)
class Stretch:
    """A span of time that counted or did not, and why; `told` says all of it. `paused`: it stood still."""

    start: datetime
    end: datetime
    counted: bool
    why: str
    told: str
    paused: bool = False

    @property
    def kind(self) -> str:
        return "paused" if self.paused else "counted" if self.counted else "skipped"


@dataclass(frozen=True)
class Line:
    """What is drawn. `reached` is now, or the moment it stopped; `reached_told` names it."""

    id: str
    title: str
    desc: str
    start: datetime
    due: datetime
    reached: datetime
    due_told: str
    reached_told: str
    start_told: str
    late_told: str
    stretches: Sequence[Stretch]


def clock_line(line: Line, zone: tzinfo) -> Markup:
    """The drawing. What is far beyond the due time is cut off at twice the limit, with an arrow."""
    scale = _Scale.of(line)
    marks = [
        tag("title", line.title, id=f"{line.id}-t"),
        tag("desc", line.desc, id=f"{line.id}-d"),
        *_ticks(scale, zone),
        tag("rect", x="0", width="100%", y=TRACK, height=THICK, class_="track"),
        *(_stretch(stretch, line, scale) for stretch in line.stretches),
        *_late(line, scale),
        *_mark(scale, line.due, line.due_told, TRACK - 8, "due"),
        *_mark(scale, line.reached, _pointing(line, scale), TRACK + THICK + 17, "reached"),
        tag("text", line.start_told, x="0", y=HEIGHT - 3, class_="label"),
    ]
    return tag(
        "svg",
        *marks,
        class_="clock-line",
        role="img",
        aria_labelledby=f"{line.id}-t {line.id}-d",
        width="100%",
        height=HEIGHT,
    )


@dataclass(frozen=True)
class _Scale:
    start: datetime
    end: datetime

    @classmethod
    def of(cls, line: Line) -> "_Scale":
        limit = max(line.due - line.start, timedelta(minutes=1))
        furthest = min(max(line.due, line.reached, line.start + limit), line.due + limit)
        return cls(line.start, furthest + (furthest - line.start) / 40)

    def x(self, moment: datetime) -> float:
        share = (moment - self.start) / (self.end - self.start)
        return 100 * min(max(share, 0.0), 1.0)


def _stretch(stretch: Stretch, line: Line, scale: _Scale) -> Markup:
    """Counted time that has passed is darker than counted time that is still ahead."""
    marks = [tag("title", stretch.told), _rect(scale, stretch.start, stretch.end, stretch.kind)]
    if stretch.counted and stretch.start < line.reached:
        marks.append(_rect(scale, stretch.start, min(stretch.end, line.reached), "passed"))
    return group(marks)


def _late(line: Line, scale: _Scale) -> Iterator[Markup]:
    if line.reached > line.due:
        yield group([tag("title", line.late_told), _rect(scale, line.due, line.reached, "late")])


def _rect(scale: _Scale, start: datetime, end: datetime, css: str) -> Markup:
    left, right = scale.x(start), scale.x(end)
    return tag("rect", x=percent(left), width=percent(right - left), y=TRACK, height=THICK, class_=css)


def _mark(scale: _Scale, moment: datetime, told: str, y: float, css: str) -> Iterator[Markup]:
    x = scale.x(moment)
    yield tag("line", x1=percent(x), x2=percent(x), y1=TRACK - 5, y2=TRACK + THICK + 5, class_=css)
    anchor = "end" if x > 62 else "start" if x < 38 else "middle"
    yield tag("text", told, x=percent(x), y=y, text_anchor=anchor, class_=f"label {css}")


def _pointing(line: Line, scale: _Scale) -> str:
    return f"{line.reached_told} →" if line.reached > scale.end else line.reached_told


def _ticks(scale: _Scale, zone: tzinfo) -> Iterator[Markup]:
    """A mark at each midnight, where they are few enough to be told apart."""
    day = scale.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if (scale.end - scale.start).days > MAX_TICKS:
        return
    while day < scale.end:
        x = percent(scale.x(day))
        yield tag("line", x1=x, x2=x, y1=TRACK + THICK, y2=TRACK + THICK + 4, class_="tick")
        day += timedelta(days=1)
