"""A pack of sixty rules, in our words and in those of two other engines, and random complaints for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from shared.contracts.complaints import Complaint
from shared.contracts.words import Money, Person
from shared.policy.bound import BoundPack, bind
from shared.policy.pack import Pack
from shared.policy.source import parse
from shared.policy.validation import validated

START = datetime(2026, 1, 5, tzinfo=UTC)
SPAN = timedelta(days=360)
WORDS = (
    *("漏水", "开裂", "受伤", "媒体", "律师", "起诉", "退款", "堵门", "群访", "火灾"),
    *("触电", "跌落", "中毒", "欺诈", "涨价", "停电", "停水", "噪音", "异味", "霉变"),
)
CHANNELS = ("phone", "letter", "visit", "web")
PRODUCTS = tuple(f"product-{n}" for n in range(20))
PLAIN = "客户来电反映，已经等了很久还没有人处理，希望公司尽快给出书面答复，"


@dataclass(frozen=True)
class Rule:
    """Parts that must all hold: a fact, a sign, a value; a truth has neither. Amounts are in yuan."""

    id: str
    parts: tuple[tuple[str, str, str | int], ...]

    def cel(self) -> str:
        """As a pack writes it."""
        return " && ".join(_part(*part, money="yuan({})") for part in self.parts)

    def bare_cel(self) -> str:
        """As plain CEL, in fen."""
        return " && ".join(_part(*part, money="{}00") for part in self.parts)

    def zen(self) -> str:
        return " and ".join(_part(*part, money="{}00") for part in self.parts)


def _part(fact: str, sign: str, value: str | int, money: str) -> str:
    if not sign:
        return fact
    return f'{fact} {sign} "{value}"' if isinstance(value, str) else f"{fact} {sign} {money.format(value)}"


def _rules() -> Iterator[Rule]:
    for n, product in enumerate(PRODUCTS):
        yield Rule(f"cue-{n}", ((f"cue_{n}", "", ""), ("channel", "!=", CHANNELS[n % 4])))
        yield Rule(f"claim-{n}", (("claim_amount", ">=", (n + 1) * 20_000), ("product", "==", product)))
        yield Rule(f"both-{n}", (("claim_amount", ">", (n + 1) * 10_000), (f"cue_{n}", "", "")))


RULES = tuple(_rules())
WINDOWED = """
  - {id: many, grade: worst, when: event_customers >= 50, clause: "2", says: {en: many}}
  - {id: much, grade: worst, when: event_claims >= wan(500), clause: "2", says: {en: much}}
  - {id: repeated, grade: heavy, when: repeats >= 3, clause: "2", says: {en: repeated}}
"""
WINDOWS = """
  windows:
    event_customers:
      {title: {en: customers}, clause: "2", same: event, count: customer, within: 10 working days}
    event_claims: {title: {en: claims}, clause: "2", same: event, sum: claim_amount, within: 10 working days}
    repeats: {title: {en: repeats}, clause: "2", same: customer, count: complaints, within: 1 month}
"""


def text(*, windows: bool) -> str:
    """The pack, with three windows or without."""
    cues = "".join(f"    cue_{n}: {{title: {{en: c}}, phrases: [{word}]}}\n" for n, word in enumerate(WORDS))
    rules = "".join(
        f"  - {{id: {rule.id}, grade: heavy, when: '{rule.cel()}', clause: '1', says: {{en: r}}}}\n"
        for rule in RULES
    )
    channels = ", ".join(f"{name}: {{title: {{en: c}}}}" for name in CHANNELS)
    return (
        f"pack: sixty\nversion: 1.0.0\ntitle: {{en: Sixty}}\nintake:\n  channels: {{{channels}}}\n"
        f"facts:\n  cues:\n{cues}{WINDOWS if windows else ''}\n"
        "grading:\n  grades: {light: {title: {en: l}}, heavy: {title: {en: h}}, worst: {title: {en: w}}}\n"
        f"  otherwise: light\n  rules:\n{WINDOWED if windows else ''}{rules}"
    )


def sixty(*, windows: bool) -> BoundPack:
    source = parse(text(windows=windows), "sixty.yaml")
    return bind(source, validated(Pack, source))


def complaint(n: int, random: Random, past: int, at: datetime | None = None) -> Complaint:
    """One of about `past` complaints of a year: events of some twenty, customers of some three."""
    words = "，".join(random.sample(WORDS, random.choice([0, 0, 1, 2])))
    received_at = at or START + SPAN * random.random()
    return Complaint(
        id=f"c{n:09}",
        number=str(n),
        unit="here",
        pack="sixty",
        pack_version="1.0.0",
        kind="complaint",
        channel=random.choice(CHANNELS),
        text=f"{PLAIN * 2}{words}。",
        complainant=Person(id=f"u{random.randrange(max(past // 3, 1))}"),
        claim=Money(minor=random.randrange(1, 400_000) * 100) if random.random() < 0.5 else None,
        product=random.choice(PRODUCTS),
        event=f"e{random.randrange(max(past // 20, 1))}",
        occurred_at=received_at,
        received_at=received_at,
    )
