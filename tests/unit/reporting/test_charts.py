"""Charts are well-formed SVG, say what they show, and let nothing in unescaped."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest

from services.reporting.charts.bars import bar, stack
from services.reporting.charts.clock_line import Line, Stretch, clock_line
from services.reporting.charts.columns import HEIGHT, Column, Series, columns, nice

NASTY = "<script>alert(\"x\")</script> & 'co'"
SERIES = [Series("major", NASTY, "g5"), Series("general", "General", "g0")]
DATA = [Column(f"2026-02-{n:02}", {"general": n, "major": n % 3}, f"02-{n:02}") for n in range(1, 29)]
START = datetime(2026, 2, 11, 1, 30, tzinfo=UTC)


def test_columns_are_well_formed_and_named() -> None:
    svg = columns("r", NASTY, "what it shows", SERIES, DATA)
    root = ET.fromstring(svg)
    assert root.find("title").text == NASTY  # type: ignore[union-attr]
    assert root.get("aria-labelledby") == "r-t r-d"
    assert root.get("role") == "img"
    assert "<script" not in svg
    assert "style=" not in svg


def test_the_height_of_a_column_is_its_count() -> None:
    root = ET.fromstring(columns("r", "t", "d", SERIES, [Column("a", {"major": 4, "general": 4}, "a")]))
    bars = [r for r in root.iter("rect") if r.get("class") != "hover"]
    assert [r.get("class") for r in bars] == ["g5", "g0"]
    low, high = (float(r.get("y") or 0) for r in bars)
    assert low - high == pytest.approx((HEIGHT - 16 - 22) / 2, abs=0.01)


def test_no_columns_at_all_is_a_chart_too() -> None:
    ET.fromstring(columns("r", "t", "d", [], []))


@pytest.mark.parametrize(("most", "top"), [(0, 4), (4, 4), (5, 6), (11, 12), (23, 24), (31, 40), (999, 1000)])
def test_the_axis_ends_on_a_round_number(most: int, top: int) -> None:
    assert nice(most) == top


def test_bars_stay_inside_their_cell() -> None:
    assert ET.fromstring(bar(3.0))[0].get("width") == "100%"
    parts = ET.fromstring(stack([(1, "a"), (0, "b"), (3, "c")]))
    assert [(p.get("x"), p.get("width"), p.get("class")) for p in parts] == [
        ("0%", "25%", "a"),
        ("25%", "75%", "c"),
    ]
    assert len(ET.fromstring(stack([(0, "a")]))) == 0


def line(reached: datetime, due: datetime = START + timedelta(days=4)) -> Line:
    stretches = [
        Stretch(START, START + timedelta(days=1), True, "worked", NASTY),
        Stretch(START + timedelta(days=1), due, False, "weekend", "skipped"),
    ]
    told = {"due_told": "Due", "reached_told": "Now", "start_told": "Started", "late_told": "Late"}
    return Line("k", NASTY, "d", START, due, reached, stretches=stretches, **told)


def drawn(reached: datetime) -> tuple[ET.Element, list[str]]:
    root = ET.fromstring(clock_line(line(reached), UTC))
    return root, [str(r.get("class")) for r in root.iter("rect")]


def test_a_deadline_in_time_shows_what_has_passed_and_nothing_late() -> None:
    root, classes = drawn(START + timedelta(hours=12))
    assert classes == ["track", "counted", "passed", "skipped"]
    assert "<script" not in ET.tostring(root, encoding="unicode")


def test_a_missed_deadline_shows_the_time_that_is_late() -> None:
    assert "late" in drawn(START + timedelta(days=5))[1]


def test_what_is_years_late_is_cut_off_with_an_arrow() -> None:
    root, _ = drawn(START + timedelta(days=4000))
    assert [t.text for t in root.iter("text") if t.get("class") == "label reached"] == ["Now →"]


def test_a_deadline_without_any_time_does_not_divide_by_it() -> None:
    ET.fromstring(clock_line(line(START, due=START), UTC))
