"""Applies events to a book, a batch at a time, each once.

For every complaint of a batch the page is opened, the events it has not seen are applied in the
order of their sequence, the page is saved with its outbox, and the outbox is sent. When another
replica wrote a page meanwhile, that page is opened and done again. An event that cannot be applied
fails alone.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import structlog
from opentelemetry.trace import SpanKind
from pydantic import ValidationError
from pymongo.errors import ConnectionFailure

from shared.bus.port import Dead, Delivery, Done, Retry, UnavailableError, Verdict
from shared.contracts.envelope import Envelope
from shared.contracts.registry import BY_TYPE
from shared.deployment import Deployment, Unit, UnknownUnitError
from shared.store.book import Book
from shared.store.page import Page
from shared.store.storable import unstorable
from shared.telemetry.telemetry import Telemetry
from shared.telemetry.traces import span

log = structlog.get_logger()
MAX_ROUNDS = 10
MAX_BYTES = 2 * 1024 * 1024
"""The largest event. A submission, eight times smaller, grows a little on its way into one."""


class UnreadableError(Exception):
    """The message will never be understood; it belongs to the dead letters. Says why."""


class Apply(Protocol):
    """Changes a page for one event it has not seen; may `say` events. No other effect."""

    def __call__(self, page: Page, envelope: Envelope) -> None: ...


Concerns = Callable[[Envelope], bool]
Before = Callable[[Sequence[Page]], Awaitable[None]]
Save = Callable[[Sequence[Page]], Awaitable[set[str]]]
Look = Callable[[Mapping[str, Page], Mapping[str, Sequence[Envelope]]], Awaitable[None]]
"""Pages by complaint, and the events of this batch for each, also those that were seen before."""


async def _nothing(pages: Sequence[Page]) -> None:
    return None


async def _no_look(pages: Mapping[str, Page], work: Mapping[str, Sequence[Envelope]]) -> None:
    return None


def _always(envelope: Envelope) -> bool:
    return True


class Inbox:
    """Handles a service's queue. `before_save` writes what must stand first, and may be repeated.

    `looks` gather what the events are applied by; `after` follows up on pages that are written. Both come
    again for events that were seen before, so that a crash in between leaves nothing undone.

    An event that `concerns` says no to is done without a look at the store: it would change nothing.
    """

    def __init__(
        self,
        book: Book,
        apply: Apply,
        telemetry: Telemetry,
        before_save: Before = _nothing,
        save: Save | None = None,
        concerns: Concerns = _always,
        looks: Sequence[Look] = (),
        after: Look = _no_look,
    ) -> None:
        self._looks, self._after = looks, after
        self._book = book
        self._concerns = concerns
        self._telemetry = telemetry
        self._apply = apply
        self._before_save = before_save
        self._save = save or book.save

    async def handle(self, batch: Sequence[Delivery]) -> list[Verdict]:
        try:
            with self._telemetry.batch_seconds.time():
                verdicts = await self._verdicts(batch)
        except ConnectionFailure as error:
            raise UnavailableError(str(error).splitlines()[0][:200]) from error
        for delivery, verdict in zip(batch, verdicts, strict=True):
            self._telemetry.events.labels(delivery.key, type(verdict).__name__.lower()).inc()
        return verdicts

    async def _verdicts(self, batch: Sequence[Delivery]) -> list[Verdict]:
        verdicts: list[Verdict | None] = [None] * len(batch)
        groups: dict[str, list[tuple[int, Envelope]]] = {}
        for i, delivery in enumerate(batch):
            try:
                envelope = read(delivery)
                if not self._concerns(envelope):
                    continue
                groups.setdefault(envelope.partitionkey or envelope.id, []).append((i, envelope))
            except UnreadableError as error:
                verdicts[i] = Dead(str(error))
        for i, verdict in (await self._all(groups)).items():
            verdicts[i] = verdict
        return [verdict or Done() for verdict in verdicts]

    async def _all(self, groups: dict[str, list[tuple[int, Envelope]]]) -> dict[int, Verdict]:
        """Every complaint of the batch together; those with an event that fails, one event at a time."""
        failed = await self._rounds({id_: [e for _, e in events] for id_, events in groups.items()})
        verdicts: dict[int, Verdict] = {}
        for id_ in failed:
            for i, envelope in groups[id_]:
                alone = await self._rounds({id_: [envelope]})
                verdicts[i] = alone.get(id_, Done())
        return verdicts

    async def _rounds(self, work: dict[str, list[Envelope]]) -> dict[str, Verdict]:
        """Apply, save and send; what failed, by complaint."""
        failed: dict[str, Verdict] = {}
        for _ in range(MAX_ROUNDS):
            pages = await self._book.open(work)
            for look in self._looks:
                await look(pages, work)
            for id_, events in work.items():
                verdict = self._turn(pages[id_], events)
                if verdict is not None:
                    failed[id_] = verdict
                    del pages[id_]
            await self._before_save(list(pages.values()))
            lost = await self._save(list(pages.values()))
            written = {id_: page for id_, page in pages.items() if id_ not in lost}
            await self._book.send(written.values())
            await self._after(written, work)
            work = {id_: events for id_, events in work.items() if id_ in lost}
            if not work:
                return failed
        return failed | {
            id_: Retry("the complaint was being changed elsewhere, again and again") for id_ in work
        }

    def _turn(self, page: Page, events: Sequence[Envelope]) -> Verdict | None:
        try:
            for envelope in sorted(events, key=lambda e: (e.source, e.sequence)):
                if not page.has_seen(envelope):
                    self._one(page, envelope)
        except UnreadableError as error:
            return Dead(str(error))
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            return Dead(f"wrong data: {'.'.join(map(str, first['loc']))}: {first['msg']}")
        except Exception as error:
            log.exception("event_failed", complaint=page.id, types=[e.type for e in events])
            return Retry(f"{type(error).__name__}: {error}"[:300])
        return None

    def _one(self, page: Page, envelope: Envelope) -> None:
        name = f"process {envelope.key}"
        with span(self._telemetry.tracer, name, SpanKind.CONSUMER, envelope.traceparent, complaint=page.id):
            self._apply(page, envelope)
        page.mark_seen(envelope)


def served(deployment: Deployment, unit: str) -> Unit:
    """The unit that an event names; `UnreadableError` when this deployment does not serve it."""
    try:
        return deployment.unit(unit)
    except UnknownUnitError as error:
        raise UnreadableError(f"unknown unit {unit!r}: expected {error}") from None


def governing(deployment: Deployment, unit: str, pack: str, version: str) -> Unit:
    """The unit as it works for what was received under that version of the pack; `UnreadableError` when
    nothing is known of it here."""
    try:
        return deployment.governing(unit, pack, version)
    except UnknownUnitError as error:
        served(deployment, unit)
        wanted = f"unknown pack version {pack}@{version} of unit {unit!r}"
        raise UnreadableError(f"{wanted}: expected {error}") from None


def read(delivery: Delivery) -> Envelope:
    """The envelope of a delivery; `UnreadableError` when it is none, of a type that nobody here knows, or
    holds what the store cannot keep."""
    if len(delivery.body) > MAX_BYTES:
        raise UnreadableError(f"larger than {MAX_BYTES} bytes")
    try:
        envelope = Envelope.model_validate_json(delivery.body)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise UnreadableError(f"not a CloudEvent: {where}: {first['msg']}"[:300]) from None
    if envelope.type not in BY_TYPE:
        raise UnreadableError(f"unknown event type {envelope.type!r}")
    if "\0" in envelope.source:
        raise UnreadableError("source: expected a name without NUL")
    wrong = next(unstorable(envelope.data), None)
    if wrong is not None:
        raise UnreadableError(wrong[:300])
    return envelope
