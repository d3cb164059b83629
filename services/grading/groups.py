"""Complaints that are counted together: looked at with every batch, and decided anew where a count crosses
what somebody asks about.

The groups of a batch are read, its complaints are decided as if they stood there, and written with what was
decided, by revision. Then the groups are read again, and every other member whose level is no longer the one
it was decided with is decided and saved. That goes on until a look that began after the last save finds
nobody. So whatever replicas do at once, the last of them to write sees all, and the last look of all found
nothing to do.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import structlog
from opentelemetry.trace import SpanKind

from services.grading.group import Cause, Count, Counting, Group, News, seen
from services.grading.membership import Row, enrol
from services.grading.slots import FIELDS, Slots
from services.grading.tallies import Tallies, named
from shared.store.book import Book
from shared.store.page import Page
from shared.telemetry.telemetry import Telemetry
from shared.telemetry.traces import span

log = structlog.get_logger()
MAX_LOOKS = 1000
"""How often groups are looked at for one batch before it is handed back."""
MEMBERS_AT_ONCE = 500
"""How many other members are opened between two looks."""


class Voice(Protocol):
    """The part of grading that decides and speaks."""

    def tallies(self, page: Page) -> Tallies | None:
        """What the complaint's pack counts; None where it counts nothing, or the page holds no complaint."""

    def rows(self, page: Page) -> Mapping[str, Row]:
        """The groups to which the complaint belongs, with its row in each."""

    def cause(self, page: Page) -> Cause:
        """What was heard of the complaint last."""

    def own_grade(self, page: Page, windows: Mapping[str, int]) -> str:
        """The grade before promotions."""

    def answer(self, page: Page, count: Count, cause: Cause, *, came: bool) -> None:
        """Decide, and say what differs from what was said. `came`: to a group, since it was last decided."""


