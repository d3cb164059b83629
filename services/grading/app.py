"""The grading service, wired."""

from services.grading.heard import Grader
from shared.bus.port import Subscription
from shared.contracts.registry import keys_read_by
from shared.service import OutboxSweeper, Parts, Service
from shared.store.book import OUTBOX_INDEX, Book
from shared.store.inbox import Inbox
from shared.web import web_app

NAME = "grading"


def build(parts: Parts) -> Service:
    """Listens to what intake says; answers with `complaint.graded`."""
    book = Book(parts.database, parts.bus, parts.clock)
    inbox = Inbox(book, Grader(parts.deployment, parts.clock), parts.telemetry)
    return Service(
        name=NAME,
        parts=parts,
        app=web_app(parts, NAME),
        subscriptions=[(Subscription(f"redress.{NAME}", keys_read_by(NAME)), inbox.handle)],
        workers=[OutboxSweeper("outbox", book.sweep, parts)],
        indexes={"complaints": [OUTBOX_INDEX]},
    )
