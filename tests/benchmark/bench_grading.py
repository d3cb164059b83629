"""How much grading does: deciding alone, beside two other engines; with windows over many past complaints;
and as a process of its own, fed by RabbitMQ. Prints a table and one line of JSON.

(a) one complaint with sixty rules, its text read, without windows; (b) the rules alone, and the same
table in zen-engine and cel-python; (c) the service's logic over a real MongoDB that holds `--past`
complaints in its windows, no broker, and the calls that it made of the store once more, without it; (d) the
process on RabbitMQ over the same store.

Microseconds are CPU time of this process, in (c) with the threads of the driver; so they say the same on a
busy machine, a little more at most. Rates are by the clock on the wall, with MongoDB on the same machine.
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

import celpy
import zen
from pymongo import MongoClient
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services.grading.app import build
from services.grading.decide import Ungraded, decide
from services.grading.membership import rows
from services.grading.slots import COLLECTION
from services.grading.tallies import Tallies, named
from shared.bus.memory import MemoryBus
from shared.bus.port import Confirmed, Delivery, Done, Message, Outcome, Tuning
from shared.clock import SystemClock
from shared.contracts.complaints import Complaint, ComplaintReceived
from shared.contracts.envelope import Envelope, event
from shared.deployment import load
from shared.policy.library import Library
from shared.running import spare_the_collector
from shared.service import Parts
from shared.settings import Settings
from shared.telemetry.telemetry import Telemetry
from tests.benchmark import sixty
from tests.benchmark.again import KeepingDatabase
from tests.benchmark.bench_system import publish
from tests.benchmark.ground import Ground, ground
from tests.parts.stack import Stack

console = Console(stderr=True)
PREFIX = "bench"
BATCH = 200
CONFIG = "units: [{id: here, pack: sixty}]\n"


class Sink(MemoryBus):
    """Confirms everything and keeps nothing."""

    async def publish(self, messages: Sequence[Message]) -> list[Outcome]:
        return [Confirmed() for _ in messages]


def timed(label: str, calls: Sequence[Callable[[], object]]) -> tuple[float, float]:
    """p50 and p99 of the calls in microseconds of CPU."""
    times = []
    with Progress(console=console) as progress:
        for call in progress.track(calls, description=label):
            started = time.thread_time()
            call()
            times.append((time.thread_time() - started) * 1e6)
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]


def deciding(n: int) -> dict[str, Any]:
    """(a) and (b)."""
    random, bound = Random(1), sixty.sixty(windows=False)
    complaints = [sixty.complaint(i, random, n) for i in range(n)]
    facts = [decide(bound, complaint).facts for complaint in complaints]
    empty = {"claim_amount": 0, "channel": "", "product": ""} | {f"cue_{i}": False for i in range(20)}
    plain = [{name: given.get(name, nothing) for name, nothing in empty.items()} for given in facts]
    table, programs = _zen(), _celpy()
    few = plain[: max(n // 50, 10)]
    expected = [[rule for rule, holds in bound.rules.evaluate(given).items() if holds] for given in facts]
    assert [_fired(table, given) for given in plain] == expected
    assert [_holding(programs, given) for given in few] == expected[: len(few)]
    return {
        "decide_us": timed("(a) decide", [lambda c=c: decide(bound, c) for c in complaints]),
        "rules_us": timed("(b) rules alone", [lambda f=f: bound.rules.evaluate(f) for f in facts]),
        "zen_us": timed("(b) zen-engine", [lambda f=f: table.evaluate(f) for f in plain]),
        "celpy_us": timed("(b) cel-python", [lambda f=f: _holding(programs, f) for f in few]),
    }


def _zen() -> Any:
    """All rules as one decision table that collects what fires."""
    rows_ = [{"_id": r.id, "when": r.zen(), "rule": json.dumps(r.id)} for r in sixty.RULES]
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows_,
    }
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": place},
        {"id": "table", "name": "table", "type": "decisionTableNode", "position": place, "content": content},
        {"id": "out", "name": "out", "type": "outputNode", "position": place},
    ]
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"}
        for a, b in (("in", "table"), ("table", "out"))
    ]
    document = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    return zen.ZenEngine().create_decision(json.dumps(document))


def _fired(table: Any, facts: dict[str, Any]) -> list[str]:
    return [row["rule"] for row in table.evaluate(facts)["result"]]


def _celpy() -> dict[str, Any]:
    environment = celpy.Environment()
    return {r.id: environment.program(environment.compile(r.bare_cel())) for r in sixty.RULES}


def _holding(programs: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    given = celpy.json_to_cel(facts)
    return [id_ for id_, program in programs.items() if program.evaluate(given)]


def received(complaint: Complaint) -> Envelope:
    data, at = ComplaintReceived(complaint=complaint), complaint.received_at
    return event(data, source="intake", subject=complaint.id, sequence=1, time=at)


class Windowed:
    """The service over a store that is full of the past."""

    def __init__(self, place: Ground, folder: Path, past: int) -> None:
        self.place, self.past, self.random = place, past, Random(2)
        (folder / "packs").mkdir()
        (folder / "packs" / "sixty.yaml").write_text(sixty.text(windows=True), "utf-8")
        self.config = folder / "redress.yaml"
        self.config.write_text(CONFIG, "utf-8")
        self.packs = folder / "packs"
        self.deployment = load(self.config, Library(self.packs))
        self.next = past

    def newcomers(self, n: int) -> list[Envelope]:
        """Complaints that come in after all the past, a second apart."""
        first, self.next = self.next, self.next + n
        at = sixty.START + sixty.SPAN
        return [
            received(sixty.complaint(i, self.random, self.past, at + timedelta(seconds=i - self.past)))
            for i in range(first, first + n)
        ]

    async def logic(self, n: int) -> dict[str, Any]:
        """(c): handle batches as they would come from the queue."""
        clock = SystemClock()
        database = KeepingDatabase(self.place.mongo_url, f"{PREFIX}_grading")
        bus = Sink(Tuning(), clock)
        service = build(Parts(Settings(), clock, bus, database, self.deployment, Telemetry("grading")))
        await service.prepare()
        _, handle = service.subscriptions[0]

        async def batches(events: list[Envelope], label: str) -> tuple[float, float]:
            """Complaints a second, and CPU in microseconds a complaint."""
            seconds = cpu = 0.0
            with Progress(console=console) as progress:
                for start in progress.track(range(0, len(events), BATCH), description=label):
                    part = events[start : start + BATCH]
                    batch = [Delivery("redress.grading", e.key, e.id, e.encoded()) for e in part]
                    started, began = time.perf_counter(), time.process_time()
                    verdicts = await handle(batch)
                    seconds += time.perf_counter() - started
                    cpu += time.process_time() - began
                    assert all(isinstance(verdict, Done) for verdict in verdicts)
            return len(events) / seconds, cpu / len(events) * 1e6

        await batches(self.newcomers(BATCH), "warming up")
        await asyncio.to_thread(self.seed)
        for make_ready in service.ready:
            await make_ready()  # the indexes that were taken away
        await batches(self.newcomers(BATCH * 5), "warming up")
        spare_the_collector()  # as a process does when it is ready
        before = _resident(os.getpid())
        rate, cpu = await batches(self.newcomers(n), "(c) logic with windows")
        grown = _resident(os.getpid()) - before
        database.pages.keeping = True
        await batches(self.newcomers(some := BATCH * 20), "keeping its calls")
        store_seconds, store_cpu = await database.pages.again(console)
        database.close()
        return {
            "windows_per_s": rate,
            "windows_cpu_us": cpu,
            "windows_grown_mb": grown,
            "store_per_s": some / store_seconds,
            "store_cpu_us": store_cpu / some * 1e6,
        }

    def seed(self) -> None:
        """Copies of a page that went through the service, each in the groups of a complaint of its own; sent
        long ago, and put in before the indexes of the windows are made, which is quicker."""
        client: MongoClient[dict[str, Any]] = MongoClient(self.place.mongo_url, tz_aware=True)
        database = client[f"{PREFIX}_grading"]
        pattern = database["complaints"].find_one({}, {"pending_since": 0})
        slots = {name: f"s{n}" for n, name in enumerate(database[COLLECTION].find_one("sixty")["windows"])}
        assert pattern is not None
        unit = self.deployment.unit("here")
        tallies = Tallies("here", unit.pack, unit.calendar)
        for slot in slots.values():
            database["complaints"].drop_index(f"members_{slot}")
        with Progress(console=console) as progress, ThreadPoolExecutor(1) as writer:
            task = progress.add_task("the past", total=self.past)
            writing: Future[Any] | None = None
            for start in range(0, self.past, 2000):
                some = range(start, min(start + 2000, self.past))
                documents = [self._page(pattern, i, tallies, slots) for i in some]
                if writing is not None:
                    writing.result()
                writing = writer.submit(database["complaints"].insert_many, documents, ordered=False)
                progress.advance(task, len(some))
            if writing is not None:
                writing.result()
        client.close()

    def _page(
        self, pattern: dict[str, Any], n: int, tallies: Tallies, slots: dict[str, str]
    ) -> dict[str, Any]:
        complaint = sixty.complaint(n, self.random, self.past)
        facts = {
            "event": complaint.event,
            "customer": complaint.complainant.id,
            "claim_amount": complaint.claim.minor if complaint.claim else None,
        }
        members = {
            slots[named(key)]: {**row, "c": 0}
            for key, row in rows(tallies, Ungraded(facts, ()), (), complaint.received_at).items()
        }
        return {**pattern, "_id": complaint.id, "members": members, "was": [], "outbox": []}

    async def fed(self, n: int) -> dict[str, Any]:
        """(d): the process, until it has answered for all of them."""
        extra = {"REDRESS_PACKS": str(self.packs)}
        stack = Stack(
            self.place.amqp_url, self.place.mongo_url, PREFIX, self.config, self.place.mail.url, extra=extra
        )
        try:
            stack.start(["grading"])
            process = stack.processes["grading"]
            rates, sizes = [], []
            for label, count in (("warming up", max(n // 5, 1)), ("(d) fed by RabbitMQ", n)):
                bodies = [e.encoded() for e in self.newcomers(count)]
                wanted = _handled(process.url) + count
                with Progress(console=console) as progress:
                    task = progress.add_task(label, total=count)
                    started = time.perf_counter()
                    await publish(
                        self.place.amqp_url, "redress", "complaint.received", bodies, lambda _n: None
                    )
                    while (left := wanted - _handled(process.url)) > 0:
                        progress.update(task, completed=count - left)
                        await asyncio.sleep(0.2)
                    progress.update(task, completed=count)
                rates.append(count / (time.perf_counter() - started))
                sizes.append(_resident(process.popen.pid))
            return {"fed_per_s": rates[-1], "fed_mb": sizes[-1], "fed_grown_mb": sizes[-1] - sizes[0]}
        finally:
            stack.stop()


def _handled(url: str) -> int:
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    wanted = 'redress_events_total{outcome="done",type="complaint.received"}'
    return int(sum(float(line.split()[-1]) for line in lines if line.startswith(wanted)))


def _resident(pid: int) -> float:
    """Memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def show(result: dict[str, Any], args: argparse.Namespace) -> None:
    table = Table(title=f"{os.cpu_count()} cores, Python {platform.python_version()}")
    for column in ("what", "p50", "p99", "aim"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, what, aim in (
        ("decide_us", "(a) a complaint, text and 60 rules", "150 µs"),
        ("rules_us", "(b) the 60 rules alone", ""),
        ("zen_us", "    in zen-engine", ""),
        ("celpy_us", "    in cel-python", ""),
    ):
        p50, p99 = result[name]
        table.add_row(what, f"{p50:.0f} µs", f"{p99:.0f} µs", aim)
    what = f"(c) logic, windows over {args.past:,} past complaints"
    table.add_row(what, f"{result['windows_per_s']:.0f}/s", "", "1,500/s")
    table.add_row("    its CPU a complaint", f"{result['windows_cpu_us']:.0f} µs", "", "667 µs")
    table.add_row("    its calls of the store alone", f"{result['store_per_s']:.0f}/s", "", "")
    table.add_row("    their CPU a complaint", f"{result['store_cpu_us']:.0f} µs", "", "")
    table.add_row("    memory grown", f"{result['windows_grown_mb']:.0f} MB", "", "flat")
    table.add_row("(d) the process on RabbitMQ, same store", f"{result['fed_per_s']:.0f}/s", "", "")
    grown = f"{result['fed_grown_mb']:+.0f} MB"
    table.add_row("    memory, and grown", f"{result['fed_mb']:.0f} MB", grown, "flat")
    Console().print(table)
    print(json.dumps(result))


async def windowed(args: argparse.Namespace) -> dict[str, Any]:
    with ground() as place, tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        full = Windowed(place, Path(folder), args.past)
        return {**await full.logic(args.complaints), **await full.fed(args.complaints)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--complaints", type=int, default=20_000, help="for (c) and (d)")
    parser.add_argument("--past", type=int, default=1_000_000)
    args = parser.parse_args()
    result = {**deciding(args.decisions), **asyncio.run(windowed(args))}
    result = {k: [round(x, 1) for x in v] if isinstance(v, tuple) else round(v, 1) for k, v in result.items()}
    show(result, args)


if __name__ == "__main__":
    main()
