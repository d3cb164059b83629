"""Sends submissions to intake, several at once, and counts what became of them."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deploy.submitting.rows import Row

TRIES = 8


@dataclass
class Outcome:
    """How many were taken in, known already, refused; and which, with the reasons."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    assumed: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    unreachable: str | None = None

    @property
    def refused(self) -> int:
        return self.counts["refused"]

    def summary(self) -> str:
        new, known = self.counts["taken in"], self.counts["known"]
        told = f"{new} taken in, {known} known already, {self.refused} refused"
        if self.used:
            told += "; assumed " + ", ".join(f"{name}={self.assumed[name]}" for name in sorted(self.used))
        return told + (f"; stopped: {self.unreachable}" if self.unreachable else "")


class Sender:
    """Sends with `parallel` calls in flight. What the rows leave open is asked of intake and said aloud."""

    def __init__(self, url: str, constants: dict[str, str], parallel: int, origin: str) -> None:
        self._url = url
        self._constants = constants
        self._parallel = parallel
        self._origin = origin
        self._outcome = Outcome()

    async def send(self, rows: Iterator[Row]) -> Outcome:
        waiting: asyncio.Queue[tuple[int, Row] | None] = asyncio.Queue(self._parallel * 2)
        async with httpx.AsyncClient(base_url=self._url, timeout=60) as client:
            try:
                self._outcome.assumed = await self._assumptions(client)
            except httpx.HTTPError as error:
                self._outcome.unreachable = (
                    f"{self._url} does not answer ({type(error).__name__}); redress up?"
                )
                return self._outcome
            with _progress() as progress:
                task = progress.add_task("submitting", total=None)
                callers = [
                    asyncio.create_task(self._caller(client, waiting, progress, task))
                    for _ in range(self._parallel)
                ]
                number = 0
                for number, row in enumerate(rows, 1):
                    await waiting.put((number, row))
                progress.update(task, total=number)
                for _ in callers:
                    await waiting.put(None)
                await asyncio.gather(*callers)
        return self._outcome

    async def _assumptions(self, client: httpx.AsyncClient) -> dict[str, str]:
        """Unit and channel where neither the command nor the rows name them: the first that intake has."""
        units = (await client.get("/v1/units")).json()["units"]
        wanted = self._constants.get("unit") or self._constants.get("pack")
        unit = next((u for u in units if wanted in (None, u["id"], u["pack"])), units[0])
        return {"unit": unit["id"], "channel": unit["channels"][0]["id"]}

    async def _caller(
        self,
        client: httpx.AsyncClient,
        waiting: asyncio.Queue[tuple[int, Row] | None],
        progress: Progress,
        task: Any,
    ) -> None:
        while (item := await waiting.get()) is not None:
            number, row = item
            self._outcome.counts[await self._one(client, number, row)] += 1
            progress.advance(task)

    async def _one(self, client: httpx.AsyncClient, number: int, row: Row) -> str:
        body = {**self._constants, **row} if isinstance(row, dict) else row
        if isinstance(body, dict):
            open_ = {k: v for k, v in self._outcome.assumed.items() if k not in body}
            if "pack" in body:
                open_.pop("unit", None)
            self._outcome.used.update(open_)
            body = {**open_, **body}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(f"{self._origin}:{number}:{text}".encode()).hexdigest()
        headers = {"Idempotency-Key": digest, "Content-Type": "application/json"}
        answer = await self._patiently(client, text, headers)
        if answer is None:
            return "unreachable"
        if answer.status_code < 300:
            return "taken in" if answer.status_code == 201 else "known"
        self._outcome.refusals.append(f"row {number}: {_why(answer)}")
        return "refused"

    async def _patiently(
        self, client: httpx.AsyncClient, text: str, headers: dict[str, str]
    ) -> httpx.Response | None:
        """Try again while intake is away or asks to wait; the key makes a repeat harmless."""
        last = "intake asked to wait again and again"
        for attempt in range(TRIES):
            try:
                answer = await client.post("/v1/complaints", content=text.encode(), headers=headers)
                if answer.status_code != 503:
                    return answer
                pause = float(answer.headers.get("Retry-After", 1))
            except httpx.TransportError as error:
                pause = 0.2 * 2**attempt
                last = type(error).__name__
            await asyncio.sleep(pause)
        self._outcome.unreachable = last
        return None


def _why(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        reasons = "; ".join(
            f"{e['field']} {e['problem']}: {e['expected']}" for e in problem.get("errors", ())
        )
        return f"{problem['title']}: {reasons}" if reasons else str(problem["title"])
    except (ValueError, KeyError):
        return f"HTTP {answer.status_code}"


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
