"""The sla service, wired."""

from services.sla.calendars import CALENDAR_INDEX, CalendarKeeper
from services.sla.claims import Claims
from services.sla.heard import Timekeeper
from services.sla.reconcile import CHECK_INDEX, Reconciler
from services.sla.timers import TIMER_INDEX, Timers
from shared.bus.port import Subscription
from shared.contracts.registry import keys_read_by
from shared.edits import CalendarEdits
from shared.service import OutboxSweeper, Parts, Service
from shared.store.book import OUTBOX_INDEX, Book
from shared.store.inbox import Inbox
from shared.web import web_app

NAME = "sla"
INDEXES = (OUTBOX_INDEX, TIMER_INDEX, CHECK_INDEX, CALENDAR_INDEX)


def build(parts: Parts) -> Service:
    """Listens to gradings and milestones; starts, warns, breaches and ends clocks; climbs ladders."""
    book = Book(parts.database, parts.bus, parts.clock)
    keeper = Timekeeper(parts.deployment, parts.clock, parts.telemetry)
    inbox = Inbox(book, keeper, parts.telemetry)
    return Service(
        name=NAME,
        parts=parts,
        app=web_app(parts, NAME),
        subscriptions=[(Subscription(f"redress.{NAME}", keys_read_by(NAME)), inbox.handle)],
        workers=[
            Timers(book, Claims(parts.database, parts.clock), keeper, parts.clock),
            Reconciler(book, keeper, parts.clock, parts.telemetry),
            CalendarEdits(parts.deployment, parts.clock),
            CalendarKeeper(book, parts.database, parts.deployment, parts.clock),
            OutboxSweeper(book, parts),
        ],
        indexes={"complaints": INDEXES},
    )
