"""What every channel must say, whatever the other side does: one suite for e-mail, SMS gateway and file."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notify.channels.email import Email, MailServer
from services.notify.channels.port import Channel, Outgoing, Refused, Sent, Temporary, Unknown
from services.notify.channels.sms import FileProvider, HttpGateway
from shared.deployment import SmsFile, SmsGateway
from tests.parts import outlets
from tests.parts.ports import LOOPBACK, free_port

SENDER = "投诉处理 <redress@example.com>"


def outgoing(number: int = 1, to: str = "anna@example.com") -> Outgoing:
    at = datetime(2026, 2, 11, 1, tzinfo=UTC)
    return Outgoing(f"{number:032x}", to, "投诉 2026001 已受理", "您好：\n已受理 <您的>投诉。", "zh", at)


@dataclass
class Rig:
    """A channel and the provider behind it; `taken()` is how many messages the provider has."""

    channel: Channel
    other: outlets.MailServer | outlets.Gateway

    def taken(self) -> int:
        other = self.other
        return len(other.caught if isinstance(other, outlets.MailServer) else other.taken)


@asynccontextmanager
async def rig(kind: str, manner: outlets.Manner) -> AsyncIterator[Rig]:
    if kind == "email":
        async with outlets.MailServer(manner) as mail:
            email = Email(MailServer.parse(mail.url), SENDER, timeout=1)
            yield Rig(email, mail)
            await email.rest()
    else:
        async with outlets.Gateway(manner) as gateway:
            sms = HttpGateway(SmsGateway(provider="http", url=gateway.url, timeout_seconds=0.5))
            yield Rig(sms, gateway)
            await sms.rest()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


KINDS = pytest.mark.parametrize("kind", ["email", "sms"])


@KINDS
@pytest.mark.parametrize(
    ("manner", "outcome", "taken"),
    [
        ("ok", Sent, 1),
        ("later", Temporary, 0),
        ("refuse", Refused, 0),
        ("hang", Unknown, 1),
        ("drop", Unknown, 1),
    ],
)
async def test_the_outcome_is_what_the_provider_did(
    kind: str, manner: outlets.Manner, outcome: type, taken: int
) -> None:
    async with rig(kind, manner) as at:
        said = await at.channel.send(outgoing(to="anna@example.com" if kind == "email" else "+8613800000001"))
        assert isinstance(said, outcome)
        assert at.taken() == taken


async def test_nobody_listens_is_temporary(tmp_path: Path) -> None:
    port = free_port()
    email = Email(MailServer.parse(f"smtp://{LOOPBACK}:{port}"), SENDER, timeout=1)
    sms = HttpGateway(SmsGateway(provider="http", url=f"http://{LOOPBACK}:{port}/"))
    (tmp_path / "file").write_text("a file where a folder is needed")
    file = FileProvider(SmsFile(path=tmp_path / "file" / "sms.jsonl"))
    for channel in (email, sms, file):
        assert isinstance(await channel.send(outgoing()), Temporary)
        await channel.rest()


@KINDS
async def test_a_channel_works_on_after_every_trouble(kind: str) -> None:
    async with rig(kind, "refuse") as at:
        manners: list[outlets.Manner] = ["refuse", "later", "drop", "hang"]
        for manner in manners:
            at.other.manner = manner
            await at.channel.send(outgoing())
        at.other.manner = "ok"
        assert isinstance(await at.channel.send(outgoing()), Sent)


@KINDS
async def test_a_channel_sends_again_after_a_rest(kind: str) -> None:
    async with rig(kind, "ok") as at:
        for _ in range(2):
            assert isinstance(await at.channel.send(outgoing()), Sent)
            await at.channel.rest()
        assert at.taken() == 2


async def test_a_file_takes_whole_lines_from_many_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sms.jsonl"
    file = FileProvider(SmsFile(path=path))
    said = await asyncio.gather(*(file.send(outgoing(n, "+8613800000001")) for n in range(30)))
    assert set(map(type, said)) == {Sent}
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {line["id"] for line in lines} == {f"{n:032x}" for n in range(30)}
    assert lines[0]["text"].startswith("您好")


async def test_mail_is_readable_and_says_that_a_machine_sent_it() -> None:
    async with rig("email", "ok") as at:
        await at.channel.send(outgoing(7))
        (mail,) = at.other.caught  # type: ignore[union-attr]
    assert mail["Subject"] == "投诉 2026001 已受理"
    assert mail["Message-ID"] == f"<{7:032x}@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert plain.get_content() == "您好：\n已受理 <您的>投诉。\n"
    assert rich is not None
    assert "&lt;您的&gt;" in rich.get_content()


async def test_one_connection_carries_many_mails_also_after_refusals() -> None:
    async with rig("email", "ok") as at:
        at.other.manners = ["ok", "refuse_address", "refuse", "greylist", "ok"]  # type: ignore[union-attr]
        said = [type(await at.channel.send(outgoing(n))) for n in range(5)]
        assert said == [Sent, Refused, Refused, Temporary, Sent]
        assert at.other.connections == 1  # type: ignore[union-attr]


async def test_a_server_that_is_slow_before_the_content_is_temporary() -> None:
    async with rig("email", "slow_start") as at:
        assert isinstance(await at.channel.send(outgoing()), Temporary)
        assert at.taken() == 0


async def test_a_kept_connection_that_the_server_closed_does_not_matter() -> None:
    async with outlets.MailServer() as first:
        email = Email(MailServer.parse(first.url), SENDER, timeout=1)
        assert isinstance(await email.send(outgoing(1)), Sent)
        for client in email._idle:
            assert isinstance(client.transport, asyncio.Transport)
            client.transport.abort()
        await asyncio.sleep(0)
        assert isinstance(await email.send(outgoing(2)), Sent)
        assert first.connections == 2
        await email.rest()


async def test_an_address_cannot_smuggle_commands_or_headers() -> None:
    async with rig("email", "ok") as at:
        for bad in ("a@b\r\nRCPT TO:<c@d>", "no-host@", "spaces in@it.example", "é@example.com"):
            assert isinstance(await at.channel.send(outgoing(to=bad)), Refused)
        assert at.taken() == 0


@pytest.mark.parametrize(
    ("status", "outcome"), [(200, Sent), (400, Refused), (429, Temporary), (500, Temporary), (302, Refused)]
)
async def test_the_gateways_status_decides(status: int, outcome: type) -> None:
    async with rig("sms", "ok") as at:
        at.other.status = status  # type: ignore[union-attr]
        assert isinstance(await at.channel.send(outgoing()), outcome)


async def test_the_gateway_gets_token_and_idempotency_key(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("open sesame\n")
    async with outlets.Gateway() as gateway:
        sms = HttpGateway(SmsGateway(provider="http", url=gateway.url, token_file=tmp_path / "token"))
        await sms.send(outgoing(3, "+8613800000001"))
        await sms.rest()
    assert gateway.taken == [{"id": f"{3:032x}", "to": "+8613800000001", "text": outgoing().text}]
    assert gateway.headers[0]["authorization"] == "Bearer open sesame"
    assert gateway.headers[0]["idempotency-key"] == f"{3:032x}"


def test_the_mail_servers_url_is_read_and_never_repeated() -> None:
    server = MailServer.parse("smtp+starttls://me%40x:p%2Fw@mail.example")
    assert (server.host, server.port, server.user, server.password) == ("mail.example", 587, "me@x", "p/w")
    assert server.starttls
    assert MailServer.parse("smtps://h").tls
    with pytest.raises(ValueError, match="expected smtp://") as error:
        MailServer.parse("http://me:secret@h")
    assert "secret" not in str(error.value)
