"""A backtest of what intake keeps: read from a real store, as the pages stand there."""

from datetime import UTC, datetime

import pytest

from deploy.backtesting.comparing import Comparison, outcomes
from deploy.backtesting.recorded import Recorded, from_store
from shared.policy.library import Library
from tests.parts.mongo import Mongo

BANK = "bank-consumer-protection"
NOW = datetime(2026, 2, 11, 1, tzinfo=UTC)
pytestmark = pytest.mark.mongo


def page(number: int, pack: str = BANK) -> dict[str, object]:
    complaint = {
        "number": f"N{number}",
        "unit": "u",
        "pack": pack,
        "pack_version": "1.0.0",
        "kind": "complaint",
        "channel": "phone",
        "text": "x",
        "complainant": {},
        "fields": {"hard_to_handle": number == 2},
        "received_at": NOW,
        "occurred_at": NOW,
    }
    replied = {"id": "m1", "name": "replied", "occurred_at": NOW, "recorded_at": NOW, "data": {}, "key": {}}
    return {"_id": f"c{number}", "complaint": complaint, "milestones": [replied], "rev": 1}


async def test_the_complaints_of_the_two_packs_are_read(mongo: Mongo) -> None:
    pages = mongo.open("intake").collection("complaints")
    broken = page(4) | {"complaint": {"pack": BANK, "number": "N4", "pack_version": "1"}}
    await pages.insert_many([page(1), page(2), page(3, "another-pack"), broken])
    read = [case async for case in from_store(pages, [BANK])]
    bound = Library().bound(BANK, {"major_when": "false", "escalated_when": "false"})
    comparison = Comparison(bound, bound)
    cases = [case for case in read if isinstance(case, Recorded)]
    for case, seen in zip(cases, outcomes(bound, cases), strict=True):
        comparison.take(case.name, seen, seen)
    assert sorted(case.name for case in cases) == ["N1", "N2"]
    assert comparison.grades == {("general", "general"): 1, ("difficult", "difficult"): 1}
    assert [case[0] for case in read if not isinstance(case, Recorded)] == ["c4"]
