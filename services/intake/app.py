"""The intake service, wired."""

from services.intake import documents, heard, search, units
from services.intake.capacity import Capacity
from services.intake.counters import NUMBER_INDEX
from services.intake.customers import Customers, tiered
from services.intake.desk import Desk
from services.intake.editions import Editions
from services.intake.outgoing import Outgoing
from services.intake.receiving import KEY_INDEX, Receiving
from services.intake.routes import customer_routes, router
from services.intake.submissions import Submissions
from shared.bus.families import by_family
from shared.bus.port import SUBMISSIONS, Subscription
from shared.contracts.registry import keys_read_by
from shared.edits import CalendarEdits
from shared.service import OutboxSweeper, Parts, Service
from shared.store.book import OUTBOX_INDEX, Book
from shared.store.inbox import Inbox
from shared.web import web_app

NAME = "intake"
PATIENCE = 3
"""What the others say of one complaint soon after one another is written onto its page together."""


def build(parts: Parts) -> Service:
    """Takes submissions from HTTP and the bus; keeps the complaint; hears what the others say of it."""
    book = Book(parts.database, parts.bus, parts.clock)
    rejections = Book(parts.database, parts.bus, parts.clock, "rejections")
    outgoing = Outgoing(book, parts.bus)
    receiving = Receiving(parts, book, outgoing)
    submissions = Submissions(parts, receiving, rejections)
    customers = Book(parts.database, parts.bus, parts.clock, "customers")
    inbox = Inbox(book, heard.apply, parts.telemetry)
    tiers = Inbox(customers, tiered, parts.telemetry)
    handle = by_family({"customer": tiers.handle}, inbox.handle)
    app = web_app(parts, NAME)
    app.include_router(router(parts, book, receiving, Desk(book, outgoing), Capacity(parts, book), outgoing))
    app.include_router(customer_routes(Customers(parts, customers, Outgoing(customers, parts.bus))))
    app.include_router(units.routes(parts.deployment))
    documents.install(app)
    return Service(
        name=NAME,
        parts=parts,
        app=app,
        subscriptions=[
            (Subscription(f"redress.{NAME}", keys_read_by(NAME), patience=PATIENCE), handle),
            (Subscription(SUBMISSIONS, ("#",), SUBMISSIONS), submissions.handle),
        ],
        workers=[
            OutboxSweeper(book, parts),
            OutboxSweeper(rejections, parts),
            OutboxSweeper(customers, parts),
            CalendarEdits(parts.deployment, parts.clock),
        ],
        indexes={
            "complaints": [OUTBOX_INDEX, KEY_INDEX, NUMBER_INDEX, *search.INDEXES],
            "rejections": [OUTBOX_INDEX],
            "customers": [OUTBOX_INDEX],
            "counters": [],
            "editions": [],
        },
        ready=[Editions(parts.database, parts.deployment, parts.clock).prepare],
    )
