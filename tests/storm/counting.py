"""Counts at the far end, once all is quiet, and compares with what was accepted."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from services.intake.numbering import number, period
from tests.storm.due import CLOCK, Due, address, expected
from tests.storm.handing_in import Handed
from tests.storm.mix import Case
from tests.storm.store import DEAD, Document, Store
from tests.storm.table import Table
from tests.storm.world import World


class Counting:
    """`counted` gives the table. Complaints go by their ref."""

    def __init__(self, world: World, store: Store, cases: Iterable[Case], handed: Handed) -> None:
        self._world, self._store, self._handed = world, store, handed
        self._due = {c.ref: expected(c, world.deployment) for c in cases if c.ref in handed.accepted}
        self._table = Table()

    def counted(self) -> Table:
        self._complaints()
        self._numbers()
        self._gradings()
        self._clocks()
        self._said()
        self._messages()
        self._totals()
        queues = self._store.queues()
        self._table.count("dead letters", 0, sum(queues.get(name, 0) for name in DEAD))
        self._table.none("answers that no client should get", self._handed.odd)
        return self._table

    def _complaints(self) -> None:
        self._pages = [d for d in self._store.all("intake") if "complaint" in d]
        refs = [page["complaint"]["ref"] for page in self._pages]
        self._by_ref = {page["complaint"]["ref"]: page for page in self._pages}
        self._refs = {page["_id"]: page["complaint"]["ref"] for page in self._pages}
        table = self._table
        for way in ("http", "event", "message"):
            wanted = {ref for ref, due in self._due.items() if due.case.way == way}
            table.count(f"complaints by {way}", len(wanted), sum(ref in wanted for ref in refs))
        table.once("complaints", refs)
        table.same("complaints in all", dict.fromkeys(self._due, True), dict.fromkeys(refs, True))
        table.count("pages that are no complaint", 0, len(self._store.all("intake")) - len(self._pages))
        answered = {ref: id_ for ref, id_ in self._handed.accepted.items() if id_}
        table.same("ids as answered", answered, {ref: self._id(ref) for ref in answered})
        wanted_steps = {r: [d.case.milestone] for r, d in self._due.items() if r in self._handed.recorded}
        steps = {r: [m["name"] for m in p.get("milestones", ())] for r, p in self._by_ref.items()}
        table.same("milestones", wanted_steps, {ref: names for ref, names in steps.items() if names})

    def _id(self, ref: str) -> str | None:
        return self._by_ref[ref]["_id"] if ref in self._by_ref else None

    def _numbers(self) -> None:
        """In each unit and period the numbers run from 1 without a gap."""
        periods: dict[tuple[str, str], list[Document]] = {}
        for page in self._pages:
            complaint = page["complaint"]
            pack = self._world.deployment.unit(complaint["unit"]).pack.pack
            within = period(pack.intake.numbering, complaint["received_at"], pack.time_zone)
            periods.setdefault((complaint["unit"], within), []).append(complaint)
        wanted: set[str] = set()
        for (unit, _), group in periods.items():
            pack = self._world.deployment.unit(unit).pack.pack
            moment = group[0]["received_at"]
            told = (number(pack.intake.numbering, moment, pack.time_zone, n + 1) for n in range(len(group)))
            wanted |= {f"{unit} {text}" for text in told}
        found = [f"{page['complaint']['unit']} {page['complaint']['number']}" for page in self._pages]
        self._table.once("numbers", found)
        self._table.same(
            "numbers without a gap", dict.fromkeys(wanted, "there"), dict.fromkeys(found, "there")
        )

    def _gradings(self) -> None:
        wanted = {ref: due.case.grade for ref, due in self._due.items()}
        given = {ref: page.get("grading", {}).get("grade") for ref, page in self._by_ref.items()}
        said = {self._ref(page): page["sequence"] for page in self._store.all("grading")}
        self._table.same("grade of each", wanted, given)
        gradings = {ref: due.events["complaint.graded"] for ref, due in self._due.items()}
        self._table.same("gradings of each", gradings, said)
        self._table.counts("grade", Counter(wanted.values()), Counter(map(str, given.values())))

    def _clocks(self) -> None:
        wanted = {ref: due.clocks for ref, due in self._due.items()}
        known = {
            ref: sorted((clock["id"], clock["state"], clock["due"]) for clock in page.get("clocks", ()))
            for ref, page in self._by_ref.items()
        }
        kept = {
            self._ref(page): sorted(
                (run["reading"]["id"], run["reading"]["state"], run["reading"]["due"])
                for run in page.get("clocks", {}).values()
            )
            for page in self._store.all("sla")
        }
        self._table.same("clocks in sla", wanted, kept)
        self._table.same("clocks in intake", wanted, known)
        states = Counter(state for clocks in kept.values() for _, state, _ in clocks)
        self._table.counts(
            "clock", Counter(state for due in self._due.values() for _, state, _ in due.clocks), states
        )

    def _said(self) -> None:
        """What intake and reporting heard of each complaint, event by event."""
        wanted = {ref: due.events for ref, due in self._due.items()}
        heard = {r: _kinds(entry["type"] for entry in p.get("heard", ())) for r, p in self._by_ref.items()}
        told = {
            self._ref(page): _kinds(entry["key"] for entry in page.get("timeline", ()))
            for page in self._store.all("reporting")
        }
        own = {ref: _own(due, self._handed) for ref, due in self._due.items()}
        self._table.same("events in intake", wanted, heard)
        self._table.same("events in reporting", {ref: wanted[ref] + own[ref] for ref in wanted}, told)
        sums = sum(heard.values(), Counter[str]())
        self._table.counts("event", sum(wanted.values(), Counter[str]()), sums)

    def _messages(self) -> None:
        """notify's records against what is due; what came by SMTP and as SMS against both."""
        messages = {m["_id"]: m for m in self._store.all("notify", "messages")}
        planned: dict[str, Counter[tuple[str, str, str]]] = {ref: Counter() for ref in self._due}
        for message in messages.values():
            letter = (message["notice"], message["role"], message["channel"])
            planned.setdefault(self._refs.get(message["complaint"], "?"), Counter())[letter] += 1
        self._table.same("messages of each", {r: due.letters for r, due in self._due.items()}, planned)
        ends = Counter(str(m["state"]) for m in messages.values())
        unknown = {id_ for id_, m in messages.items() if m["state"] == "unknown"}
        self._table.none("messages that failed", [f"{e}: {n}" for e, n in ends.items() if e not in _ENDS])
        self._table.notes.append(
            f"messages whose outcome is unknown, the sender being killed: {len(unknown)}"
        )
        mails = [caught.message_id.strip("<>").split("@")[0] for caught in self._world.mail.caught]
        self._arrived("mail", "email", mails, messages, unknown)
        self._arrived("sms", "sms", _sms(self._world), messages, unknown)
        self._received(messages, unknown)

    def _arrived(
        self, what: str, channel: str, ids: list[str], messages: Mapping[str, Document], unknown: set[str]
    ) -> None:
        of_channel = {id_ for id_, message in messages.items() if message["channel"] == channel}
        lost = (of_channel & unknown) - set(ids)
        if lost:
            self._table.notes.append(f"{what}: of the unknown, {len(lost)} did not leave")
        self._table.count(f"{what} received", len(of_channel) - len(lost), len(ids))
        self._table.once(f"{what} received", ids)
        self._table.none(f"{what} that notify knows nothing of", set(ids) - of_channel)
        self._table.none(f"{what} that was sent and did not come", of_channel - unknown - set(ids))

    def _received(self, messages: Mapping[str, Document], unknown: set[str]) -> None:
        """One mail for each address that is to hear of a complaint, told by what stands in it."""
        came = Counter(
            (to, _number(mail.subject)) for mail in self._world.mail.caught for to in mail.recipients
        )
        wanted: Counter[tuple[str, str]] = Counter()
        for ref, due in self._due.items():
            unit = self._world.deployment.unit(due.case.unit)
            told = self._by_ref.get(ref, {}).get("complaint", {}).get("number", "?")
            for _, role, channel in due.letters:
                if channel == "email":
                    wanted[address(unit, role), told] += 1
        unsure = {(messages[id_]["address"], messages[id_]["case"]["number"]) for id_ in unknown}
        wrong = {pair for pair in {*came, *wanted} if came[pair] != wanted[pair]} - unsure
        self._table.none("mail by recipient and number", (f"{p}: {came[p]}" for p in sorted(wrong)))

    def _totals(self) -> None:
        """What reporting answers over HTTP."""
        days = [due.case.received_at.date() for due in self._due.values()]
        ends = {"from": min(days).isoformat(), "to": ""}
        for unit in self._world.deployment:
            mine = [due for due in self._due.values() if due.case.unit == unit.id]
            query = {"unit": unit.id, "by": "grade,channel,clock", "from": ends["from"]}
            found = _get(f"{self._world.stack.url('reporting')}/v1/totals", query)
            self._table.count(f"report {unit.id} received", len(mine), found["received"])
            self._table.count(
                f"report {unit.id} overdue", sum(d.state == "breached" for d in mine), found["overdue"]
            )
            grades, channels = (Counter(getattr(d.case, n) for d in mine) for n in ("grade", "channel"))
            self._table.counts(f"report {unit.id} grade", grades, found["by"]["grade"])
            self._table.counts(f"report {unit.id} channel", channels, found["by"]["channel"])
            clocks = {state: n for state, n in found["by"]["clock"].get(CLOCK, {}).items() if n}
            self._table.counts(f"report {unit.id} clock", Counter(d.state for d in mine), clocks)

    def _ref(self, page: Document) -> str:
        return str(self._refs.get(page["_id"], page["_id"]))


_ENDS = ("sent", "unknown")


def _kinds(keys: Iterable[str]) -> Counter[str]:
    return Counter("notification" if key.startswith("notification.") else key for key in keys)


def _own(due: Due, handed: Handed) -> Counter[str]:
    """What intake itself says of a complaint."""
    recorded = due.case.ref in handed.recorded
    return +Counter({"complaint.received": 1, "complaint.progressed": int(recorded)})


def _number(subject: str) -> str:
    """The bank's subjects: `投诉 202602110001 未按时答复`."""
    return subject.split(" ")[1]


def _sms(world: World) -> list[str]:
    lines = world.sms.read_text("utf-8").splitlines() if world.sms.exists() else []
    return [json.loads(line)["id"] for line in lines]


def _get(url: str, query: Mapping[str, str]) -> dict[str, Any]:
    answer = httpx.get(url, params=dict(query), timeout=60)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told
