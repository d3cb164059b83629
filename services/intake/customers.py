"""What the company's own systems tell of customers, and the tiers that grading gives them.

A customer is named by the company's own id, as in `complainant.id`. What is told is whole: a measure that
is left out is not known any more. Telling the same again changes nothing and says nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.intake.checking import EARLIEST, TOLERANCE
from services.intake.fields import FieldError, field_value
from services.intake.outgoing import Outgoing
from shared.contracts.complaints import Reason
from shared.contracts.customers import CustomerMeasured, CustomerTiered
from shared.contracts.envelope import Envelope
from shared.contracts.submission import Slug
from shared.contracts.words import Moment
from shared.deployment import Unit, UnknownUnitError
from shared.policy.sections.tiers import Measure, Tiers
from shared.service import Parts
from shared.store.book import Book
from shared.store.page import Document, Page
from shared.web import ProblemError

MAX_ROUNDS = 20
TITLE = "The measures cannot be taken"


class MeasuresRequest(BaseModel):
    """The measures of a customer as they stand from `measured_at` (default: now) on."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    unit: Slug | None = None
    measures: dict[str, Any]
    by: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    measured_at: Moment | None = Field(default=None, description="since when this is so; default: now")


class Customers:
    """The customers that somebody told of, or that have a tier."""

    def __init__(self, parts: Parts, book: Book, outgoing: Outgoing) -> None:
        self._deployment, self._clock = parts.deployment, parts.clock
        self._book, self._outgoing = book, outgoing

    async def look(self, customer: str, unit: str | None) -> Document:
        """Measures and tiers; 404 for a customer that nobody told of."""
        meant, _ = self._tiering(unit)
        id_ = page_id(meant.id, customer)
        page = (await self._book.open([id_]))[id_]
        if not page.body:
            raise ProblemError(404, "Nothing is known of this customer")
        return shown(page)

    async def tell(self, customer: str, told: MeasuresRequest) -> Document:
        """Keep the measures and say so. ProblemError 422 names each measure that does not fit."""
        unit, tiers = self._tiering(told.unit)
        now = self._clock.now()
        measured_at = told.measured_at or now
        measures, wrong = _read(tiers, told.measures)
        wrong += _time(measured_at, now)
        if wrong:
            raise ProblemError(422, TITLE, wrong)
        said = CustomerMeasured(
            unit=unit.id, customer=customer, measures=measures, by=told.by, measured_at=measured_at
        )
        id_ = page_id(unit.id, customer)
        for _ in range(MAX_ROUNDS):
            page = (await self._book.open([id_]))[id_]
            _measure(page, said, now)
            if not page.changed:
                return shown(page)
            if not await self._book.save([page]):
                await self._outgoing.answered(self._outgoing.start([page]))
                return shown(page)
        raise ProblemError(503, "The customer is being changed elsewhere; try again", retry_after=1)

    def _tiering(self, name: str | None) -> tuple[Unit, Tiers]:
        try:
            unit = self._deployment.meant(name, None)
        except UnknownUnitError as error:
            problem = "is missing" if name is None else "is unknown"
            raise ProblemError(
                422, TITLE, [Reason(field="unit", problem=problem, expected=str(error))]
            ) from None
        tiers = unit.pack.pack.tiers
        if tiers is None:
            wanted = "a unit whose procedure sorts customers into tiers"
            raise ProblemError(422, TITLE, [Reason(field="unit", problem="has no tiers", expected=wanted)])
        return unit, tiers


def tiered(page: Page, envelope: Envelope) -> None:
    """Keeps what grading says of a customer; the highest sequence is the current one."""
    said = CustomerTiered.of(envelope)
    if envelope.number > page.body.get("standing", {}).get("sequence", 0):
        kept = said.model_dump(include={"tiers", "scores", "rules", "effective_at", "pack_version"})
        page.body |= {"unit": said.unit, "customer": said.customer}
        page.body["standing"] = kept | {"sequence": envelope.number}


def page_id(unit: str, customer: str) -> str:
    """Customers' pages go by a hash, so that ids of customers stand in no log and in no trace."""
    return sha256(f"{unit}\n{customer}".encode()).hexdigest()[:32]


def shown(page: Page) -> Document:
    """A customer as its readers see it; `tiers` is empty until grading has answered."""
    body = page.body
    standing = {name: value for name, value in body.get("standing", {}).items() if name != "sequence"}
    return {
        "id": body["customer"],
        "unit": body["unit"],
        "measures": body.get("measures", {}),
        "measured_at": body.get("measured_at"),
        "tiers": {},
        **standing,
        "links": {"self": f"/v1/customers/{body['customer']}?unit={body['unit']}"},
    }


def _measure(page: Page, said: CustomerMeasured, now: datetime) -> None:
    """What is older than the newest is said, for earlier complaints, but is not shown."""
    since = page.body.get("measured_at")
    newest = since is None or said.measured_at >= since
    if newest and said.measures == page.body.get("measures"):
        return
    page.body |= {"unit": said.unit, "customer": said.customer}
    if newest:
        page.body |= {"measures": said.measures, "measured_at": said.measured_at}
    page.say(said, source="intake", time=said.measured_at, now=now)


def _read(tiers: Tiers, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Reason]]:
    """The measures as they are kept, money in minor units, and what is wrong with them."""
    told = {name: spec for name, spec in tiers.measures.items() if spec.counts is None}
    kept: dict[str, Any] = {}
    wrong = list(_unknown(given, told))
    for name, spec in told.items():
        if given.get(name) is not None:
            try:
                kept[name] = _value(spec, given[name])
            except FieldError as error:
                wrong.append(Reason(field=f"measures.{name}", problem="is wrong", expected=str(error)))
    return kept, wrong


def _unknown(given: Mapping[str, Any], told: Mapping[str, Measure]) -> Iterator[Reason]:
    for name in given:
        if name not in told:
            wanted = f"one of: {', '.join(told)}"
            problem = "is not told from outside by this procedure"
            yield Reason(field=f"measures.{name}"[:200], problem=problem, expected=wanted)


def _value(spec: Measure, given: object) -> Any:
    value = field_value(spec, given)
    if spec.type != "money":
        return value
    if value["currency"] != "CNY":
        raise FieldError("an amount in yuan")
    return value["minor"]


def _time(measured_at: datetime, now: datetime) -> list[Reason]:
    if measured_at > now + TOLERANCE:
        wanted = f"not after {now.isoformat(timespec='seconds')}"
        return [Reason(field="measured_at", problem="is in the future", expected=wanted)]
    if measured_at < EARLIEST:
        return [Reason(field="measured_at", problem="is too long ago", expected="the year 2000 or later")]
    return []
