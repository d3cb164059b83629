"""The facts that the tests of conditions declare."""

from shared.policy.conditions import Condition, FactType

TYPES = {
    "claim": FactType.MONEY,
    "fee": FactType.MONEY,
    "count": FactType.WHOLE,
    "total": FactType.WHOLE,
    "rate": FactType.NUMBER,
    "text": FactType.TEXT,
    "cues": FactType.TEXTS,
    "received": FactType.MOMENT,
    "last": FactType.MOMENT,
    "age": FactType.SPAN,
    "vip": FactType.TRUTH,
}


def conditions(*sources: str) -> list[Condition]:
    """One condition per source, with the ids c0, c1 … and the places pack.yaml:1, pack.yaml:2 …"""
    return [Condition(f"c{n}", source, f"pack.yaml:{n + 1}") for n, source in enumerate(sources)]
