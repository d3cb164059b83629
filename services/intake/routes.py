"""The HTTP side of intake, below `/v1`."""

from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from services.intake import amending, milestones, reading, search, views
from services.intake.arrivals import Arrival, Key, KeyReused, Refused
from services.intake.capacity import Capacity
from services.intake.customers import Customers, MeasuresRequest
from services.intake.desk import Desk
from services.intake.documents import KEY, Amended, Customer, Listing, Receipt, Recorded
from services.intake.milestones import MilestoneRequest, key_reused
from services.intake.outgoing import Outgoing
from services.intake.receiving import Receiving
from services.intake.same_event import SameEvent, SameEvents
from services.intake.submissions import MAX_BYTES, MAX_ID
from shared.contracts.complaints import Reason
from shared.contracts.submission import Submission
from shared.deployment import Unit, UnknownUnitError
from shared.openapi import body
from shared.policy.bound import BoundPack
from shared.service import Parts
from shared.store.book import Book
from shared.store.page import Page
from shared.web import ProblemError, reasons_of

M = TypeVar("M", bound=BaseModel)
SHAPE = "The body does not have the expected shape"


def router(
    parts: Parts, book: Book, receiving: Receiving, desk: Desk, capacity: Capacity, outgoing: Outgoing
) -> APIRouter:
    """Submit, look, search, record, amend."""
    routes = APIRouter(prefix="/v1")
    _submitting(routes, receiving, capacity, outgoing)
    _looking(routes, parts, book)
    _changing(routes, parts, desk, capacity)
    return routes


def _submitting(routes: APIRouter, receiving: Receiving, capacity: Capacity, outgoing: Outgoing) -> None:
    @routes.post(
        "/complaints",
        status_code=201,
        responses={200: {"model": Receipt, "description": "It is in already"}, 201: {"model": Receipt}},
        openapi_extra=body("Submission") | KEY,
    )
    async def submit(request: Request) -> Response:
        await capacity.check()
        submission = _read(Submission, await _content(request))
        key = _key(request, submission)
        (outcome,) = await receiving.take([Arrival(submission, key)])
        if isinstance(outcome, Refused):
            raise ProblemError(422, "The submission cannot be taken", outcome.reasons)
        if isinstance(outcome, KeyReused):
            raise key_reused()
        await outgoing.answered(outcome.sending)
        links = views.links(outcome.id)
        answer = {"id": outcome.id, "number": outcome.number, "links": links}
        return _json(answer, 200 if outcome.repeated else 201, {"Location": links["self"]})


def _looking(routes: APIRouter, parts: Parts, book: Book) -> None:
    @routes.get("/complaints", responses={200: {"model": Listing}})
    async def find(query: Annotated[search.Query, Query()]) -> Response:
        found = await search.search(book, query, parts.deployment)
        return _json({"items": found.items, "cursor": found.cursor})

    @routes.get("/complaints/{complaint_id}")
    async def look(complaint_id: str) -> Response:
        page = (await book.open([complaint_id]))[complaint_id]
        if "complaint" not in page.body:
            raise ProblemError(404, "There is no such complaint")
        return _json(views.whole(page.id, page.body, _rules(parts, page)))


