"""Fills the stores with many complaints by copying one that went through the services, so that indexes
and documents are as large as they would be."""

from datetime import timedelta
from typing import Any

from pymongo import MongoClient
from rich.console import Console
from rich.progress import Progress

from shared.contracts.envelope import new_id

SERVICES = ("intake", "grading", "sla", "notify", "reporting")
BATCH = 2000


def seed(mongo_url: str, prefix: str, n: int, console: Console) -> None:
    """`n` more complaints in every store, spread over a year before now."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_url, tz_aware=True)
    patterns = {
        name: client[f"{prefix}_{name}"]["complaints"].find_one({"_id": _some(client, prefix)})
        for name in SERVICES
    }
    with Progress(console=console) as progress:
        task = progress.add_task("seeding", total=n)
        for start in range(0, n, BATCH):
            ids = [new_id() for _ in range(min(BATCH, n - start))]
            for name in SERVICES:
                pattern = patterns[name]
                assert pattern is not None
                rows = [_copy(pattern, id_, start + i, n) for i, id_ in enumerate(ids)]
                client[f"{prefix}_{name}"]["complaints"].insert_many(rows, ordered=False)
            progress.advance(task, len(ids))
    client.admin.command("fsync")  # or the first minute measures how the seed gets to disk
    client.close()


def _some(client: MongoClient[dict[str, Any]], prefix: str) -> str:
    found = client[f"{prefix}_intake"]["complaints"].find_one(
        {"complaint.unit": "property"}, sort=[("_id", 1)]
    )
    assert found is not None
    return str(found["_id"])


def _copy(pattern: dict[str, Any], id_: str, n: int, total: int) -> dict[str, Any]:
    """The same complaint under another id, number and day; nothing of it is due or unsent."""
    row = {**pattern, "_id": id_, "outbox": []}
    for name in ("pending_since", "wake_at"):
        row.pop(name, None)
    complaint = row.get("complaint")
    if isinstance(complaint, dict):
        own = {"id": id_, "number": f"seed{n:07d}", "ref": f"seed-{n}", "branch": f"branch-{n % 40}"}
        row["complaint"] = {**complaint, **own}
        if not isinstance(complaint["received_at"], str):
            back = timedelta(days=1 + 365 * n // total)
            row["complaint"]["received_at"] = complaint["received_at"] - back
    return row
