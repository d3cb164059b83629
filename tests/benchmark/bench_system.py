"""How much the whole system does on this machine, beside a bare loop that moves the same and does nothing.

Everything runs here: RabbitMQ (quorum queues), mongod (journaled, majority), five service processes, the
load. (a) submissions drained through all five; (b) lifecycles over HTTP; (c) the bare loop; (d) lifecycles
with many complaints already there. Prints a table and one line of JSON.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

import aio_pika
from pymongo import MongoClient
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.local.sample import SAMPLE
from tests.benchmark import bare
from tests.benchmark.calls import Caller
from tests.benchmark.ground import Ground, ground
from tests.benchmark.seed import seed
from tests.benchmark.usage import usage
from tests.parts.stack import ROOT, SERVICES, Stack

console = Console(stderr=True)
TEXT = "交付时卧室窗框漏水，报修两周了还没有人来处理，物业和工程部互相推诿，要求给出书面答复和整改时间。"
PREFIX = "bench"
COUNTED_EVERY = 6
"""Seconds after which the broker has brought its counts up to date."""


def submission(n: int, tag: str) -> dict[str, Any]:
    return {
        "ref": f"{tag}-{n}",
        "unit": "bank",
        "channel": "phone",
        "text": TEXT,
        "complainant": {"id": f"customer-{n}"},
        "branch": f"branch-{n % 40}",
    }


async def publish(
    url: str, exchange: str, key: str, bodies: list[bytes], progress: Callable[[int], None]
) -> None:
    """As fast as confirms come, 500 at a time."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        target = await channel.get_exchange(exchange)
        for start in range(0, len(bodies), 500):
            part = bodies[start : start + 500]
            await asyncio.gather(
                *(target.publish(aio_pika.Message(b, delivery_mode=2), key, mandatory=True) for b in part)
            )
            progress(len(part))


async def drained(count: Callable[[], int], wanted: int, bar: Callable[[int], None]) -> None:
    while (have := count()) < wanted:
        bar(have)
        await asyncio.sleep(0.1)


def received(client: MongoClient[dict[str, Any]], prefix: str) -> int:
    """What the report has counted of the bank: the last step of a submission."""
    rows = client[f"{prefix}_reporting"]["complaints"]
    return rows.count_documents({"clocks": {"$exists": True, "$ne": {}}})


async def submissions(place: Ground, n: int) -> float:
    """(a): from the first publish until the report has counted the last clock."""
    bodies = [json.dumps(submission(i, "a"), ensure_ascii=False).encode() for i in range(n)]
    client: MongoClient[dict[str, Any]] = MongoClient(place.mongo_url)
    before = received(client, PREFIX)
    with Progress(console=console) as progress:
        task = progress.add_task("(a) submissions", total=n)
        started = time.perf_counter()
        await publish(place.amqp_url, "redress.submissions", "submit", bodies, lambda _n: None)
        await drained(
            lambda: received(client, PREFIX) - before, n, lambda have: progress.update(task, completed=have)
        )
        progress.update(task, completed=n)
    client.close()
    return n / (time.perf_counter() - started)


async def bare_submissions(place: Ground, n: int) -> float:
    """(c): the same number of messages and documents, nothing else."""
    client: MongoClient[dict[str, Any]] = MongoClient(place.mongo_url)
    roles = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmark.bare", role, place.amqp_url, place.mongo_url], cwd=ROOT
        )
        for role in SERVICES
    ]
    try:
        await _all_consume(place)
        pad = "x" * 1200
        bodies = [json.dumps({"id": f"b{i}", "key": "submitted", "pad": pad}).encode() for i in range(n)]
        with Progress(console=console) as progress:
            task = progress.add_task("(c) bare loop", total=n)
            started = time.perf_counter()
            await publish(place.amqp_url, bare.EXCHANGE, "submitted", bodies, lambda _n: None)
            await drained(
                lambda: client["bare_reporting"]["pages"].count_documents({"half-year": {"$exists": True}}),
                n,
                lambda have: progress.update(task, completed=have),
            )
            progress.update(task, completed=n)
        return n / (time.perf_counter() - started)
    finally:
        for role in roles:
            role.kill()
        client.close()


async def _all_consume(place: Ground) -> None:
    """Until each of the bare loop's roles has its queue, with its bindings, and listens."""
    while True:
        queues = place.broker.api("GET", "queues")
        if sum(q["name"].startswith("bare.") and q.get("consumers", 0) > 0 for q in queues) == len(SERVICES):
            return
        await asyncio.sleep(0.2)


