"""E-mail over SMTP, on connections that are kept while there is mail to send.

Up to the DATA command nothing was handed over: trouble until then is temporary, or a refusal if the
server says 5xx of the sender or the recipient. From DATA on only the server's answer counts; without
one the outcome is unknown.
"""

import asyncio
import html
import socket
from contextlib import suppress
from dataclasses import dataclass
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from services.notify.channels.port import Outcome, Outgoing, Refused, Sent, Temporary, Unknown

WIRE = compat32.clone(linesep="\r\n", max_line_length=None)
CONNECTIONS = 8
"""How many connections to the server are open at most."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where the mail goes. `tls` from the start, or by an upgrade (`starttls`), or not at all."""

    host: str
    port: int
    tls: bool = False
    starttls: bool = False
    user: str | None = None
    password: str | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """`smtp://`, `smtps://` or `smtp+starttls://`, with `user:password@` where the server asks for it.

        ValueError, which never repeats the URL, since a password may stand in it.
        """
        parts = urlsplit(url)
        ports = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
        if parts.scheme not in ports or not parts.hostname:
            raise ValueError("the mail server: expected smtp://, smtps:// or smtp+starttls:// and a host")
        return cls(
            host=parts.hostname,
            port=parts.port or ports[parts.scheme],
            tls=parts.scheme == "smtps",
            starttls=parts.scheme == "smtp+starttls",
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class Email:
    """Answers `Channel`. `sender` is a mailbox (`Redress <redress@example.com>`)."""

    def __init__(self, server: MailServer, sender: str, timeout: float = 30) -> None:
        self._server, self._sender, self._timeout = server, sender, timeout
        self._from = parseaddr(sender)[1]
        self._idle: list[SMTP] = []
        self._places = asyncio.Semaphore(CONNECTIONS)

    async def send(self, message: Outgoing) -> Outcome:
        if not message.to.isascii() or not _has_host(message.to):
            return Refused("this is no address that mail can be sent to")
        async with self._places:
            try:
                async with asyncio.timeout(self._timeout):
                    client = await self._announced(message)
            except SMTPResponseException as error:
                return _answered(error)
            except (SMTPException, OSError) as error:
                return Temporary(f"the mail server cannot be used: {type(error).__name__}: {error}"[:300])
            return await self._content(client, composed(message, self._sender))

    async def rest(self) -> None:
        idle, self._idle = self._idle, []
        for client in idle:
            try:
                await client.quit(timeout=2)
            except SMTPException:
                client.close()

    async def _announced(self, message: Outgoing) -> SMTP:
        """A connection on which the server took sender and recipient; a kept one may have been closed."""
        while self._idle:
            client = self._idle.pop()
            with suppress(SMTPServerDisconnected):
                return await self._addressed(client, message)
        return await self._addressed(await self._connected(), message)

    async def _addressed(self, client: SMTP, message: Outgoing) -> SMTP:
        try:
            await client.mail(self._from)
            await client.rcpt(message.to)
        except SMTPResponseException:
            await self._kept(client)
            raise
        except BaseException:
            client.close()
            raise
        return client

    async def _connected(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=server.starttls,
            username=server.user,
            password=server.password,
            local_hostname=socket.gethostname() or "localhost",  # the default would ask a name server
            timeout=self._timeout,
        )
        try:
            await client.connect()
        except SMTPResponseException as error:
            # Greeting, TLS or login went wrong: that is the house's trouble, not this message's.
            client.close()
            raise SMTPConnectError(f"{error.code} {error.message}") from error
        except BaseException:
            client.close()
            raise
        return client

    async def _content(self, client: SMTP, content: bytes) -> Outcome:
        try:
            await client.data(content)
        except SMTPDataError as error:
            await self._kept(client)
            return _answered(error)
        except SMTPTimeoutError:
            return Unknown("the mail server gave no answer after the content was sent")
        except (SMTPServerDisconnected, OSError):
            return Unknown("the connection broke after the content was sent")
        except BaseException:
            client.close()
            raise
        self._idle.append(client)
        return Sent()

    async def _kept(self, client: SMTP) -> None:
        """Keep the connection for the next message, once the server forgot this one."""
        try:
            await client.rset(timeout=2)
        except (SMTPException, OSError):
            client.close()
        else:
            self._idle.append(client)


def composed(message: Outgoing, sender: str) -> bytes:
    """The mail as it goes over the wire: plain text with an HTML alternative, both 7-bit safe.

    Its Message-ID comes from the message's id, so that a server can tell a double. Put together with
    the standard library's older classes: the newer ones parse every header they write (measured: 3.4 to
    4.1 times the time).
    """
    name, address = parseaddr(sender)
    mail = MIMEMultipart("alternative")
    mail["From"] = formataddr((name, address))
    mail["To"] = message.to
    mail["Subject"] = Header(" ".join(message.subject.split()), "utf-8").encode()
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.id}@{address.rpartition('@')[2] or 'redress'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = message.language
    mail.attach(MIMEText(message.text.rstrip() + "\n", "plain", "utf-8"))
    mail.attach(MIMEText(_html(message), "html", "utf-8"))
    return mail.as_bytes(policy=WIRE)


def _html(message: Outgoing) -> str:
    paragraphs = "<br>\n".join(html.escape(line) for line in message.text.splitlines())
    return (
        f'<!doctype html>\n<html lang="{message.language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(message.subject)}</title></head>\n<body><p>{paragraphs}</p></body></html>\n"
    )


def _answered(error: SMTPResponseException) -> Outcome:
    said = f"the mail server said {error.code} {error.message}"[:300]
    return Refused(said) if error.code >= 500 else Temporary(said)


def _has_host(address: str) -> bool:
    name, _, host = address.rpartition("@")
    return bool(name and host) and not any(c.isspace() for c in address)
