"""Columns over time, stacked by series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

from services.reporting.charts.svg import group, percent, tag

HEIGHT, TOP, BOTTOM = 210, 16, 22
LABELS = 5


@dataclass(frozen=True)
class Series:
    """One colour of a stack. `css` is its class in the style sheet."""

    id: str
    name: str
    css: str


@dataclass(frozen=True)
class Column:
    """One stretch of time: its name, how many per series id, and its mark below the axis."""

    label: str
    values: Mapping[str, int]
    mark: str

    @property
    def total(self) -> int:
        return sum(self.values.values())


def columns(id_: str, title: str, desc: str, series: Sequence[Series], data: Sequence[Column]) -> Markup:
    """The chart. The first series stands at the bottom of each column."""
    top = nice(max((column.total for column in data), default=0))
    parts = [
        tag("title", title, id=f"{id_}-t"),
        tag("desc", desc, id=f"{id_}-d"),
        *_grid(top),
        *(_column(n, len(data), column, series, top) for n, column in enumerate(data)),
        *_labels(data),
    ]
    return tag(
        "svg",
        *parts,
        class_="columns",
        role="img",
        aria_labelledby=f"{id_}-t {id_}-d",
        width="100%",
        height=HEIGHT,
    )


def nice(most: int) -> int:
    """The top of the axis: the next of 4, 6, 8, 10, 12, 16, 20, 24, 30, 40, 60, … that holds `most`."""
    for power in count():
        for step in (4, 6, 8, 10, 12, 16, 20, 24, 30):
            if step * 10**power >= most:
                return int(step * 10**power)
    raise AssertionError("unreachable")


def _y(value: float, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top


def _grid(top: int) -> list[Markup]:
    marks: list[Markup] = []
    for value in (0, top // 2, top):
        y = _y(value, top)
        marks.append(tag("line", x1=0, x2="100%", y1=y, y2=y, class_="axis" if value == 0 else "grid"))
        if value:
            marks.append(tag("text", f"{value:,}", x=0, y=y - 4, class_="scale"))
    return marks


def _column(n: int, of: int, column: Column, series: Sequence[Series], top: int) -> Markup:
    slot = 100 / of
    x, width = percent(slot * (n + 0.12)), percent(slot * 0.76)
    told = ", ".join(f"{s.name} {column.values[s.id]}" for s in series if column.values.get(s.id))
    marks = [tag("title", f"{column.label}: {column.total}" + (f" ({told})" if told else ""))]
    marks.append(
        tag(
            "rect",
            x=percent(slot * n),
            width=percent(slot),
            y=TOP,
            height=HEIGHT - TOP - BOTTOM,
            class_="hover",
        )
    )
    below = 0
    for one in series:
        value = column.values.get(one.id, 0)
        if value:
            low, high = _y(below, top), _y(below + value, top)
            gap = 1 if low - high > 3 else 0
            marks.append(tag("rect", x=x, width=width, y=high + gap, height=low - high - gap, class_=one.css))
            below += value
    return group(marks, class_="column")


def _labels(data: Sequence[Column]) -> list[Markup]:
    """A few labels only, so that they do not run into one another where the page is narrow."""
    if not data:
        return []
    last = len(data) - 1
    shown = sorted({round(last * n / (LABELS - 1)) for n in range(LABELS)})
    return [
        tag(
            "text",
            data[n].mark,
            x=percent(100 * (n + 0.5) / len(data)) if 0 < n < last or not last else percent(100 * (n > 0)),
            y=HEIGHT - 6,
            class_="label",
            text_anchor="middle" if 0 < n < last or not last else ("start" if n == 0 else "end"),
        )
        for n in shown
    ]
