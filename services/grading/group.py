"""Complaints that are alike, what each of them sees of the others, and whom that concerns. Without I/O."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from services.grading.membership import Row
from services.grading.tallies import PROMOTION, Tallies, Tally, Versions, named
from services.grading.windows import Member, promoted, so_far, values
from shared.contracts.envelope import Envelope


class Cause(NamedTuple):
    """What made somebody decide: when it happened, and the event that said so, without its data."""

    at: datetime
    event: Envelope

    def kept(self) -> dict[str, object]:
        """As it stands on a page."""
        return {"at": self.at, "event": self.event.model_dump(exclude={"data"}, exclude_none=True)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Cause":
        return cls(kept["at"], Envelope.model_validate({**kept["event"], "data": {}}))


class Count(NamedTuple):
    """What a complaint sees of others: every window of its pack, the promotions that take it up, one grade
    each, and the level of each tally, which alone makes a difference."""

    windows: Mapping[str, int]
    promoted: tuple[str, ...]
    levels: Mapping[str, int]


class News(NamedTuple):
    """A complaint came to a group, left it or changed in it."""

    tallies: Versions
    slot: str
    key: str
    at: datetime
    cause: Cause


@dataclass
class Group:
    """Complaints that a tally finds alike, whatever their pack versions, and all the news of them.

    `rows` are its members by complaint, as far away as any that could matter for whom the news concern;
    `results` what each sees, or how many grades it goes up, as soon as it is `reckoned`. The news are
    complete when it is made.
    """

    tallies: Versions
    news: list[News] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    results: dict[str, int] = field(default_factory=dict)
    reckoned: bool = False

    @property
    def any_tally(self) -> Tally:
        """For what is the same in all versions: its id, its unit, whether it is a promotion."""
        return next(iter(self.tallies.values()))

    @property
    def cause(self) -> Cause:
        """The latest of the news."""
        return max((news.cause for news in self.news), key=lambda cause: cause.at)

    @cached_property
    def concerned(self) -> tuple[datetime, datetime] | None:
        """Whoever was received outside of this sees what it saw before; None where all may see it."""
        return _around(self.tallies, [news.at for news in self.news], times=1)

    def put(self, complaint: str, row: Row) -> None:
        """Count a complaint with the row in hand, whatever is stored of it."""
        self.rows[complaint] = {**row, "_id": complaint}
        self.reckoned = False

    def leave_out(self, complaint: str) -> None:
        """A complaint is no member, whatever is stored of it."""
        if self.rows.pop(complaint, None) is not None:
            self.reckoned = False

    def weigh(self, complaint: str, grade: str) -> None:
        """Count a member with this grade before promotions."""
        self.rows[complaint]["g"] = grade
        self.reckoned = False

    def learn(self, before: "Group") -> None:
        """Take over what the same members came to before."""
        if before.reckoned and before.rows == self.rows:
            self.results, self.reckoned = before.results, True

    def reckon(self) -> None:
        """Work out the results from the rows."""
        if not self.reckoned:
            self.reckoned = True
            self._reckon()

    def _reckon(self) -> None:
        self.results = {}
        for tally, own in self._by_version():
            found = _promotions(tally, self.rows.values()) if tally.promotion else self._values(tally)
            self.results |= found if len(own) == len(self.rows) else {id_: found.get(id_, 0) for id_ in own}

    def _by_version(self) -> Iterator[tuple[Tally, list[str]]]:
        """Each version, with those that were received under it."""
        own: dict[str, list[str]] = {}
        for id_, row in self.rows.items():
            own.setdefault(row["p"], []).append(id_)
        yield from ((self.tallies[version], ids) for version, ids in own.items() if version in self.tallies)

    def _values(self, tally: Tally) -> dict[str, int]:
        seen_in = so_far if tally.so_far else values
        return seen_in([_member(row) for row in self.rows.values()], tally.measure, tally.reach)

    def stale(self) -> Iterator[str]:
        """Members that were decided with another level than they are on. One that was not decided yet is
        left to whoever has it in hand."""
        for id_, row in self.rows.items():
            tally = self.tallies.get(row["p"])
            if tally is None or row["c"] is None or row["c"] == tally.levels.of(self.results.get(id_, 0)):
                continue
            span = self.concerned
            if span is None or span[0] <= row["at"] <= span[1]:
                yield id_


def seen(tallies: Versions, moments: Iterable[datetime]) -> tuple[datetime, datetime] | None:
    """What those see whom news of these moments concern lies in this; None where that is without end."""
    return _around(tallies, moments, times=2)


def _around(tallies: Versions, moments: Iterable[datetime], times: int) -> tuple[datetime, datetime] | None:
    """As far as any version goes."""
    moments = sorted(moments)
    spans = [_reached(tally, moments[0], moments[-1], times) for tally in tallies.values()]
    ended = [span for span in spans if span is not None]
    if len(ended) < len(spans):
        return None
    return min(first for first, _ in ended), max(last for _, last in ended)


def _reached(tally: Tally, first: datetime, last: datetime, times: int) -> tuple[datetime, datetime] | None:
    """A promotion may lead to the next, each as far away as the window reaches."""
    if tally.reach is None:
        return None
    for _ in range(times * (len(tally.promotion.of) if tally.promotion else 1)):
        first, last = tally.reach.back(first), tally.reach(last)
    return first, last


def _promotions(tally: Tally, rows: Iterable[Row]) -> dict[str, int]:
    """Whom the promotion takes up, of those whose grade its version knows."""
    step = tally.promotion
    assert step is not None
    graded = [row for row in rows if row["g"] in step.places]
    grades = {row["_id"]: step.places[row["g"]] for row in graded}
    return promoted([_member(row) for row in graded], grades, step.at_least, step.of, step.again, tally.reach)


def _member(row: Row) -> Member:
    return Member(row["_id"], row["at"], row["d"], row["v"])


class Counting:
    """What complaints see of others in these groups: first their windows; then, when all were weighed,
    whom promotions take up."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._reckon(promotions=False)

    def windows(self, complaint: str, rows: Iterable[Row], tallies: Tallies) -> dict[str, int]:
        """By name; 0 where the window does not count the complaint, whose rows these are."""
        results = self._results(complaint, rows)
        return {name: results.get(name, 0) for name in tallies.windows}

    def weigh(self, complaint: str, rows: Iterable[Row], grade: str) -> bool:
        """Count the complaint with this grade before promotions; whether that is news."""
        fresh = False
        for row in rows:
            group = self._groups[row["k"]]
            if group.any_tally.promotion is not None and row["g"] != grade:
                row["g"], fresh = grade, True
                if complaint in group.rows:
                    group.weigh(complaint, grade)
        return fresh

    def promote(self) -> None:
        """From the grades before promotions to whom they take up."""
        self._reckon(promotions=True)

    def count(self, complaint: str, rows: Iterable[Row], tallies: Tallies) -> Count:
        """After `promote`. Of several promotions the one counts that goes furthest."""
        results = self._results(complaint, rows)
        windows = {name: results.get(name, 0) for name in tallies.windows}
        steps = {name: results.get(name, 0) for name in tallies.promotions}
        furthest = max(steps, key=lambda name: steps[name], default=None)
        levels = {name: tallies.windows[name].levels.of(value) for name, value in windows.items()}
        return Count(
            windows=windows,
            promoted=(furthest.removeprefix(PROMOTION),) * steps[furthest] if furthest else (),
            levels=levels | steps,
        )

    def _reckon(self, *, promotions: bool) -> None:
        for group in self._groups.values():
            if (group.any_tally.promotion is not None) == promotions:
                group.reckon()

    def _results(self, complaint: str, rows: Iterable[Row]) -> dict[str, int]:
        """What the groups of these rows came to for the complaint, by window or promotion."""
        return {
            named(row["k"]): self._groups[row["k"]].results.get(complaint, 0)
            for row in rows
            if row["k"] in self._groups
        }
