"""The reporting service, wired."""

from services.reporting import aggregates, complaint_page, dashboard, shelf, totals
from services.reporting.freshness import Freshness
from services.reporting.hearing import Hearing
from services.reporting.pages import Pages, install
from shared.bus.port import Subscription
from shared.contracts.registry import keys_read_by
from shared.service import OutboxSweeper, Parts, Service
from shared.store.book import OUTBOX_INDEX, Book
from shared.store.inbox import Inbox
from shared.web import web_app

NAME = "reporting"
PATIENCE = 5
"""Five lingers: figures that are half a second old are fresh enough, and cost fewer writes."""


def build(parts: Parts) -> Service:
    """Listens to everything; counts it once; shows it at `/`."""
    book = Book(parts.database, parts.bus, parts.clock)
    counted = totals.Totals(parts.database, book, parts.deployment)
    fresh = Freshness(counted.save, parts.telemetry)
    inbox = Inbox(book, Hearing(parts.deployment), parts.telemetry, save=fresh.save)
    found, pages = shelf.Shelf(book.pages), Pages(parts.deployment.file.language)
    board = dashboard.Dashboard(counted, found, parts.deployment, parts.clock, pages)
    app = web_app(parts, NAME)
    app.include_router(aggregates.routes(counted, parts.deployment, parts.clock))
    app.include_router(dashboard.routes(board))
    app.include_router(complaint_page.routes(found, parts.deployment, parts.clock, pages))
    install(app, pages)
    return Service(
        name=NAME,
        parts=parts,
        app=app,
        subscriptions=[
            (Subscription(f"redress.{NAME}", keys_read_by(NAME), patience=PATIENCE), inbox.handle)
        ],
        workers=[OutboxSweeper(book, parts)],
        indexes={"complaints": [OUTBOX_INDEX, *shelf.INDEXES], totals.COLLECTION: totals.INDEXES},
    )
