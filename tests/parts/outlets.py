"""Providers to send to, on loopback: an SMTP server and an SMS gateway that do as the test tells them."""

import asyncio
import email
import email.policy
import json
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.parts.ports import LOOPBACK

Manner = Literal["ok", "later", "refuse", "hang", "drop", "refuse_address", "greylist", "slow_start"]


@dataclass
class MailServer:
    """Speaks real SMTP. `manners` are used up one by one, then `manner` holds."""

    manner: Manner = "ok"
    manners: list[Manner] = field(default_factory=list)
    caught: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: int = 0
    _now: dict[int, Manner] = field(default_factory=dict)
    """By session, since several connections are served at a time."""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._released = asyncio.Event()
        self._server = await loop.create_server(self._connection, LOOPBACK, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"smtp://{LOOPBACK}:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        self._server.close()
        await asyncio.sleep(0.02)

    def _connection(self) -> SMTP:
        self.connections += 1
        return SMTP(self, hostname="mail.test", loop=asyncio.get_running_loop())

    def _next(self) -> Manner:
        return self.manners.pop(0) if self.manners else self.manner

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        now = self._now[id(session)] = self._next()
        if now == "slow_start":
            await self._released.wait()
        if now == "refuse_address":
            return "550 no such user"
        if now == "greylist":
            return "450 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        now = self._now[id(session)]
        if now == "later":
            return "451 not now"
        if now == "refuse":
            return "554 never"
        raw = envelope.original_content or b""
        self.caught.append(email.message_from_bytes(raw, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        if now == "hang":
            await self._released.wait()
        if now == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"


@dataclass
class Gateway:
    """An SMS gateway over HTTP/1.1. What it took stands in `taken`, with the headers of the request."""

    manner: Manner = "ok"
    status: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._released = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://{LOOPBACK}:{self.port}/send"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0.02)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head.decode(), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = [line.split(": ", 1) for line in head.splitlines()[1:] if line]
        headers = {name.lower(): value for name, value in lines}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        status = self.status or {"later": 503, "refuse": 422}.get(self.manner, 202)
        if 200 <= status < 300:
            self.taken.append(body)
            self.headers.append(headers)
        if self.manner == "hang":
            await self._released.wait()
        if self.manner == "drop":
            writer.close()
            return
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        await writer.drain()
