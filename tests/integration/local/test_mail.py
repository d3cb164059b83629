"""The mail that a run on one machine catches."""

import smtplib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from deploy.local import mail
from deploy.local.mail import MailCatcher


@pytest.fixture
def catcher() -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


def send(catcher: MailCatcher, subject: str) -> None:
    at = urlsplit(catcher.url)
    with smtplib.SMTP(at.hostname or "", at.port or 0) as client:
        client.sendmail("a@example.com", ["b@example.com"], f"Subject: {subject}\r\n\r\ntext\r\n")


def test_every_mail_is_there_once_and_in_order(catcher: MailCatcher) -> None:
    for subject in ("one", "two", "three"):
        send(catcher, subject)
        assert catcher.caught[-1].subject == subject
    assert [(m.subject, m.recipients, m.text.strip()) for m in catcher.caught] == [
        (subject, ("b@example.com",), "text") for subject in ("one", "two", "three")
    ]


def test_only_who_asks_for_the_mails_reads_them(
    catcher: MailCatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's thread does not, though it looks through what it hands mails to at every connection: two
    that read at a time would count some mails twice and others never."""
    read: list[bytes] = []
    monkeypatch.setattr(mail, "_caught", lambda raw, _recipients: read.append(raw))
    send(catcher, "one")
    send(catcher, "two")
    assert read == []
    assert len(catcher.caught) == len(read) == 2
