"""Complaints counted among one another in memory, as the command line and a backtest need it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.grading.circumstances import NOTHING, Circumstances
from services.grading.decide import judge, ungraded
from services.grading.group import Counting, Group
from services.grading.membership import Row, rows
from services.grading.reading import Reading
from services.grading.tallies import Tallies, named


@dataclass(frozen=True)
class Standing:
    """A complaint as it was read, and how it stands by itself."""

    reading: Reading
    circumstances: Circumstances = NOTHING


def among(tallies: Tallies, complaints: Mapping[str, Standing]) -> dict[str, Circumstances]:
    """How each complaint stands among all of them, by the same names: with windows and promotions."""
    members = {name: _members(tallies, name, standing) for name, standing in complaints.items()}
    groups: dict[str, Group] = {}
    for row in (row for found in members.values() for row in found):
        groups.setdefault(row["k"], Group(tallies.versions[named(row["k"])])).rows[row["_id"]] = row
    counting = Counting(groups)
    for name, standing in complaints.items():
        seen = standing.circumstances._replace(counts=counting.windows(name, members[name], tallies))
        own = judge(tallies.bound, standing.reading, seen).own_grade
        counting.weigh(name, members[name], own)
    counting.promote()
    found = {}
    for name, standing in complaints.items():
        count = counting.count(name, members[name], tallies)
        found[name] = standing.circumstances._replace(counts=count.windows, promoted=count.promoted)
    return found


def _members(tallies: Tallies, name: str, standing: Standing) -> list[Row]:
    alone = ungraded(tallies.bound, standing.reading, standing.circumstances)
    received_at = standing.reading.complaint.received_at
    found = rows(tallies, alone, standing.circumstances.milestones, received_at)
    return [{**row, "_id": name} for row in found.values()]
