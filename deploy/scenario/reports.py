"""Expectations about reports, asked of the reporting service over HTTP."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

from deploy.scenario.stage import Stage
from deploy.scenario.story import Expected


async def report_differences(expected: Expected, stage: Stage) -> AsyncIterator[str]:
    """What the report of a day or a month says otherwise than expected."""
    if expected.report is None:
        return
    first, last = _period(expected)
    wanted: dict[str, Any] = {
        "grade": expected.by_grade,
        "channel": expected.by_channel,
        "category": expected.by_category,
    }
    for dimension, counts in wanted.items():
        if counts is not None:
            seen = await _counts(stage, dimension, first, last)
            if _some(seen) != _some(counts):
                yield f"by_{dimension}: expected {counts}, saw {seen}"
    if expected.total is not None:
        seen = await _counts(stage, "grade", first, last)
        if sum(seen.values()) != expected.total:
            yield f"total: expected {expected.total}, saw {sum(seen.values())}"


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def _period(expected: Expected) -> tuple[date, date]:
    if expected.day is not None:
        day = date.fromisoformat(expected.day)
        return day, day
    first = date.fromisoformat(f"{expected.month}-01")
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


async def _counts(stage: Stage, dimension: str, first: date, last: date) -> dict[str, int]:
    answer = await stage.reporting.get(
        "/v1/totals",
        params={"unit": stage.unit.id, "by": dimension, "from": first.isoformat(), "to": last.isoformat()},
    )
    return {str(k): int(v) for k, v in answer.json()["by"][dimension].items()}
