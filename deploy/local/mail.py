"""Catches the mail of a run on one machine, so that it can be looked at and goes nowhere."""

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import free_port


@dataclass(frozen=True)
class Caught:
    """One mail as it came over SMTP."""

    recipients: tuple[str, ...]
    subject: str
    text: str
    message_id: str


class _Taker:
    """What aiosmtpd hands each mail to, in a thread of its own. It looks at every attribute of this at every
    connection, so that there is nothing here but what it needs."""

    def __init__(self, folder: Path | None) -> None:
        self.taken: list[tuple[bytes, tuple[str, ...]]] = []
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        self.taken.append((raw, tuple(envelope.rcpt_tos)))
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{len(list(self._folder.iterdir())) + 1:06d}.eml").write_bytes(raw)
        return "250 OK"


class MailCatcher:
    """An SMTP server on loopback that keeps what it gets, and writes it to `folder` where one is given.

    A mail is parsed when somebody looks at it: parsing takes several times as long as writing it did.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._taker = _Taker(folder)
        self._read: list[Caught] = []
        self._port = free_port()
        self._controller = Controller(self._taker, hostname="127.0.0.1", port=self._port)

    @property
    def caught(self) -> list[Caught]:
        """Every mail so far, in order of arrival."""
        self._read += [_caught(*taken) for taken in self._taker.taken[len(self._read) :]]
        return self._read

    def start(self) -> None:
        self._controller.start()

    @property
    def url(self) -> str:
        """Where to send to, once it is started."""
        return f"smtp://127.0.0.1:{self._port}"

    def stop(self) -> None:
        self._controller.stop()


def _caught(raw: bytes, recipients: tuple[str, ...]) -> Caught:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain",))
    return Caught(
        recipients,
        str(message["Subject"] or ""),
        str(body.get_content()) if body else "",
        str(message["Message-ID"] or ""),
    )
