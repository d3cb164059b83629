"""The grading service, wired."""

from services.grading.customers import CUSTOMER_INDEX, REVIEW_INDEX, Customers, Reviews
from services.grading.groups import Groups
from services.grading.heard import Grader
from services.grading.linking import LIKENESS_INDEX, Events
from services.grading.slots import Slots
from services.grading.tallies import tallies
from shared.bus.families import by_family
from shared.bus.port import Subscription
from shared.contracts.registry import keys_read_by
from shared.edits import CalendarEdits
from shared.service import OutboxSweeper, Parts, Service
from shared.store.book import OUTBOX_INDEX, Book
from shared.store.inbox import Inbox
from shared.web import web_app

NAME = "grading"


def build(parts: Parts) -> Service:
    """Hears of complaints and customers from intake; answers with `complaint.graded`, `customer.tiered`."""
    book = Book(parts.database, parts.bus, parts.clock)
    pages = Book(parts.database, parts.bus, parts.clock, "customers")
    grader = Grader(parts.deployment, parts.clock)
    counted = [t for unit in parts.deployment for t in tallies(unit)]
    slots = Slots(parts.database, [(t.bound.id, t.all) for t in counted])
    groups = Groups(book, grader, slots, parts.telemetry)
    customers = Customers(pages, book, grader, groups.save, parts.deployment, parts.clock)
    events = Events(book, parts.deployment)
    inbox = Inbox(
        book,
        grader,
        parts.telemetry,
        save=groups.save,
        looks=(customers.look, events.look),
        after=customers.settle,
    )
    measured = Inbox(pages, customers.hear, parts.telemetry, customers.review, after=customers.told)
    handle = by_family({"customer": measured.handle}, inbox.handle)
    return Service(
        name=NAME,
        parts=parts,
        app=web_app(parts, NAME),
        subscriptions=[(Subscription(f"redress.{NAME}", keys_read_by(NAME)), handle)],
        workers=[
            OutboxSweeper(book, parts),
            OutboxSweeper(pages, parts),
            Reviews(customers),
            CalendarEdits(parts.deployment, parts.clock),
        ],
        indexes={
            "complaints": [OUTBOX_INDEX, CUSTOMER_INDEX, LIKENESS_INDEX],
            "customers": [OUTBOX_INDEX, REVIEW_INDEX],
        },
        ready=[slots.prepare],
    )
