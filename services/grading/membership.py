"""The groups that a complaint belongs to, as they stand on its page.

`members` holds one row for each window or promotion that counts the complaint, at its slot of the index:
`k` the group, `p` the version of its pack, `at` the moment of receipt or the one that the window names, `d`
what is counted once, `v` the amount or how often it counts (None of one that only sees what the others come
to), `g` the grade before promotions, `c` what the complaint was last decided with: the level of the window,
or how many grades the promotion took it up. `c` is None until it is decided. `was` are the rows that it had
and has no longer, because their groups must be counted again, too, however often the message comes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.grading.decide import Ungraded, plain_facts
from services.grading.history import moments
from services.grading.slots import Slots
from services.grading.tallies import Tallies, Tally, digest, named
from shared.contracts.complaints import Milestone
from shared.policy.milestones import WITHDRAWN
from shared.store.page import Page

Row = dict[str, Any]
ONLY_SEES: Row = {"d": None, "v": None}
"""Of a complaint that adds nothing to its group."""


def enrol(page: Page, tallies: Tallies, slots: Slots, rows: Mapping[str, Row]) -> None:
    """Put these rows in the place of what stood on the page; what was decided with the same row stays."""
    before: dict[str, Row] = page.body.get("members", {})
    now = {slots.of(tallies.bound.id, named(key)): row for key, row in rows.items()}
    for slot, row in now.items():
        old = before.get(slot, {})
        if all(old.get(name) == row[name] for name in ("k", "at", "d", "v")):
            row |= {"c": old["c"], "g": old["g"]}
    gone = [
        {"slot": slot, "k": row["k"], "at": row["at"]}
        for slot, row in before.items()
        if (row["k"], row["at"]) != (now.get(slot, {}).get("k"), now.get(slot, {}).get("at"))
    ]
    was = page.body.get("was", [])
    page.body |= {"members": now, "was": was + [row for row in gone if row not in was]}


def rows(
    tallies: Tallies, alone: Ungraded, milestones: Sequence[Milestone], received_at: datetime
) -> dict[str, Row]:
    """The rows of a complaint by group; `alone` is what it is without a look at others. One that was
    withdrawn, or whose validity does not count, has none. `milestones` as they happened, oldest first."""
    if any(m.name == WITHDRAWN for m in milestones) or not tallies.counts(alone.validity):
        return {}
    happened: dict[str | None, datetime] = {None: received_at}
    happened.update(moments(tallies.bound.pack, milestones))
    return {row["k"]: row for row in _rows(tallies, alone, happened)}


def _rows(tallies: Tallies, alone: Ungraded, happened: Mapping[str | None, datetime]) -> Iterator[Row]:
    holds = tallies.holds(alone.facts)
    facts = plain_facts({name: value for name, value in alone.facts.items() if name in tallies.named})
    for tally in tallies.all.values():
        counts = holds.get(tally.id, True)
        if tally.moment not in happened or not (counts or tally.seen_by_all):
            continue
        at = _as_stored(happened[tally.moment])
        key = tallies.key(tally, facts, at)
        if key is not None:
            yield _row(tally, key, at, facts) | ({} if counts else ONLY_SEES)


def _as_stored(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _row(tally: Tally, key: str, at: datetime, facts: Mapping[str, object]) -> Row:
    value = facts.get(tally.fact) if tally.fact else None
    distinct = digest(value) if tally.measure == "distinct" and value not in (None, "") else None
    added = value if tally.measure == "sum" else facts.get(tally.as_many_as or "")
    amount = added if isinstance(added, int) else 0
    return {"k": key, "p": tally.version, "at": at, "c": None, "d": distinct, "v": amount, "g": None}
