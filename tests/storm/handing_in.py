"""Those who hand complaints in: like real clients they repeat, under one key, until they are answered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import aio_pika
import httpx
from aio_pika.abc import AbstractConnection, AbstractExchange

from shared.bus.port import SUBMISSIONS
from tests.storm.mix import Case

PAUSE = 0.5
LONGEST_PAUSE = 5.0
CALLERS = 12
PUBLISHERS = 8
CALL_SECONDS = 20


@dataclass
class Handed:
    """What was answered. `odd` are answers that a patient client must not get."""

    accepted: dict[str, str] = field(default_factory=dict)
    """By ref; over HTTP the complaint's id, over AMQP nothing but the broker's word."""
    recorded: set[str] = field(default_factory=set)
    repeats: int = 0
    odd: list[str] = field(default_factory=list)


class HandingIn:
    """Hands every case in at its moment. `run` returns when each was accepted."""

    def __init__(self, cases: Sequence[Case], intake: Sequence[str], amqp: str, handed: Handed) -> None:
        self._cases, self._intake, self._amqp, self._handed = cases, intake, amqp, handed

    async def run(self) -> None:
        self._begun = asyncio.get_running_loop().time()
        calls = [case for case in self._cases if case.way == "http"]
        messages = [case for case in self._cases if case.way != "http"]
        async with asyncio.TaskGroup() as group:
            for n in range(CALLERS):
                url = self._intake[n % len(self._intake)]
                group.create_task(self._caller(calls[n::CALLERS], url))
            for n in range(PUBLISHERS):
                group.create_task(self._publisher(messages[n::PUBLISHERS]))

    async def _moment(self, case: Case) -> None:
        await asyncio.sleep(self._begun + case.after - asyncio.get_running_loop().time())

    async def _caller(self, cases: Sequence[Case], url: str) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=CALL_SECONDS) as client:
            for case in cases:
                await self._moment(case)
                answer = await self._post(client, "/v1/complaints", case.body(), case.key)
                self._handed.accepted[case.ref] = answer["id"]
                if case.milestone is not None:
                    path = f"/v1/complaints/{answer['id']}/milestones"
                    body = f'{{"milestone": "{case.milestone}", "by": "storm"}}'.encode()
                    await self._post(client, path, body, f"{case.key}-milestone")
                    self._handed.recorded.add(case.ref)

    async def _post(self, client: httpx.AsyncClient, path: str, body: bytes, key: str) -> dict[str, str]:
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        while True:
            pause = PAUSE
            try:
                answer = await client.post(path, content=body, headers=headers)
                if answer.is_success:
                    told: dict[str, str] = answer.json()
                    return told
                if answer.status_code != 503:
                    self._handed.odd.append(f"{key}: {answer.status_code} {answer.text[:200]}")
                pause = min(float(answer.headers.get("Retry-After", PAUSE)), LONGEST_PAUSE)
            except httpx.TransportError:
                pass
            self._handed.repeats += 1
            await asyncio.sleep(pause)

    async def _publisher(self, cases: Sequence[Case]) -> None:
        post = _Post(self._amqp)
        for case in cases:
            await self._moment(case)
            while not await post.sent(case):
                self._handed.repeats += 1
                await asyncio.sleep(PAUSE)
            self._handed.accepted[case.ref] = ""
        await post.close()


class _Post:
    """One connection to the broker, made anew after trouble; a message counts when it is confirmed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None

    async def sent(self, case: Case) -> bool:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                exchange = self._exchange or await self._open()
                await exchange.publish(_message(case), "submit", mandatory=True)
                return True
        except (Exception, asyncio.CancelledError):
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            await self.close()
            return False

    async def _open(self) -> AbstractExchange:
        self._connection = await aio_pika.connect(self._url, timeout=CALL_SECONDS)
        channel = await self._connection.channel(on_return_raises=True)
        self._exchange = await channel.get_exchange(SUBMISSIONS, ensure=False)
        return self._exchange

    async def close(self) -> None:
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            try:
                async with asyncio.timeout(2):
                    await connection.close()
            except (Exception, asyncio.CancelledError):
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise


def _message(case: Case) -> aio_pika.Message:
    kind = "application/cloudevents+json" if case.way == "event" else "application/json"
    return aio_pika.Message(
        case.body(),
        content_type=kind,
        message_id=case.key,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )
