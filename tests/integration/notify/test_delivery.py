"""From events to real mail: once per occasion, recipient and channel, whatever the bus does."""

import asyncio
import json
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from services.notify.channels.email import Email, MailServer
from services.notify.channels.port import Outcome, Outgoing, Sent
from services.notify.messages import LEASE
from services.notify.sending import DELAYS, Sender
from shared.contracts.words import Person
from shared.telemetry.telemetry import Telemetry
from tests.integration.notify.house import House, house
from tests.parts import outlets
from tests.parts.mongo import Mongo
from tests.unit.notify.stories import PACK, Story

SMS = {"provider": "file"}


def a_story(id_: str) -> Story:
    story = Story(id_)
    story.received()
    story.graded("major", urgent=True)
    story.breached()
    story.breached()
    story.escalated()
    story.replied(content="好的")
    return story


async def test_every_event_three_times_in_any_order_is_one_message_each(mongo: Mongo, tmp_path: Path) -> None:
    stories = [a_story(f"c-{n}") for n in range(6)]
    deliveries = [e for s in stories for e in s.events] * 3
    random.shuffle(deliveries)
    async with outlets.MailServer() as mail:
        sms = {**SMS, "path": str(tmp_path / "sms.jsonl")}
        async with house(mongo, smtp=mail.url, sms=sms) as at:
            chunks = [deliveries[i : i + 7] for i in range(0, len(deliveries), 7)]
            for i in range(0, len(chunks), 3):
                await asyncio.gather(*(at.deliver(*chunk) for chunk in chunks[i : i + 3]))
                await at.settle()
            await at.run_until_quiet()
            assert await at.states() == {"sent": 6 * 8, "failed": 6}
            assert Counter(at.outcomes()) == {("sent", ""): 48, ("failed", "no_address"): 6}
    per_complaint = ["boss@shop.test"] * 3 + ["c1@shop.test", "c2@shop.test", "zhang@home.test"]
    assert Counter(mail.recipients) == Counter(per_complaint * 6)
    assert len({m["Message-ID"] for m in mail.caught}) == 36
    lines = [json.loads(line) for line in (tmp_path / "sms.jsonl").read_text("utf-8").splitlines()]
    assert Counter(line["to"] for line in lines) == {"13900000009": 6, "+8613800000001": 6}


async def test_what_was_said_names_the_complaint_and_the_cause_and_hides_the_address(mongo: Mongo) -> None:
    story = Story()
    received = story.received()
    async with house(mongo, {"sms": Takes(), "email": Takes()}) as at:
        await at.deliver(received)
        await at.settle()
        (said,) = at.bus.said
    assert (said.subject, said.partitionkey, said.number) == ("c-1", "c-1", 1)
    assert (said.causationid, said.key) == (received.id, "notification.sent")
    assert said.data["message"]["about"] == "complaint.received"
    assert said.data["message"]["address"] == "***0009"
    assert "13900000009" not in said.encoded().decode()


async def test_events_of_one_complaint_differ_in_source_or_sequence(mongo: Mongo) -> None:
    async with house(mongo, {"sms": Takes(), "email": Takes()}) as at:
        await at.deliver(*a_story("c-1").events)
        await at.run_until_quiet()
        said = [(e.source, e.number) for e in at.bus.said]
        assert len(said) == len(set(said)) == 9


class Takes:
    """A channel that takes everything, after a moment, and counts."""

    def __init__(self, wait: float = 0) -> None:
        self.ids: list[str] = []
        self.wait = wait

    async def send(self, message: Outgoing) -> Outcome:
        await asyncio.sleep(self.wait)
        self.ids.append(message.id)
        return Sent()

    async def rest(self) -> None:
        return None