def _changing(routes: APIRouter, parts: Parts, desk: Desk, capacity: Capacity) -> None:
    @routes.post(
        "/complaints/{complaint_id}/milestones",
        status_code=201,
        responses={200: {"model": Recorded, "description": "It is in already"}, 201: {"model": Recorded}},
        openapi_extra=body("MilestoneRequest") | KEY,
    )
    async def record(complaint_id: str, request: Request) -> Response:
        await capacity.check()
        wanted = _read(MilestoneRequest, await _content(request))
        key = _key(request, wanted)

        def change(page: Page) -> dict[str, Any]:
            return milestones.record(page, wanted, _unit(parts, page), key, parts.clock.now())

        milestone = await desk.change(complaint_id, change)
        repeated = milestone.pop("repeated")
        answer = {"milestone": milestone, "links": views.links(complaint_id)}
        return _json(answer, 200 if repeated else 201)

    @routes.patch(
        "/complaints/{complaint_id}",
        responses={200: {"model": Amended}},
        openapi_extra=body("Patch"),
    )
    async def amend(complaint_id: str, request: Request) -> Response:
        await capacity.check()
        patch = _object(await _content(request))

        def change(page: Page) -> dict[str, Any]:
            return amending.amend(page, patch, _unit(parts, page), parts.clock.now())

        answer = await desk.change(complaint_id, change)
        return _json(answer | {"links": views.links(complaint_id)})

    same = SameEvents(desk, partial(_unit, parts), parts.clock)

    @routes.post(
        "/complaints/{complaint_id}/event",
        responses={200: {"model": Amended}},
        openapi_extra=body("SameEvent"),
    )
    async def same_event(complaint_id: str, request: Request) -> Response:
        await capacity.check()
        answer = await same.confirm(complaint_id, _read(SameEvent, await _content(request)))
        return _json(answer | {"links": views.links(complaint_id)})


def customer_routes(customers: Customers) -> APIRouter:
    """Tell what is known of a customer, and see the tiers that it gives."""
    routes = APIRouter(prefix="/v1/customers")

    @routes.put("/{customer}", responses={200: {"model": Customer}}, openapi_extra=body("MeasuresRequest"))
    async def tell(customer: Annotated[str, Path(max_length=200)], request: Request) -> Response:
        return _json(await customers.tell(customer, _read(MeasuresRequest, await _content(request))))

    @routes.get("/{customer}", responses={200: {"model": Customer}})
    async def look(customer: Annotated[str, Path(max_length=200)], unit: str | None = None) -> Response:
        return _json(await customers.look(customer, unit))

    return routes


def _unit(parts: Parts, page: Page) -> Unit:
    """The unit as it works for this complaint."""
    complaint = page.body["complaint"]
    try:
        return parts.deployment.governing(complaint["unit"], complaint["pack"], complaint["pack_version"])
    except UnknownUnitError:
        raise ProblemError(409, "The complaint's unit or its rules are no longer served here") from None


def _rules(parts: Parts, page: Page) -> BoundPack | None:
    try:
        return _unit(parts, page).pack
    except ProblemError:
        return None


async def _content(request: Request) -> bytes:
    """The body; 413 as soon as it is too large, whatever its headers say."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BYTES:
            raise ProblemError(413, f"The body is larger than {MAX_BYTES} bytes")
    return bytes(content)


def _read(model: type[M], content: bytes) -> M:
    try:
        read = model.model_validate_json(_plain(content))
    except ValidationError as error:
        found = error.errors(include_url=False)
        if found[0]["type"] == "json_invalid":
            raise ProblemError(400, f"The body is not JSON: {found[0]['msg']}") from None
        raise ProblemError(422, SHAPE, reasons_of(found)) from None
    _each_name_once(content)
    return read


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        value = reading.parsed(_plain(content))
    except reading.NotJsonError as error:
        raise ProblemError(400, f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        reason = Reason(field="body", problem="is no object", expected="an object of the fields to change")
        raise ProblemError(422, SHAPE, [reason])
    _each_name_once(content)
    return value


def _plain(content: bytes) -> bytes:
    try:
        return reading.plain(content)
    except reading.NotJsonError as error:
        raise ProblemError(400, f"The body cannot be read: {error}") from None


def _each_name_once(content: bytes) -> None:
    if wrong := reading.repeats(reading.plain(content)):
        raise ProblemError(422, SHAPE, wrong)


def _key(request: Request, said: BaseModel) -> Key | None:
    """The Idempotency-Key, with what was said under it: a repeat may be spelled differently."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not 0 < len(given) <= MAX_ID:
        wanted = f"1 to {MAX_ID} characters"
        reason = Reason(field="Idempotency-Key", problem="is wrong", expected=wanted)
        raise ProblemError(422, "The Idempotency-Key cannot be used", [reason])
    return Key("http", given, sha256(said.model_dump_json().encode()).hexdigest())


def _json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(to_json(content), status, dict(headers or {}), media_type="application/json")
