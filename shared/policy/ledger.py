"""Holds a pack's ledger against the pack: what carries a clause must be there."""

from collections.abc import Iterable, Iterator

from shared.policy.pack import Pack
from shared.policy.parts import KINDS, carriers
from shared.policy.source import Path_


def wrong_ledger(pack: Pack) -> Iterator[tuple[Path_, str]]:
    """Lines that name what is not there, and regimes without a line, as (path in the file, what to do)."""
    if not pack.ledger:
        return
    there = set(carriers(pack.model_dump(mode="json", by_alias=True)))
    for name, line in pack.ledger.items():
        for carrier in line.by:
            if carrier not in there:
                yield ("ledger", name, "by"), _no_carrier(carrier, there)
        for param in line.params:
            if param not in pack.params:
                yield ("ledger", name, "params"), _unknown(param, "parameter", pack.params)
        if line.regime is None and len(pack.regimes) > 1:
            yield ("ledger", name), f"expected regime: which of {', '.join(pack.regimes)} asks for it"
        if line.regime is not None and line.regime not in pack.regimes:
            yield ("ledger", name, "regime"), _unknown(line.regime, "regime", pack.regimes)
    for regime in pack.regimes:
        if not any(line.regime in (None, regime) for line in pack.ledger.values()):
            yield ("ledger",), f"no line says what {regime} asks for"


def _no_carrier(carrier: str, there: set[str]) -> str:
    kind = carrier.partition(":")[0]
    if kind not in KINDS:
        return f"{kind!r} is no kind of part; the kinds are {', '.join(KINDS)}"
    known = sorted(other for other in there if other.partition(":")[0] == kind)
    return f"there is no {carrier!r}; there are {', '.join(known) or 'none of that kind'}"


def _unknown(name: str, what: str, among: Iterable[str]) -> str:
    return f"{name!r} is no {what} of this pack; known: {', '.join(sorted(among)) or 'none'}"
