"""The HTTP side of every service: health, metrics, traces, and errors as RFC 9457 problem documents."""

from collections.abc import Sequence
from time import perf_counter

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from opentelemetry.trace import SpanKind
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pymongo.errors import ConnectionFailure
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.complaints import Reason
from shared.openapi import ERRORS, PROBLEM
from shared.service import Parts
from shared.telemetry.telemetry import Telemetry
from shared.telemetry.traces import span

log = structlog.get_logger()
_UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})


class ProblemError(Exception):
    """An answer that is an error: an HTTP status, a title, and reasons that name fields."""

    def __init__(
        self, status: int, title: str, reasons: Sequence[Reason] = (), retry_after: int | None = None
    ) -> None:
        self.status, self.title, self.reasons, self.retry_after = status, title, tuple(reasons), retry_after
        super().__init__(title)


def problem(
    status: int, title: str, reasons: Sequence[Reason] = (), retry_after: int | None = None
) -> Response:
    """A problem document; `errors` lists field, problem and what was expected."""
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status}
    if reasons:
        body["errors"] = [reason.model_dump() for reason in reasons]
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return JSONResponse(body, status, headers, media_type=PROBLEM)


def web_app(parts: Parts, title: str) -> FastAPI:
    """An application with what all five have in common; routes are added by the service."""
    app = FastAPI(
        title=f"Redress {title}",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
        responses=ERRORS,
    )
    _answers(app)
    _health(app, parts)
    app.add_middleware(_Watched, telemetry=parts.telemetry)
    return app


def _health(app: FastAPI, parts: Parts) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> PlainTextResponse:
        wrong = [w for w in (await parts.bus.ready(), await parts.database.ready()) if w]
        return PlainTextResponse("\n".join(wrong or ["ready"]) + "\n", 503 if wrong else 200)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(parts.telemetry.registry), media_type=CONTENT_TYPE_LATEST)


def _answers(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    async def refused(_request: Request, error: ProblemError) -> Response:
        return problem(error.status, error.title, error.reasons, error.retry_after)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        return problem(422, "The request does not have the expected shape", reasons_of(error.errors()))

    @app.exception_handler(HTTPException)
    async def failed(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(ConnectionFailure)
    async def store_away(_request: Request, error: ConnectionFailure) -> Response:
        return problem(503, "The store cannot be reached just now; try again", retry_after=5)

    @app.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        return problem(500, "Something went wrong here; it has been logged")


def reasons_of(errors: Sequence[object]) -> list[Reason]:
    """pydantic's findings as reasons: the field, what is wrong with it, what was expected."""
    found = []
    for error in errors:
        where = [str(p) for p in error["loc"] if p not in ("body", "query", "path", "header")]  # type: ignore[index]
        kind, said = error["type"], error["msg"].removeprefix("Value error, ")  # type: ignore[index]
        wrong = {"missing": "is missing", "extra_forbidden": "is not a field of a submission"}.get(
            kind, "is wrong"
        )
        found.append(Reason(field=".".join(where) or "body", problem=wrong, expected=said))
    return found


class _Watched:
    """Counts, times and traces every call but those of machines that look after us. Plain ASGI: it is on
    the way of each request."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _UNWATCHED:
            await self._app(scope, receive, send)
            return
        status = 500

        async def watching(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method, parent = scope["method"], Headers(scope=scope).get("traceparent")
        started = perf_counter()
        with span(self._telemetry.tracer, method, SpanKind.SERVER, parent) as current:
            try:
                await self._app(scope, receive, watching)
            finally:
                route = getattr(scope.get("route"), "path", "unknown")
                current.update_name(f"{method} {route}")
                current.set_attribute("http.response.status_code", status)
                self._telemetry.requests.labels(method, route, str(status)).inc()
                self._telemetry.request_seconds.labels(route).observe(perf_counter() - started)