class Groups:
    """Saves the pages of a batch, and decides those whose pack counts others, with all whom they concern."""

    def __init__(self, book: Book, voice: Voice, slots: Slots, telemetry: Telemetry) -> None:
        self._book = book
        self._tracer = telemetry.tracer
        self._voice = voice
        self._slots = slots

    async def save(self, pages: Sequence[Page]) -> set[str]:
        """The ids that must be done again."""
        hand = [page for page in pages if self._voice.tallies(page) is not None]
        failed = set[str]()
        _each(hand, self._enrol, failed)
        hand = [page for page in hand if page.id not in failed]
        causes = {page.id: self._voice.cause(page) for page in hand}
        groups = await self._look(self._all_news(hand, causes))
        _put(hand, groups)
        self._decide(hand, groups, causes, failed)
        lost = await self._book.save([page for page in pages if page.id not in failed])
        kept = [page for page in hand if page.id not in lost and page.id not in failed]
        await self._send(kept, groups)
        return lost | failed | await self._settle(kept, groups, causes)

    async def _settle(
        self, written: Sequence[Page], groups: Mapping[str, Group], causes: dict[str, Cause]
    ) -> set[str]:
        """Look at the groups of what was written, and decide all whom it concerns, until that is nobody. The
        ids of those written that must be done again."""
        asked, hand = {page.id for page in written}, list[Page]()
        # Of what was written and not looked at since, or is stale.
        open_ = [item for group in groups.values() for item in group.news] if written else []
        failed = set[str]()
        for _ in range(MAX_LOOKS if written else 0):
            before, groups = groups, await self._look([*open_, *self._all_news(hand, causes)])
            for key, group in groups.items():
                if key in before:
                    group.learn(before[key])
            decided = self._decide(hand, groups, causes, failed)
            lost = await self._book.save(decided)
            kept = [page for page in decided if page.id not in lost]
            await self._send(kept, groups)
            stale = self._stale(groups, {page.id for page in hand} | failed)
            causes |= {id_: group.cause for id_, group in stale.items() if id_ not in causes}
            left = stale.values() if len(stale) < MEMBERS_AT_ONCE else groups.values()
            open_ = [*self._all_news(kept, causes), *(item for group in left for item in group.news)]
            if not open_ and not lost:
                return asked & failed
            opened = await self._book.open([*lost, *stale])
            hand = [page for page in opened.values() if self._voice.tallies(page) is not None]
        return asked

    async def _send(self, kept: Sequence[Page], groups: Mapping[str, Group]) -> None:
        """What was written is said, and stands in its groups as the next look will find it."""
        await self._book.send(kept)
        for page in kept:
            page.fresh.clear()
            for row in page.body["members"].values():
                if row["k"] in groups:
                    groups[row["k"]].rows[page.id] = {**row, "_id": page.id}

    def _all_news(self, pages: Iterable[Page], causes: Mapping[str, Cause]) -> list[News]:
        return [item for page in pages for item in self._news(page, causes[page.id])]

    def _news(self, page: Page, cause: Cause) -> Iterator[News]:
        tallies = self._voice.tallies(page)
        if tallies is None:
            return
        now = ((slot, row["k"], row["at"]) for slot, row in page.body["members"].items())
        before = ((row["slot"], row["k"], row["at"]) for row in page.body["was"])
        for slot, key, at in (*now, *before):
            versions = tallies.versions.get(named(key))
            if versions is not None:
                yield News(versions, slot, key, at, cause)

    async def _look(self, news: Iterable[News]) -> dict[str, Group]:
        """The groups by key, read at one go for each tally."""
        groups: dict[str, Group] = {}
        alike: dict[tuple[str, str], list[str]] = {}
        for item in news:
            if item.key not in groups:
                groups[item.key] = group = Group(item.tallies)
                alike.setdefault((item.slot, group.any_tally.unit), []).append(item.key)
            groups[item.key].news.append(item)
        await asyncio.gather(*(self._read(slot, keys, groups) for (slot, _), keys in alike.items()))
        return groups

    async def _read(self, slot: str, keys: Sequence[str], groups: Mapping[str, Group]) -> None:
        wanted: dict[str, object] = {f"members.{slot}.k": {"$in": list(keys)}}
        moments = [news.at for key in keys for news in groups[key].news]
        if (span := seen(groups[keys[0]].tallies, moments)) is not None:
            wanted[f"members.{slot}.at"] = {"$gte": span[0], "$lte": span[1]}
        shown = {name: f"$members.{slot}.{name}" for name in FIELDS}
        found = self._book.pages.aggregate([{"$match": wanted}, {"$project": shown}], batchSize=10_000)
        for row in await found.to_list(None):
            groups[row["k"]].rows[row["_id"]] = row

    def _decide(
        self,
        hand: Sequence[Page],
        groups: Mapping[str, Group],
        causes: Mapping[str, Cause],
        failed: set[str],
    ) -> list[Page]:
        """Decide the pages in hand; those that changed. First all grades before promotions, which count."""
        counting = Counting(groups)
        _each(hand, lambda page: self._weigh(page, counting), failed)
        counting.promote()
        _each(hand, lambda page: self._answer(page, counting, causes[page.id]), failed)
        return [page for page in hand if page.changed and page.id not in failed]

    def _enrol(self, page: Page) -> None:
        if page.changed:
            enrol(page, self._tallies(page), self._slots, self._voice.rows(page))

    def _weigh(self, page: Page, counting: Counting) -> None:
        tallies, rows = self._tallies(page), page.body["members"].values()
        if tallies.promotions:
            own = self._voice.own_grade(page, counting.windows(page.id, rows, tallies))
            page.changed |= counting.weigh(page.id, rows, own)

    def _answer(self, page: Page, counting: Counting, cause: Cause) -> None:
        rows = page.body["members"].values()
        count = counting.count(page.id, rows, self._tallies(page))
        came = any(row["c"] is None for row in rows)
        for row in rows:
            level = count.levels[named(row["k"])]
            page.changed |= row["c"] != level
            row["c"] = level
        with span(self._tracer, "decide", SpanKind.INTERNAL, cause.event.traceparent, complaint=page.id):
            self._voice.answer(page, count, cause, came=came)

    def _tallies(self, page: Page) -> Tallies:
        tallies = self._voice.tallies(page)
        assert tallies is not None
        return tallies

    def _stale(self, groups: Mapping[str, Group], spared: set[str]) -> dict[str, Group]:
        """Some of the other members that must be decided anew, each with a group that says so."""
        found: dict[str, Group] = {}
        for group in groups.values():
            for id_ in group.stale():
                if id_ not in spared:
                    found.setdefault(id_, group)
                if len(found) == MEMBERS_AT_ONCE:
                    return found
        return found


def _put(hand: Iterable[Page], groups: Mapping[str, Group]) -> None:
    """Count those in hand as they will be written."""
    for page in hand:
        if page.changed:
            now = {row["k"]: row for row in page.body["members"].values()}
            for key in {*now, *(row["k"] for row in page.body["was"])} & groups.keys():
                if key in now:
                    groups[key].put(page.id, now[key])
                else:
                    groups[key].leave_out(page.id)


def _each(pages: Iterable[Page], step: Callable[[Page], None], failed: set[str]) -> None:
    """One with which it cannot be done does not keep the others from it; it is handed back."""
    for page in pages:
        if page.id not in failed:
            try:
                step(page)
            except Exception:
                log.exception("deciding_failed", complaint=page.id)
                failed.add(page.id)