async def test_two_senders_race_over_200_messages_and_each_leaves_once(mongo: Mongo) -> None:
    async with outlets.MailServer() as mail:
        server = MailServer.parse(mail.url)
        mine, other = Email(server, "a@shop.test"), Email(server, "a@shop.test")
        async with house(mongo, {"email": mine, "sms": Takes()}) as at:
            for first in range(0, 200, 50):
                stories = [Story(f"c-{n}", Person(email=f"u{n}@home.test")) for n in range(first, first + 50)]
                await at.deliver(*(e for s in stories for e in (s.received(), s.graded(), s.escalated())))
            telemetry = Telemetry("notify")
            second = Sender(at.messages, {"email": other, "sms": Takes()}, at.clock, telemetry)
            counts = await asyncio.gather(drained(at, at.sender), drained(at, second))
            assert await at.states() == {"sent": 200, "failed": 200}
            telemetry.close()
        await other.rest()
    assert min(counts) > 0
    assert len(mail.caught) == len({m["Message-ID"] for m in mail.caught}) == 200


async def drained(at: House, sender: Sender) -> int:
    """Work until nothing is left for anybody."""
    done = 0
    while await at.sender.due_at():
        done += await sender.work()
    return done


async def test_a_greylisted_mail_leaves_later_in_virtual_time(mongo: Mongo) -> None:
    manners: list[outlets.Manner] = ["greylist", "later"]
    server = outlets.MailServer(manners=manners)
    async with server as mail, house(mongo, smtp=mail.url, text=only("climbed")) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.escalated())
        start = at.clock.now()
        await at.run_until_quiet()
        assert at.clock.now() - start == DELAYS[0] + DELAYS[1]
        assert at.outcomes() == [("sent", "")]
        assert at.bus.said[0].data["attempts"] == 3
    assert len(mail.caught) == 1


async def test_a_provider_that_never_takes_it_is_given_up_at_last(mongo: Mongo) -> None:
    async with (
        outlets.MailServer("greylist") as mail,
        house(mongo, smtp=mail.url, text=only("climbed")) as at,
    ):
        story = Story()
        await at.deliver(story.received(), story.graded(), story.escalated())
        await at.run_until_quiet()
        assert at.outcomes() == [("failed", "refused")]
        assert at.bus.said[0].data["attempts"] == len(DELAYS) + 1


async def test_no_answer_after_the_content_is_unknown_and_not_sent_again(mongo: Mongo) -> None:
    async with outlets.MailServer("drop") as mail, house(mongo, smtp=mail.url, text=only("climbed")) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.escalated())
        await at.run_until_quiet()
        assert at.outcomes() == [("failed", "unknown")]
        assert await at.states() == {"unknown": 1}
        assert len(mail.caught) == 1


async def test_a_sender_that_died_after_the_mark_leaves_an_unknown(mongo: Mongo) -> None:
    taken = Takes()
    async with house(mongo, {"email": taken, "sms": taken}, text=only("climbed")) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.escalated())
        (claimed,) = await at.messages.claim(10)
        assert await at.messages.begin(claimed) is not None
        assert await at.settle() == 0
        at.clock.advance(LEASE)
        await at.run_until_quiet()
        assert at.outcomes() == [("failed", "unknown")]
        assert taken.ids == []


async def test_a_sender_that_died_before_the_mark_is_replaced(mongo: Mongo) -> None:
    taken = Takes()
    async with house(mongo, {"email": taken, "sms": taken}, text=only("climbed")) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.escalated())
        (lapsed,) = await at.messages.claim(10)
        at.clock.advance(LEASE)
        await at.run_until_quiet()
        assert at.outcomes() == [("sent", "")]
        assert await at.messages.begin(lapsed) is None


async def test_a_stop_finishes_what_is_in_hand_and_hands_back_the_rest(mongo: Mongo) -> None:
    slow = Takes(wait=0.2)
    async with house(mongo, {"email": slow, "sms": Takes()}) as at:
        stories = [Story(f"c-{n}") for n in range(20)]
        await at.deliver(*(e for s in stories for e in (s.received(), s.graded(), s.escalated())))
        running = asyncio.create_task(at.sender.work())
        await asyncio.sleep(0.15)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        states = await at.states()
        assert set(states) == {"sent", "pending"}
        assert await at.sender.due_at() == at.clock.now()
        await at.run_until_quiet()
        assert len(slow.ids) == len(set(slow.ids)) == 20


async def told(at: House) -> list[tuple[str, str]]:
    found = at.messages.book.pages.find({"state": "sent"})
    return sorted([(m["about"], m["address"]) async for m in found])


