"""Collections and indexes are made at the start, by whichever replica comes first."""

import asyncio

import pytest
from pymongo import ASCENDING, IndexModel

from tests.parts.mongo import Mongo

pytestmark = pytest.mark.mongo
INDEXES = {"pages": [IndexModel([("a", ASCENDING)], name="a")], "other": []}


async def test_replicas_that_start_at_once_make_the_same_collections(mongo: Mongo) -> None:
    replicas = [mongo.open("both") for _ in range(8)]
    await asyncio.gather(*(replica.prepare(INDEXES) for replica in replicas))
    made = await replicas[0].collection("pages").index_information()
    assert set(made) == {"_id_", "a"}


async def test_a_collection_that_another_made_after_we_looked_is_no_failure(mongo: Mongo) -> None:
    first, second = mongo.open("both"), mongo.open("both")
    await first.prepare(INDEXES)
    await second._make("pages")
