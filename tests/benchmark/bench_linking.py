"""How well suggestions of same events do on real texts: precision and recall for several thresholds.

`--data` is a folder with `zh-complaints.csv.gz`: messages of citizens to their local government, of which
`same_events.json` says by id which are about one event. The labels were made by one person who read the
titles of 448 pairs: all pairs within 60 days that were most alike by TF-IDF of their characters or shared
twelve runs of four, and sixty others, among which there was no event. What neither measure finds is not
known to the labels, so that recall is that of what can be found by words at all. Pairs that could not be
decided are left out.

One suggestion a complaint, as grading makes it: the most alike of the earlier ones that meet it in a band.
"""

import argparse
import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from services.grading.likeness import bands, likeness, shingles, sketch

LABELS = Path(__file__).with_name("same_events.json")
SOURCES = ("问政留言-附件3", "问政留言-附件4")
THRESHOLDS = (0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Message:
    """A text and when it came."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """The most alike of the earlier messages that meet one in a band."""

    one: str
    other: str
    likeness: float


def messages(folder: Path) -> list[Message]:
    """In the order in which they came, each text once."""
    with gzip.open(folder / "zh-complaints.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] in SOURCES and row["created_at"]]
    texts = {f"{row['title']}。{row['text']}": row for row in reversed(rows)}
    found = (Message(r["id"], datetime.fromisoformat(r["created_at"]), text) for text, r in texts.items())
    return sorted(found, key=lambda message: (message.at, message.id))


def suggestions(past: Iterable[Message], within: timedelta) -> Iterator[Suggested]:
    """What grading would suggest, without its store."""
    meeting: dict[tuple[int, int], list[Message]] = defaultdict(list)
    sketches: dict[str, bytes] = {}
    for message in past:
        found = shingles(message.text)
        sketches[message.id] = sketch(found)
        keys = list(enumerate(bands(found)))
        met = {m.id for key in keys for m in meeting[key] if message.at - m.at <= within}
        alike = [(likeness(sketches[message.id], sketches[id_]), id_) for id_ in met]
        if alike:
            share, other = max(alike)
            yield Suggested(message.id, other, share)
        for key in keys:
            meeting[key].append(message)


def report(past: list[Message], made: list[Suggested], within: timedelta) -> list[Mapping[str, float]]:
    """A line for each threshold. Recall is of the messages that have an earlier one of their event."""
    labels = json.loads(LABELS.read_text("utf-8"))
    event = {id_: n for n, ids in enumerate(labels["events"]) for id_ in ids}
    undecided = {tuple(sorted(pair)) for pair in labels["undecided"]}
    expected = _expected(past, event, within)
    lines: list[Mapping[str, float]] = []
    for threshold in THRESHOLDS:
        counted = [
            s for s in made if s.likeness >= threshold and tuple(sorted((s.one, s.other))) not in undecided
        ]
        right = sum(s.one in event and event[s.one] == event.get(s.other) for s in counted)
        lines.append(
            {
                "threshold": threshold,
                "suggested": len(counted),
                "precision": round(right / len(counted), 3) if counted else 0.0,
                "recall": round(right / len(expected), 3),
            }
        )
    return lines


def _expected(past: Iterable[Message], event: Mapping[str, int], within: timedelta) -> set[str]:
    latest: dict[int, datetime] = {}
    found: set[str] = set()
    for message in past:
        if (n := event.get(message.id)) is None:
            continue
        if n in latest and message.at - latest[n] <= within:
            found.add(message.id)
        latest[n] = message.at
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="a folder with zh-complaints.csv.gz")
    parser.add_argument("--days", type=int, default=60)
    given = parser.parse_args()
    within = timedelta(days=given.days)
    past = messages(given.data)
    start = perf_counter()
    made = list(suggestions(past, within))
    each = (perf_counter() - start) / len(past) * 1e6
    lines = report(past, made, within)
    print(f"{len(past)} texts, {len(made)} met an earlier one within {given.days} days, {each:.0f} µs a text")
    print("threshold  suggested  precision  recall")
    for line in lines:
        print("{threshold:9}  {suggested:9}  {precision:9.2f}  {recall:6.2f}".format(**line))
    print(json.dumps({"bench": "linking", "texts": len(past), "days": given.days, "lines": lines}))


if __name__ == "__main__":
    main()