async def test_a_withdrawn_breach_is_taken_back_by_whom_it_reached(mongo: Mongo) -> None:
    async with house(mongo, {"email": Takes(), "sms": Takes()}, text=only("late-reply")) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.breached())
        await at.run_until_quiet()
        withdrawn = story.withdrawn()
        await at.deliver(withdrawn, withdrawn, story.withdrawn())
        await at.run_until_quiet()
        clerks = ["+8613800000001", "c1@shop.test", "c2@shop.test"]
        assert await told(at) == [
            (about, who) for about in ("clock.breached", "clock.withdrawn") for who in clerks
        ]


async def test_a_message_that_has_not_left_is_cancelled_instead(mongo: Mongo) -> None:
    async with house(mongo, {"email": Takes(), "sms": Takes()}, text=only("late-reply")) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.breached())
        await at.deliver(story.withdrawn())
        await at.run_until_quiet()
        assert await at.states() == {"cancelled": 6}
        assert at.bus.said == []


async def test_a_message_on_its_way_is_waited_for(mongo: Mongo) -> None:
    """The breach is being sent while it is withdrawn: if it fails for now, it must not leave later."""
    async with house(mongo, {"email": Takes(), "sms": Takes()}, text=only("climbed")) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.breached(), story.escalated())
        (claimed,) = await at.messages.claim(10)
        begun = await at.messages.begin(claimed)
        assert begun is not None
        await at.deliver(story.withdrawn())
        await at.settle()
        assert await at.states() == {"sending": 1, "pending": 1}
        await at.messages.again(begun, at.clock.now() + timedelta(minutes=1), "greylisted")
        await at.run_until_quiet()
        assert await at.states() == {"cancelled": 2}


async def test_the_desk_sees_messages_with_masked_addresses(mongo: Mongo) -> None:
    async with house(mongo, {"email": Takes(), "sms": Takes()}) as at:
        await at.deliver(*a_story("c-1").events)
        await at.run_until_quiet()
        transport = httpx.ASGITransport(at.service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
            answer = await client.get("/v1/messages", params={"complaint": "c-1"})
            assert (await client.get("/v1/messages")).status_code == 422
    found = answer.json()["messages"]
    assert len(found) == 9
    assert {m["state"] for m in found} == {"sent", "failed"}
    assert "boss@shop.test" not in answer.text


def only(name: str) -> str:
    """The pack with this notice alone."""
    head, _, notices = PACK.partition("notices:\n")
    lines = notices.splitlines()
    start = next(i for i, line in enumerate(lines) if line == f"  {name}:")
    return head + "notices:\n" + "\n".join(lines[start : start + 3]) + "\n"


BY_NOON = PACK.replace("clause: c5,", "clause: c5, within: 3 hours,")


async def test_what_leaves_after_the_limit_for_telling_says_by_how_much(mongo: Mongo) -> None:
    """The escalation lies two days back on the notify service's clock; three hours were allowed."""
    async with house(mongo, {"email": Takes(), "sms": Takes()}, text=BY_NOON) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.escalated(), story.replied())
        await at.run_until_quiet()
        said = {e.data["message"]["notice"]: e.data for e in at.bus.said if e.key == "notification.sent"}
        late = at.service.parts.telemetry.registry.get_sample_value("redress_messages_late_total")
    happened = datetime.fromisoformat(said["climbed"]["due"]) - timedelta(hours=3)
    left = datetime.fromisoformat(said["climbed"]["at"])
    assert said["climbed"]["late_by"] == (left - happened).total_seconds() - 3 * 3600 > 0
    assert (said["answered"].get("due"), said["answered"]["late_by"]) == (None, 0.0)
    assert late == 1


async def test_what_leaves_in_time_is_not_late(mongo: Mongo) -> None:
    in_a_month = PACK.replace("clause: c5,", "clause: c5, within: 1 month,")
    async with house(mongo, {"email": Takes(), "sms": Takes()}, text=in_a_month) as at:
        story = Story()
        await at.deliver(story.received(), story.graded(), story.escalated())
        await at.run_until_quiet()
        (climbed,) = [e.data for e in at.bus.said if e.data["message"]["notice"] == "climbed"]
    assert climbed["late_by"] == 0.0
    assert climbed["due"] > climbed["at"]
