"""How a page is made: its language, its template, the headers that keep everything at home."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pymongo.errors import ConnectionFailure
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from services.reporting.charts.bars import bar, stack
from services.reporting.words import Language, Texts, language_of

HERE = Path(__file__).parent
COOKIE = "lang"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@dataclass(frozen=True)
class Reader:
    """Who reads: in which language, and whether it was asked for just now."""

    texts: Texts
    asked: bool


def minute(moment: datetime, zone: tzinfo, ends: bool = False, form: str = "%F") -> str:
    """A time to the minute. Of what `ends` at midnight the day is told that it ends: `02-26 24:00`."""
    at = moment.astimezone(zone)
    if ends and at.time() == time(0):
        return (at - timedelta(days=1)).strftime(f"{form} 24:00")
    return at.strftime(f"{form} %H:%M")


def when(moment: datetime | str, zone: tzinfo, ends: bool = False) -> Markup:
    """The same as an element that machines can read too."""
    at = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(zone)
    return Markup('<time datetime="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), minute(at, zone, ends)
    )


def length(span: timedelta, texts: Texts) -> str:
    """A length of time in its two largest units: `2 d 3 h`."""
    seconds = int(span.total_seconds())
    sizes = (("days", 86400), ("hours", 3600), ("minutes", 60))
    parts = []
    for name, size in sizes:
        if seconds >= size:
            parts.append(texts(name, n=seconds // size))
            seconds %= size
    return " ".join(parts[:2]) or texts("seconds", n=seconds)


class Pages:
    """Renders templates, in `language` where the reader has no wish. A value that a template asks for and
    does not get is an error."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"bar": bar, "stack": stack, "when": when, "length": length}
        self._environment.filters["number"] = lambda n: f"{n:,}"

    def reader(self, request: Request) -> Reader:
        asked, cookie = request.query_params.get("lang"), request.cookies.get(COOKIE)
        language = language_of(asked, cookie, request.headers.get("accept-language"), self._language)
        return Reader(Texts(language), asked == language)

    def show(self, request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        reader = self.reader(request)
        other = request.url.include_query_params(lang=reader.texts.other)
        html = self._environment.get_template(template).render(
            t=reader.texts, switch=f"{other.path}?{other.query}", q=values.get("q", ""), **_without_q(values)
        )
        answer = HTMLResponse(html, status, dict(HEADERS))
        if reader.asked:
            answer.set_cookie(
                COOKIE, reader.texts.language, max_age=31_536_000, httponly=True, samesite="lax"
            )
        return answer

    def told(self, request: Request, status: int, what: str) -> Response:
        """A page that says in a few words what is the matter: `missing`, `away` or `failed`."""
        return self.show(request, "told.html", {"what": what}, status)


def _without_q(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "q"}


def install(app: FastAPI, pages: Pages) -> None:
    """The static files, and pages instead of problem documents where a person is reading."""
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    api_failed = app.exception_handlers[HTTPException]
    api_away = app.exception_handlers[ConnectionFailure]

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Any:
        if _is_read_by_a_person(request):
            return pages.told(request, error.status_code, "missing" if error.status_code == 404 else "failed")
        return await api_failed(request, error)  # type: ignore[misc]

    @app.exception_handler(ConnectionFailure)
    async def away(request: Request, error: ConnectionFailure) -> Any:
        if _is_read_by_a_person(request):
            return pages.told(request, 503, "away")
        return await api_away(request, error)  # type: ignore[misc]


def _is_read_by_a_person(request: Request) -> bool:
    return not request.url.path.startswith(("/v1/", "/static/")) and "text/html" in request.headers.get(
        "accept", ""
    )