class Lifecycles:
    """(b) and (d): create, assign, resolve, search; `callers` at once; the time of every call is kept."""

    def __init__(self, url: str, callers: int) -> None:
        self.url, self.callers = url, callers
        self.times: dict[str, list[float]] = {"create": [], "assign": [], "resolve": [], "search": []}

    async def run(self, n: int, tag: str) -> float:
        numbers = iter(range(n))
        host, _, port = self.url.removeprefix("http://").partition(":")
        with Progress(console=console) as progress:
            task = progress.add_task(f"lifecycles {tag}", total=n)

            async def calling() -> None:
                caller = Caller(host, int(port))
                for i in numbers:
                    await self._one(caller, i, tag)
                    progress.advance(task)
                await caller.close()

            started = time.perf_counter()
            await asyncio.gather(*(calling() for _ in range(self.callers)))
        return n / (time.perf_counter() - started)

    async def _one(self, caller: Caller, n: int, tag: str) -> None:
        body = {**submission(n, tag), "unit": "property", "channel": "hotline", "category": "repair/handover"}
        path = (await self._timed("create", caller, "POST", "/v1/complaints", body))["links"]["milestones"]
        for call, milestone in (("assign", "accepted"), ("resolve", "close_applied")):
            await self._timed(call, caller, "POST", path, {"milestone": milestone, "by": "agent-7"})
        query = f"unit=property&branch={body['branch']}&state=open&limit=20"
        await self._timed("search", caller, "GET", f"/v1/complaints?{query}")

    async def _timed(
        self, call: str, caller: Caller, method: str, path: str, body: dict[str, Any] | None = None
    ) -> Any:
        started = time.perf_counter()
        answer = await caller.call(method, path, body)
        self.times[call].append((time.perf_counter() - started) * 1000)
        assert answer.status < 300, answer
        return answer.body

    def percentiles(self) -> dict[str, tuple[float, float]]:
        """p50 and p95 of each call, in milliseconds."""
        cuts = {call: quantiles(times, n=20) for call, times in self.times.items()}
        return {call: (cut[9], cut[18]) for call, cut in cuts.items()}


async def settled(place: Ground, seconds: float = 300) -> float:
    """Wait until every queue is empty and every mail is out; how long that took."""
    started = time.perf_counter()
    client: MongoClient[dict[str, Any]] = MongoClient(place.mongo_url)
    while time.perf_counter() - started < seconds:
        queues = place.broker.ctl("list_queues", "messages").split()
        waiting = sum(int(q) for q in queues if q.isdigit())
        mails = client[f"{PREFIX}_notify"]["messages"].count_documents(
            {"state": {"$in": ["pending", "sending"]}}
        )
        if waiting == 0 and mails == 0:
            break
        await asyncio.sleep(0.5)
    client.close()
    took = time.perf_counter() - started
    await asyncio.sleep(COUNTED_EVERY)
    return took


async def measure(place: Ground, args: argparse.Namespace) -> dict[str, Any]:
    stack = Stack(place.amqp_url, place.mongo_url, PREFIX, SAMPLE, place.mail.url)
    result: dict[str, Any] = {}
    try:
        stack.start()
        await submissions(place, min(args.submissions, 500))
        await settled(place)
        before = usage(place, stack)
        result["submissions_per_s"] = await submissions(place, args.submissions)
        await settled(place)
        result["each_submission"] = usage(place, stack).since(before, args.submissions)
        plain = Lifecycles(stack.url("intake"), args.callers)
        before = usage(place, stack)
        result["lifecycles_per_s"] = await plain.run(args.lifecycles, "b")
        result["settled_after_s"] = await settled(place)
        result["each_lifecycle"] = usage(place, stack).since(before, args.lifecycles)
        result["calls"] = plain.percentiles()
        every = quantiles([t for times in plain.times.values() for t in times], n=20)
        result["p50_ms"], result["p95_ms"] = every[9], every[18]
        if args.loaded:
            seed(place.mongo_url, PREFIX, args.loaded, console)
            full = Lifecycles(stack.url("intake"), args.callers)
            before = usage(place, stack)
            result["lifecycles_per_s_loaded"] = await full.run(args.lifecycles, "d")
            result["calls_loaded"] = full.percentiles()
            await settled(place)
            result["each_lifecycle_loaded"] = usage(place, stack).since(before, args.lifecycles)
    finally:
        stack.stop()
    await asyncio.sleep(COUNTED_EVERY)
    before = usage(place)
    result["bare_submissions_per_s"] = await bare_submissions(place, args.submissions)
    await asyncio.sleep(COUNTED_EVERY)
    result["each_bare"] = usage(place).since(before, args.submissions)
    result["ratio"] = result["submissions_per_s"] / result["bare_submissions_per_s"]
    return result


def show(result: dict[str, Any], args: argparse.Namespace, version: str) -> None:
    table = Table(
        title=f"{os.cpu_count()} cores, {platform.python_version()}, RabbitMQ {version}, everything on it"
    )
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_row(
        f"(a) {args.submissions} submissions through all five", f"{result['submissions_per_s']:.0f}/s"
    )
    table.add_row(
        "(c) the bare loop, same messages and documents", f"{result['bare_submissions_per_s']:.0f}/s"
    )
    table.add_row("    (a) / (c)", f"{result['ratio']:.0%}")
    table.add_row(
        f"(b) {args.lifecycles} lifecycles, {args.callers} callers", f"{result['lifecycles_per_s']:.0f}/s"
    )
    for call, (p50, p95) in result["calls"].items():
        table.add_row(f"    {call}: p50 / p95", f"{p50:.0f} / {p95:.0f} ms")
    if args.loaded:
        share = result["lifecycles_per_s_loaded"] / result["lifecycles_per_s"]
        table.add_row(
            f"(d) the same with {args.loaded} there",
            f"{result['lifecycles_per_s_loaded']:.0f}/s ({share:.0%})",
        )
    Console().print(table)
    print(json.dumps({k: round(v, 2) if isinstance(v, float) else v for k, v in result.items()}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=5000)
    parser.add_argument("--lifecycles", type=int, default=2000)
    parser.add_argument("--callers", type=int, default=24)
    parser.add_argument("--loaded", type=int, default=200_000)
    args = parser.parse_args()
    with ground() as place:
        result = asyncio.run(measure(place, args))
        show(result, args, place.broker.api("GET", "overview")["rabbitmq_version"])


if __name__ == "__main__":
    main()
