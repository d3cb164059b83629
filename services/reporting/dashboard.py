"""`/` and `/search`: the figures of one unit and period, and the way to its complaints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.reporting.card import NONE
from services.reporting.charts.columns import Column, Series, columns
from services.reporting.contributions import NO_UNIT, OUTCOMES
from services.reporting.figures import Figures
from services.reporting.names import Names, capital
from services.reporting.pages import Pages
from services.reporting.palette import grade_classes
from services.reporting.periods import PRESETS, Period, chosen, last_days
from services.reporting.shelf import FOUND, Entry, Shelf
from services.reporting.totals import Totals
from services.reporting.words import Texts
from shared.clock import Clock
from shared.deployment import Deployment, Unit

ROWS = 12
"""Values of a dimension that are shown one by one; the rest is summed up in a last row."""
MAX_QUERY = 100


@dataclass(frozen=True)
class Row:
    """A row of a table with bars. `share` is of the largest, `part` of the whole."""

    name: str
    count: int
    share: float
    part: float
    css: str


class Dashboard:
    """Reads totals and lists, and lays them out."""

    def __init__(
        self, totals: Totals, shelf: Shelf, deployment: Deployment, clock: Clock, pages: Pages
    ) -> None:
        self._totals = totals
        self._shelf = shelf
        self._deployment = deployment
        self._clock = clock
        self._pages = pages

    async def show(self, request: Request) -> Response:
        texts = self._pages.reader(request).texts
        unit = await self._unit(request.query_params.get("unit"))
        names, now = Names(unit, texts), self._clock.now()
        period, wrong = await self._period(request, unit, now.astimezone(unit.calendar.tz).date())
        figures = Figures(await self._totals.read(unit.id, period.first, period.last, branches=True))
        refused = Figures(await self._totals.read(NO_UNIT, period.first, period.last))
        newest = await self._shelf.newest(unit.id)
        values = {
            "unit": unit,
            "units": [(u.id, Names(u, texts).unit_title()) for u in self._deployment],
            "period": period,
            "presets": [*PRESETS, "all"],
            "wrong": wrong,
            "names": names,
            "zone": unit.calendar.tz,
            "zone_name": unit.calendar.zone,
            "now": now,
            "fresh": await self._shelf.heard_at(),
            "figures": figures,
            "refused": refused.by("rejected").get("", 0),
            "newest": newest,
            "overdue": await self._shelf.overdue(unit.id),
            "outcomes": OUTCOMES,
            "grade_css": grade_classes(unit.pack.grades()),
        }
        return self._pages.show(request, "dashboard.html", values | drawn(figures, period, names))

    async def _unit(self, asked: str | None) -> Unit:
        """The unit asked for, else the one with the newest complaint, else the first."""
        for name in (asked, await self._shelf.busiest_unit()):
            if name is not None and name in self._deployment.units:
                return self._deployment.units[name]
        return next(iter(self._deployment))

    async def _period(self, request: Request, unit: Unit, today: date) -> tuple[Period, bool]:
        """The period, and whether what was typed could not be used. Without a choice: the last 30 days,
        or everything when nothing came in during them. Dates that were changed since the page was
        `shown` go before a preset that was left standing."""
        asked = request.query_params
        preset = asked.get("period", "")
        dates = asked.get("from", ""), asked.get("to", "")
        retyped = "shown" in asked and asked["shown"] != "/".join(dates)
        if preset in PRESETS and not retyped:
            return last_days(preset, today), False
        if any(dates) and (preset != "all" or retyped):
            typed = chosen(*dates, today)
            return typed or last_days("30d", today), typed is None
        bounds = await self._totals.bounds(unit.id)
        recent = last_days("30d", today)
        if bounds is None or (preset != "all" and bounds[1] >= recent.first):
            return recent, False
        return Period(bounds[0], max(bounds[1], bounds[0]), "all"), False

    async def search(self, request: Request) -> Response:
        """One hit leads straight to the complaint."""
        q = request.query_params.get("q", "").strip()[:MAX_QUERY]
        found = await self._shelf.find(q) if q else []
        found = [entry for entry in found if entry.unit in self._deployment.units]
        if len(found) == 1:
            return RedirectResponse(f"/complaints/{found[0].id}", 303)
        texts = self._pages.reader(request).texts
        values = {"q": q, "found": self._named(found, texts), "capped": len(found) == FOUND, "cap": FOUND}
        return self._pages.show(request, "search.html", values)

    def _named(self, found: Sequence[Entry], texts: Texts) -> list[tuple[Entry, Names]]:
        return [(entry, Names(self._deployment.unit(entry.unit), texts)) for entry in found]


def drawn(figures: Figures, period: Period, names: Names) -> dict[str, Any]:
    """The chart of receipts with its table, and the rows of the other charts."""
    css = grade_classes(names.unit.pack.grades())
    gravest = list(css)[::-1]
    by_grade = figures.by("grade")
    series = [
        Series(id_, capital(names.grade(id_)), css.get(id_, "gx")) for id_ in gravest if by_grade.get(id_)
    ]
    series += [Series(id_, capital(names.grade(id_)), "gx") for id_ in by_grade if id_ not in css]
    stretches = figures.stretches("grade", period)
    data = [Column(str(bucket), values, _mark(bucket, period)) for bucket, values in stretches.items()]
    return {
        "series": series,
        "legend": [(one.name, one.css) for one in reversed(series)],
        "columns": data,
        "chart": _receipts(series, data, period, names.texts),
        "tables": _tables(figures, names, series, gravest),
        "clocks": [(capital(names.clock(id_)), outcomes) for id_, outcomes in figures.clocks().items()],
    }


def _tables(
    figures: Figures, names: Names, series: Sequence[Series], gravest: Sequence[str]
) -> list[tuple[str, list[Row]]]:
    """The rows by dimension; one that nobody filled in is left out."""
    by_grade = figures.by("grade")
    grades = {capital(names.grade(id_)): by_grade[id_] for id_ in [*gravest, *by_grade] if id_ in by_grade}
    tables = [("grade", rows(grades, names.texts, {one.name: one.css for one in series}))]
    for dimension, name in (
        ("category", lambda path: capital(names.category(path))),
        ("channel", lambda id_: capital(names.channel(id_))),
        ("branch", names.branch),
    ):
        found = figures.by(dimension)
        if set(found) - {NONE}:
            tables.append((dimension, rows({name(id_): n for id_, n in found.items()}, names.texts)))
    return tables


def _mark(bucket: date, period: Period) -> str:
    return bucket.strftime({"day": "%m-%d", "week": "%F", "month": "%Y-%m"}[period.step])


def _receipts(series: Sequence[Series], data: Sequence[Column], period: Period, texts: Texts) -> Any:
    most = max(data, key=lambda column: column.total)
    n = sum(column.total for column in data)
    desc = texts("chart_received_desc", n=n, day=most.label, most=most.total)
    return columns("received", texts(f"chart_received_{period.step}"), desc, series, data)


def rows(counts: Mapping[str, int], texts: Texts, css: Mapping[str, str] | None = None) -> list[Row]:
    """The largest one by one, the others summed up."""
    names = list(counts)
    shown = {name: counts[name] for name in names[:ROWS]}
    if rest := names[ROWS:]:
        shown[texts("rest", n=len(rest))] = sum(counts[name] for name in rest)
    most, whole = max(shown.values(), default=1), sum(shown.values()) or 1
    css = css or {}
    return [Row(name, n, n / most, n / whole, css.get(name, "plain")) for name, n in shown.items()]


def routes(dashboard: Dashboard) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def overview(request: Request) -> Response:
        return await dashboard.show(request)

    @router.get("/search")
    async def search(request: Request) -> Response:
        return await dashboard.search(request)

    return router
