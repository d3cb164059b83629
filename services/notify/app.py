"""The notify service, wired."""

from collections.abc import Mapping
from datetime import timedelta

from services.notify.channels.email import Email, MailServer
from services.notify.channels.port import Channel
from services.notify.channels.sms import provider
from services.notify.desk import routes
from services.notify.heard import Hearing
from services.notify.messages import COLLECTION, INDEXES, LEASE, Messages
from services.notify.samples import check_templates
from services.notify.sending import SEND_LIMIT, Sender
from shared.bus.port import Subscription
from shared.contracts.registry import keys_read_by
from shared.service import OutboxSweeper, Parts, Service
from shared.store.book import OUTBOX_INDEX, Book
from shared.store.inbox import Inbox
from shared.web import web_app

NAME = "notify"
PATIENCE = 3
"""People are promised minutes: what comes within tenths of a second is planned together."""


def build(parts: Parts, channels: Mapping[str, Channel] | None = None) -> Service:
    """Hears what packs have notices for, plans a message per recipient and channel, and sends it."""
    for unit in parts.deployment:
        for known in unit.editions:
            check_templates(known.pack)
    limit = timedelta(seconds=parts.settings.send_seconds)
    messages = Messages(parts.database, parts.bus, parts.clock, lease=LEASE / SEND_LIMIT * limit)
    book = Book(parts.database, parts.bus, parts.clock)
    hearing = Hearing(parts.deployment, parts.clock)
    inbox = Inbox(book, hearing, parts.telemetry, before_save=messages.store, concerns=hearing.concerns)
    grace = timedelta(seconds=parts.settings.grace_seconds)
    sender = Sender(
        messages, channels or channels_of(parts), parts.clock, parts.telemetry, grace, limit=limit
    )
    app = web_app(parts, NAME)
    app.include_router(routes(messages))
    return Service(
        name=NAME,
        parts=parts,
        app=app,
        subscriptions=[
            (Subscription(f"redress.{NAME}", keys_read_by(NAME), patience=PATIENCE), inbox.handle)
        ],
        workers=[sender, OutboxSweeper(messages.book, parts)],
        indexes={"complaints": [OUTBOX_INDEX], COLLECTION: INDEXES},
    )


def channels_of(parts: Parts) -> dict[str, Channel]:
    """E-mail and SMS as the deployment names them; the settings may name another mail server."""
    file, override = parts.deployment.file, parts.settings.smtp_url
    url = override.get_secret_value() if override else file.mail.url
    return {"email": Email(MailServer.parse(url), file.mail.sender), "sms": provider(file.sms)}
