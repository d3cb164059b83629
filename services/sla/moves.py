"""Why a running deadline is not what it was when it was last told."""

from collections.abc import Iterator
from typing import Any

from services.sla.runs import Run
from shared.contracts.clocks import ClockReading
from shared.contracts.words import Words, to_moment

REGRADED = Words(
    zh="级别或事实变更，时限重算", en="the grade or the facts changed; the limit was reckoned anew"
)
PAUSED = Words(zh="时限暂停计算", en="the clock stands still")
RESUMED = Words(zh="时限恢复计算", en="the clock goes on; the time it stood still does not count")
EXTENDED = Words(zh="时限经批准延长", en="the deadline was extended")
GIVEN = Words(zh="按承诺或约定的时间", en="the deadline was promised or agreed")
RESTARTED = Words(zh="起算时间更正", en="the time from which it counts was corrected")
CALENDAR = Words(zh="工作日历变更，时限重算", en="the calendar changed; the limit was reckoned anew")
DONE = Words(zh="已完成其中一次", en="it was done once more")

Mark = dict[str, Any]


def mark(run: Run, calendars: str) -> Mark:
    """What is kept of a run, to see the next time whether and why it moved; `calendars`: a fingerprint."""
    return {
        "due": to_moment(run.due),
        "ended": run.ended_at is not None,
        "paused": run.paused_since and to_moment(run.paused_since),
        "extended": [to_moment(granted.move.at) for granted in run.extensions],
        "limit": str(run.terms),
        "given": run.terms.given is not None,
        "started": to_moment(run.started_at),
        "done": run.done,
        "calendar": calendars,
    }


def mark_told(run: ClockReading, calendars: str) -> Mark:
    """The mark of a run as it was last told."""
    return {
        "due": run.due,
        "ended": run.stopped_at is not None,
        "paused": run.paused_since,
        "extended": [extension.at for extension in run.extensions],
        "limit": run.limit,
        "given": run.given,
        "started": run.started_at,
        "done": run.done,
        "calendar": calendars,
    }


def moved_because(before: Mark, after: Mark) -> Words | None:
    """The reason to tell; None where there is nothing to tell."""
    return next(_reasons(before, after), None)


def _reasons(before: Mark, after: Mark) -> Iterator[Words]:
    if before["paused"] != after["paused"] and not after["ended"]:
        yield PAUSED if after["paused"] else RESUMED
    if before["done"] < after["done"] and not after["ended"]:
        yield DONE
    if before["extended"] != after["extended"]:
        yield EXTENDED
    if before["limit"] != after["limit"]:
        yield GIVEN if after["given"] else REGRADED
    if before["started"] != after["started"]:
        yield RESTARTED
    if before["due"] != after["due"]:
        yield CALENDAR if before["calendar"] != after["calendar"] else REGRADED
