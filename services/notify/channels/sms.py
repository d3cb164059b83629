"""SMS through a provider: a gateway that is spoken to over HTTP, or a file for trying things out."""

import asyncio
import json
import os
from pathlib import Path
from typing import Protocol

import httpx

from services.notify.channels.port import Outcome, Outgoing, Refused, Sent, Temporary, Unknown
from shared.deployment import SmsFile, SmsGateway

TOO_MANY, TIMED_OUT = 429, 408


class SmsProvider(Protocol):
    """Takes one short message. It answers as a `Channel` does, so that it can be used as one."""

    async def send(self, message: Outgoing) -> Outcome: ...

    async def rest(self) -> None: ...


class HttpGateway:
    """A gateway that takes `POST url` with `{"id", "to", "text"}` and a bearer token.

    The header `Idempotency-Key` carries the message's id. 2xx: taken. 429, 408 and 5xx: later. Other
    answers: refused. No answer to a request that was written: unknown.
    """

    def __init__(self, gateway: SmsGateway) -> None:
        self._gateway = gateway
        token = gateway.token_file.read_text("utf-8").strip() if gateway.token_file else None
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._tls = httpx.create_ssl_context()  # reading the certificates is slow, so it is done once
        self._client: httpx.AsyncClient | None = None

    async def send(self, message: Outgoing) -> Outcome:
        try:
            answer = await self._connected().post(
                self._gateway.url,
                json={"id": message.id, "to": message.to, "text": message.text},
                headers={"Idempotency-Key": message.id},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Temporary(f"the gateway cannot be reached: {type(error).__name__}")
        except httpx.TransportError as error:
            return Unknown(f"the gateway gave no answer: {type(error).__name__}")
        return _read(answer.status_code)

    async def rest(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _connected(self) -> httpx.AsyncClient:
        if self._client is None:
            timeout = self._gateway.timeout_seconds
            self._client = httpx.AsyncClient(headers=self._headers, timeout=timeout, verify=self._tls)
        return self._client


def _read(status: int) -> Outcome:
    said = f"the gateway answered {status}"
    if 200 <= status < 300:
        return Sent()
    return Temporary(said) if status in (TOO_MANY, TIMED_OUT) or status >= 500 else Refused(said)


class FileProvider:
    """Appends each message to a file as one line of JSON, on the disk before it counts as sent."""

    def __init__(self, file: SmsFile) -> None:
        self._path = file.path

    async def send(self, message: Outgoing) -> Outcome:
        line = {"id": message.id, "to": message.to, "text": message.text, "at": message.at.isoformat()}
        try:
            await asyncio.to_thread(_append, self._path, json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            return Temporary(f"the file cannot be written: {error.strerror}")
        return Sent()

    async def rest(self) -> None:
        return None


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def provider(settings: SmsFile | SmsGateway) -> SmsProvider:
    """The provider that the deployment names."""
    return HttpGateway(settings) if isinstance(settings, SmsGateway) else FileProvider(settings)
