"""How sla keeps time on this machine: firing lag, catching up, events applied, memory; and how many deadlines
shared.worktime reckons, beside two libraries that count working days.

A mongod of its own on disk, journaled, with as many open clocks as asked for; one process of sla's own code;
the bus confirms at once, so that sla and its store are measured and not the broker. Event loop and collector
are set up as a service has them. Prints a table and one line of JSON.
"""

import argparse
import asyncio
import json
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import Any

import holidays
import structlog
import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.local.mongod import PrivateMongod
from deploy.local.ports import free_port
from services.sla.app import build
from services.sla.timers import Timers
from shared.bus.memory import MemoryBus
from shared.bus.port import Delivery, Done, Message, Subscription, Tuning, Verdict
from shared.clock import SystemClock
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment
from shared.running import spare_the_collector
from shared.service import Parts, Service
from shared.settings import Settings
from shared.store.mongo import Database
from shared.telemetry.telemetry import Telemetry
from shared.worktime import Calendar, Limit, deadline
from tests.benchmark.elsewhere import business_days, nth_working_day
from tests.parts import trial
from tests.parts.open_clocks import OpenClocks, graded

console = Console(stderr=True)
LIMIT = timedelta(minutes=60)
"""The limit of the trial's clock."""
FAR = timedelta(days=365)
SOON = timedelta(seconds=5)
Result = dict[str, float]


class Lags:
    """Hears what sla says, and how late each breach was heard, in seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def handle(self, batch: Sequence[Delivery]) -> list[Verdict]:
        now = datetime.now(UTC)
        for delivery in batch:
            if delivery.key == "clock.breached":
                due = Envelope.model_validate_json(delivery.body).time
                self.seconds.append((now - due).total_seconds())
        return [Done() for _ in batch]


class Bench:
    """sla over a database full of open clocks."""

    def __init__(self, mongo_url: str, folder: Path) -> None:
        self.deployment: Deployment = trial.deployment(folder)
        clock = SystemClock()
        self.bus = MemoryBus(Tuning(), clock)
        self.database = Database(mongo_url, "bench_sla")
        settings = Settings.model_validate({"mongo_url": mongo_url})
        self.service: Service = build(
            Parts(settings, clock, self.bus, self.database, self.deployment, Telemetry("sla"))
        )
        self.lags = Lags()

    async def open(self) -> None:
        await self.service.prepare()
        await self.bus.subscribe(Subscription("bench", ("clock.#", "complaint.escalated")), self.lags.handle)

    async def seed(self, moments: Sequence[datetime], title: str, tag: str) -> float:
        """Open clocks that run out at these moments; how many a second were written."""
        pages = self.database.collection("complaints")
        started = time.perf_counter()
        with Progress(console=console) as progress:
            task = progress.add_task(title, total=len(moments))
            batches = OpenClocks(self.deployment).pages([m - LIMIT for m in moments], tag=tag)
            while few := list(islice(batches, 4)):
                await asyncio.gather(*(pages.insert_many(batch, ordered=False) for batch in few))
                progress.advance(task, sum(map(len, few)))
        return len(moments) / (time.perf_counter() - started)

    async def firing(self, per_second: int, seconds: int) -> Result:
        """`per_second` timers fall due, each second, while the workers run as in production."""
        start = datetime.now(UTC) + SOON + timedelta(seconds=per_second * seconds / 1000)
        count = per_second * seconds
        moments = [start + timedelta(milliseconds=10 * (n * 100 // per_second)) for n in range(count)]
        await self.seed(moments, "timers that fall due", "due")
        late = (datetime.now(UTC) - start).total_seconds()
        if late > 0:
            raise SystemExit(f"the store was {late:.0f} s too slow to seed; ask for fewer per second")
        self.lags.seconds.clear()
        workers = asyncio.create_task(self.service.run_workers())
        await self._all(count, f"firing {per_second}/s")
        workers.cancel()
        await asyncio.gather(workers, return_exceptions=True)
        cuts = quantiles(self.lags.seconds, n=100)
        return {"lag_p50_s": cuts[49], "lag_p99_s": cuts[98], "lag_max_s": max(self.lags.seconds)}

    async def catching_up(self, count: int) -> Result:
        """`count` timers fell due over ten minutes in which no replica lived."""
        now = datetime.now(UTC)
        moments = [now - timedelta(seconds=600 * n // count) for n in range(count, 0, -1)]
        await self.seed(moments, "timers that fell due", "past")
        self.lags.seconds.clear()
        (timers,) = [w for w in self.service.workers if isinstance(w, Timers)]
        started = time.perf_counter()
        with Progress(console=console) as progress:
            task = progress.add_task("catching up", total=count)
            while await timers.work():
                progress.update(task, completed=len(self.lags.seconds))
        assert len(self.lags.seconds) == count, "some did not fire"
        return {"catch_up_per_s": count / (time.perf_counter() - started)}

    async def applying(self, count: int) -> Result:
        """Gradings of complaints that sla has not met, in batches as the bus gives them."""
        now = datetime.now(UTC)
        ids = [f"new-{n:08d}" for n in range(count)]
        envelopes = [graded(self.deployment, id_, now) for id_ in ids]
        messages = [Message(e.key, e.id, e.encoded()) for e in envelopes]
        started = time.perf_counter()
        with Progress(console=console) as progress:
            task = progress.add_task("events", total=count)
            for first in range(0, count, 200):
                await self.bus.publish(messages[first : first + 200])
                progress.advance(task, len(messages[first : first + 200]))
        return {"events_per_s": count / (time.perf_counter() - started)}

    async def _all(self, count: int, title: str) -> None:
        with Progress(console=console) as progress:
            task = progress.add_task(title, total=count)
            while len(self.lags.seconds) < count:
                progress.update(task, completed=len(self.lags.seconds))
                await asyncio.sleep(0.1)
            progress.update(task, completed=count)


def megabytes() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def deadlines(count: int) -> Result:
    """N working days from each day of 2024 to 2026, N from 1 to 15: the same questions to each."""
    first = date(2024, 1, 1)
    starts = [datetime(d.year, d.month, d.day, 2, 30, tzinfo=UTC) for d in _days(first, 1000)]
    questions = [(starts[n % 1000], 1 + n % 15) for n in range(count)]
    calendar, china = Calendar.default(), holidays.country_holidays("CN", years=range(2023, 2028))
    limits = {n: Limit.parse(f"{n} working days") for n in range(1, 16)}
    answers = [deadline(start, limits[n], calendar).due for start, n in questions]
    ours = _rate(lambda start, n: deadline(start, limits[n], calendar).due, questions)
    few, fewer = questions[: max(count // 20, 200)], questions[: max(count // 1000, 50)]
    theirs = _rate(lambda start, n: nth_working_day(china, start, n), few)
    known = iter(answers)
    durations = _rate(lambda start, n: business_days(china, start, next(known)), fewer)
    return {
        "deadlines_per_s": ours,
        "holidays_per_s": theirs,
        "business_duration_per_s": durations,
        "times_holidays": ours / theirs,
        "times_business_duration": ours / durations,
    }


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


def _rate(answer: Callable[[datetime, int], object], questions: Sequence[tuple[datetime, int]]) -> float:
    started = time.perf_counter()
    for start, n in questions:
        answer(start, n)
    return len(questions) / (time.perf_counter() - started)


async def measure(args: argparse.Namespace, mongo_url: str, folder: Path) -> Result:
    bench = Bench(mongo_url, folder)
    await bench.open()
    spare_the_collector()
    far = datetime.now(UTC).replace(microsecond=0) + FAR
    every = [far + timedelta(minutes=n % 1000) for n in range(args.open)]
    result: Result = {"seeded_per_s": await bench.seed(every, "open clocks", "open")}
    before = megabytes()
    result |= await bench.firing(args.per_second, args.seconds)
    result |= await bench.catching_up(args.backlog)
    result |= await bench.applying(args.events)
    result |= {"memory_before_mb": before, "memory_after_mb": megabytes()}
    bench.database.close()
    return result | deadlines(args.deadlines)


AIMS = {
    "lag_p99_s": "at most 1",
    "catch_up_per_s": "at least 2,000",
    "times_holidays": "at least 5",
    "times_business_duration": "at least 20",
}


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmark.bench_sla", description=__doc__)
    asked.add_argument("--open", type=int, default=1_000_000, help="open clocks")
    asked.add_argument("--per-second", type=int, default=500, help="timers that fall due")
    asked.add_argument("--seconds", type=int, default=60, help="for so long")
    asked.add_argument("--backlog", type=int, default=50_000, help="timers to catch up")
    asked.add_argument("--events", type=int, default=20_000)
    asked.add_argument("--deadlines", type=int, default=200_000)
    args = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with (
        tempfile.TemporaryDirectory(prefix="redress-bench-") as folder,
        PrivateMongod(Path(folder) / "db", free_port(), cache_gb=1.0) as mongod,
    ):
        result = uvloop.run(measure(args, mongod.url, Path(folder)))
    sheet = Table("what", "measured", "aim")
    for name, value in result.items():
        sheet.add_row(name, f"{value:,.3f}" if value < 100 else f"{value:,.0f}", AIMS.get(name, ""))
    console.print(sheet)
    told: dict[str, Any] = {**result, **vars(args), "python": platform.python_version()}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
