"""Complaints that are alike, what each of them sees of the others, and whom that concerns. Without I/O."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from services.grading.membership import Row
from services.grading.tallies import PROMOTION, Tallies, Tally
from services.grading.windows import Member, promoted, values
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

    tally: Tally
    slot: str
    key: str
    at: datetime
    cause: Cause


@dataclass
class Group:
    """Complaints that one tally finds alike, and all the news of them.

    `rows` are its members by complaint, as far away as any that could matter for whom the news concern;
    `results` what each sees, or how many grades it goes up. The news are complete when it is made.
    """

    tally: Tally
    news: list[News] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    results: dict[str, int] = field(default_factory=dict)

    @property
    def cause(self) -> Cause:
        """The latest of the news."""
        return max((news.cause for news in self.news), key=lambda cause: cause.at)

    @cached_property
    def concerned(self) -> tuple[datetime, datetime] | None:
        """Whoever was received outside of this sees what it saw before; None where all may see it."""
        return self._around(self._steps())

    @cached_property
    def seen(self) -> tuple[datetime, datetime] | None:
        """What those within `concerned` see lies in this."""
        return self._around(2 * self._steps())

    def _steps(self) -> int:
        """A promotion may lead to the next, each as far away as the window reaches."""
        return len(self.tally.promotion.of) if self.tally.promotion else 1

    def _around(self, times: int) -> tuple[datetime, datetime] | None:
        if self.tally.reach is None:
            return None
        moments = [news.at for news in self.news]
        first, last = min(moments), max(moments)
        for _ in range(times):
            first, last = self.tally.reach.back(first), self.tally.reach(last)
        return first, last

    def reckon(self) -> None:
        """Work out the results from the rows."""
        step, reach = self.tally.promotion, self.tally.reach
        if step is None:
            self.results = values([_member(row) for row in self.rows.values()], self.tally.measure, reach)
            return
        graded = [row for row in self.rows.values() if row["g"] is not None]
        grades = {row["_id"]: row["g"] for row in graded}
        members = [_member(row) for row in graded]
        self.results = promoted(members, grades, step.at_least, step.of, step.again, reach)

    def stale(self) -> Iterator[str]:
        """Members that were decided with another level than they are on. One that was not decided yet is
        left to whoever has it in hand."""
        span = self.concerned
        for id_, row in self.rows.items():
            if row["c"] is None or (span and not span[0] <= row["at"] <= span[1]):
                continue
            if row["c"] != self.tally.levels.of(self.results.get(id_, 0)):
                yield id_


def _member(row: Row) -> Member:
    return Member(row["_id"], row["at"], row["d"], row["v"])


class Counting:
    """What complaints see of others in these groups: first their windows; then, when all were weighed,
    whom promotions take up."""

    def __init__(self, groups: Mapping[str, Group]) -> None:
        self._groups = groups
        self._results = self._reckoned(promotions=False)

    def windows(self, complaint: str, tallies: Tallies) -> dict[str, int]:
        """By name; 0 where the window does not count the complaint."""
        return {name: self._results.get((complaint, name), 0) for name in tallies.windows}

    def weigh(self, complaint: str, rows: Iterable[Row], grade: int) -> bool:
        """Count the complaint with this grade before promotions; whether that is news."""
        fresh = False
        for row in rows:
            group = self._groups[row["k"]]
            if group.tally.promotion is not None and row["g"] != grade:
                row["g"], fresh = grade, True
                if complaint in group.rows:
                    group.rows[complaint]["g"] = grade
        return fresh

    def promote(self) -> None:
        """From the grades before promotions to whom they take up."""
        self._results |= self._reckoned(promotions=True)

    def count(self, complaint: str, tallies: Tallies) -> Count:
        """After `promote`. Of several promotions the one counts that goes furthest."""
        windows = self.windows(complaint, tallies)
        steps = {name: self._results.get((complaint, name), 0) for name in tallies.promotions}
        furthest = max(steps, key=lambda name: steps[name], default=None)
        levels = {name: tallies.windows[name].levels.of(value) for name, value in windows.items()}
        return Count(
            windows=windows,
            promoted=(furthest.removeprefix(PROMOTION),) * steps[furthest] if furthest else (),
            levels=levels | steps,
        )

    def _reckoned(self, *, promotions: bool) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for group in self._groups.values():
            if (group.tally.promotion is not None) == promotions:
                group.reckon()
                found |= {(id_, group.tally.id): result for id_, result in group.results.items()}
        return found
