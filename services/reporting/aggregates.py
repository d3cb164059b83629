"""`GET /v1/totals` and `/v1/totals/daily`: the running totals as JSON."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.reporting.contributions import CLOCK, DIMENSIONS
from services.reporting.figures import Figures
from services.reporting.periods import MAX_DAYS
from services.reporting.totals import Totals
from shared.clock import Clock
from shared.contracts.complaints import Reason
from shared.deployment import Deployment, Unit, UnknownUnitError
from shared.web import ProblemError

DEFAULT_DAYS = 30
UnitName = Annotated[
    str | None, Query(max_length=100, description="a unit; may be left out when there is one")
]
First = Annotated[date | None, Query(alias="from", description="first day of receipt; default: 30 days ago")]
Last = Annotated[date | None, Query(alias="to", description="last day of receipt; default: today")]
By = Annotated[str, Query(max_length=200, description=f"any of {', '.join(DIMENSIONS)}, with commas")]


class Asked:
    """What was asked for, checked."""

    def __init__(self, unit: Unit, first: date | None, last: date | None, by: str, today: date) -> None:
        self.unit = unit
        self.last = last or today
        self.first = first or self.last - timedelta(days=min(DEFAULT_DAYS - 1, self.last.toordinal() - 1))
        self.dimensions = [name.strip() for name in by.split(",") if name.strip()]
        if not 0 <= (self.last - self.first).days < MAX_DAYS:
            reason = Reason(
                field="from", problem="is wrong", expected=f"up to {MAX_DAYS} days, not after `to`"
            )
            raise ProblemError(422, "The period cannot be answered", [reason])
        if unknown := [name for name in self.dimensions if name not in DIMENSIONS]:
            expected = f"any of {', '.join(DIMENSIONS)}"
            reason = Reason(field="by", problem=f"does not know {unknown[0]!r}", expected=expected)
            raise ProblemError(422, "There is no such dimension", [reason])

    @property
    def head(self) -> dict[str, Any]:
        return {"unit": self.unit.id, "from": self.first.isoformat(), "to": self.last.isoformat()}


def routes(totals: Totals, deployment: Deployment, clock: Clock) -> APIRouter:
    router = APIRouter(prefix="/v1/totals", tags=["totals"])

    def ask(unit: str | None, first: date | None, last: date | None, by: str) -> Asked:
        try:
            meant = deployment.meant(unit, None)
        except UnknownUnitError as error:
            reason = Reason(field="unit", problem="is not known", expected=str(error))
            raise ProblemError(422, "Which unit?", [reason]) from None
        return Asked(meant, first, last, by, clock.now().astimezone(meant.calendar.tz).date())

    async def figures(asked: Asked) -> Figures:
        branches = "branch" in asked.dimensions
        return Figures(await totals.read(asked.unit.id, asked.first, asked.last, branches))

    @router.get("")
    async def sums(unit: UnitName = None, first: First = None, last: Last = None, by: By = "grade") -> Any:
        """Sums over the period: received, open, closed, overdue, and by each dimension asked for."""
        asked = ask(unit, first, last, by)
        found = await figures(asked)
        return asked.head | {
            "received": found.received,
            "open": found.open,
            "closed": found.closed,
            "overdue": found.overdue,
            "missed_share": found.missed_share,
            "by": {name: _by(found, name) for name in asked.dimensions},
        }

    @router.get("/daily")
    async def daily(unit: UnitName = None, first: First = None, last: Last = None, by: By = "grade") -> Any:
        """The same by day of receipt; days on which nothing came in are left out."""
        asked = ask(unit, first, last, by)
        found = await figures(asked)
        tables = {name: found.daily(name) for name in ("received", *asked.dimensions)}
        days = [
            {
                "day": day,
                "received": values.get("", 0),
                "by": {name: tables[name].get(day, {}) for name in asked.dimensions},
            }
            for day, values in tables["received"].items()
        ]
        return asked.head | {"days": days}

    return router


def _by(figures: Figures, dimension: str) -> Any:
    return figures.clocks() if dimension == CLOCK else figures.by(dimension)
