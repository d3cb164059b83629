"""What each process spends meanwhile: CPU time, statements of the store, messages of the broker.

On a machine that others use too, wall time says little; CPU per complaint says where the time goes.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from tests.benchmark.ground import Ground
from tests.parts.stack import Stack

TICKS = os.sysconf("SC_CLK_TCK")
STATEMENTS = ("insert", "query", "update", "command")


@dataclass(frozen=True)
class Usage:
    """CPU seconds by process, statements of the store by kind, messages published and delivered."""

    cpu: Mapping[str, float]
    store: Mapping[str, int]
    broker: Mapping[str, int] = field(default_factory=dict)

    def since(self, before: "Usage", each: int) -> dict[str, float]:
        """What came in between, for each of `each`: CPU in milliseconds, and counts."""
        cpu = {f"{name}_ms": (self.cpu[name] - before.cpu[name]) * 1000 for name in self.cpu}
        counted = {name: self.store[name] - before.store[name] for name in self.store}
        moved = {name: self.broker[name] - before.broker.get(name, 0) for name in self.broker}
        every = {"cpu_ms": sum(cpu.values()), **cpu, **counted, **moved}
        return {name: round(value / each, 2) for name, value in every.items()}


def usage(place: Ground, stack: Stack | None = None) -> Usage:
    """What has been spent until now, by the processes of `stack` too."""
    client: MongoClient[dict[str, Any]] = MongoClient(place.mongo_url)
    with client:
        status = client.admin.command("serverStatus")
    pids = {name: process.popen.pid for name, process in (stack.processes if stack else {}).items()}
    pids |= {
        "mongod": int(status["pid"]),
        "rabbitmq": int(place.broker.ctl("eval", "os:getpid().").strip().strip('"')),
        "load": os.getpid(),
    }
    moved = place.broker.api("GET", "overview").get("message_stats", {})
    return Usage(
        {name: _cpu(pid) for name, pid in pids.items()},
        {
            f"store_{kind}": int(status["opcounters"][kind])
            for kind in ("insert", "query", "update", "command")
        },
        {f"broker_{kind}": int(moved.get(kind, 0)) for kind in ("publish", "deliver")},
    )


def _cpu(pid: int) -> float:
    """User and system seconds of a process, from the kernel's own count."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
