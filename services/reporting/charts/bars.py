"""Horizontal bars that stand in the cells of a table: the table is the chart, and says it in words too."""

from collections.abc import Sequence

from markupsafe import Markup

from services.reporting.charts.svg import percent, tag

HEIGHT = 14


def bar(share: float, css: str = "plain") -> Markup:
    """One bar; `share` from 0 to 1 of the cell's width."""
    rect = tag("rect", width=percent(100 * min(share, 1.0)), height=HEIGHT, rx=2, class_=css)
    return _drawing([rect])


def stack(parts: Sequence[tuple[int, str]]) -> Markup:
    """The parts of a whole, side by side over the full width: `(count, class)` each."""
    whole = sum(count for count, _ in parts) or 1
    marks, at = [], 0.0
    for count, css in parts:
        if count:
            width = 100 * count / whole
            marks.append(tag("rect", x=percent(at), width=percent(width), height=HEIGHT, class_=css))
            at += width
    return _drawing(marks)


def _drawing(marks: Sequence[Markup]) -> Markup:
    return tag(
        "svg", *marks, class_="bar", width="100%", height=HEIGHT, aria_hidden="true", focusable="false"
    )
