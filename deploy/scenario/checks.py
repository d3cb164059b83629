"""Expectations: what was expected and what was seen instead."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from deploy.scenario.story import Expected
from deploy.scenario.witness import Witness

Difference = str


def differences(expected: Expected, complaint: str, witness: Witness, zone: tzinfo) -> Iterator[Difference]:
    """Everything about one complaint that is not as expected."""
    yield from _grade(expected, witness.grading(complaint))
    yield from _decided(expected, witness.grading(complaint) or {})
    yield from _clock(expected, witness.clocks(complaint), zone)
    yield from _people(expected, complaint, witness)


def _grade(expected: Expected, graded: dict[str, Any] | None) -> Iterator[Difference]:
    seen = graded["grade"] if graded else "none"
    fired = [rule["id"] for rule in graded.get("rules", ())] if graded else []
    if expected.grade is not None and seen != expected.grade:
        yield f"grade: expected {expected.grade}, saw {seen} (rules: {', '.join(fired) or 'none'})"
    for rule in expected.rules or ():
        if rule not in fired:
            yield f"rules: expected {rule} to fire, saw {', '.join(fired) or 'none'}"
    if expected.rules == () and fired:
        yield f"rules: expected none to fire, saw {', '.join(fired)}"
    for rule in expected.not_rules:
        if rule in fired:
            yield f"rules: expected {rule} not to fire, but it did"
    owner, roster = (graded.get("owner_role"), graded.get("roster", ())) if graded else (None, ())
    if expected.owner is not None and owner != expected.owner:
        yield f"owner: expected {expected.owner}, saw {owner or 'nobody'}"
    for role in expected.roster:
        if role not in roster:
            yield f"roster: expected {role}, saw {', '.join(roster) or 'nobody'}"


def _decided(expected: Expected, graded: dict[str, Any]) -> Iterator[Difference]:
    amounts = {amount["fact"]: amount["value"] for amount in graded.get("suggestions", ())}
    by_hand = graded.get("by_hand", {})
    seen = {name: graded.get(name) for name in ("kind", "category", "validity")}
    seen |= {"by_hand": by_hand.get("by") or ("somebody" if by_hand else ""), "suggestion": amounts}
    for name, found in seen.items():
        wanted = getattr(expected, name)
        if wanted is not None and wanted != (found or type(wanted)()):
            yield f"{name}: expected {wanted or 'none'}, saw {found or 'none'}"
    facts = graded.get("facts", {})
    for name, value in (expected.facts or {}).items():
        if facts.get(name) != value:
            yield f"fact {name}: expected {value!r}, saw {facts.get(name)!r}"


def _clock(expected: Expected, clocks: dict[str, dict[str, Any]], zone: tzinfo) -> Iterator[Difference]:
    running = [c for c in clocks.values() if c["state"] != "withdrawn"]
    if expected.no_clock and any(c["id"] == expected.no_clock for c in running):
        yield f"clock: expected no clock {expected.no_clock}, saw {_described(running, zone)}"
    if expected.clock is None:
        return
    runs = sorted(
        (c for c in clocks.values() if c["id"] == expected.clock), key=lambda c: str(c["started_at"])
    )
    if len(runs) < max(expected.run, 1):
        yield f"clock: expected {expected.clock}, saw {_described(list(clocks.values()), zone)}"
        return
    clock = runs[expected.run - 1]
    if expected.state is not None and clock["state"] != expected.state:
        yield f"clock {expected.clock}: expected {expected.state}, saw {clock['state']}"
    if expected.due is not None and datetime.fromisoformat(clock["due"]) != expected.due:
        wanted, due = expected.due.astimezone(zone), datetime.fromisoformat(clock["due"]).astimezone(zone)
        yield f"clock {expected.clock}: expected due {wanted.isoformat()}, saw {due.isoformat()}"
    seen = {name: clock.get(name) for name in ("limit", "done", "provisional")}
    seen["paused"] = clock.get("paused_since") is not None
    for name, found in seen.items():
        expectation = getattr(expected, name)
        if expectation is not None and found != expectation:
            yield f"clock {expected.clock}: expected {name} {expectation}, saw {found}"


def _described(clocks: list[dict[str, Any]], zone: tzinfo) -> str:
    return (
        ", ".join(
            f"{c['id']} ({c['state']}, due {datetime.fromisoformat(c['due']).astimezone(zone).isoformat()})"
            for c in clocks
        )
        or "none"
    )


def _people(expected: Expected, complaint: str, witness: Witness) -> Iterator[Difference]:
    holder = witness.in_charge(complaint)
    if expected.in_charge is not None and holder != expected.in_charge:
        yield f"in_charge: expected {expected.in_charge}, saw {holder or 'nobody'}"
    roles = witness.escalations(complaint)
    if expected.escalated_to is not None and expected.escalated_to not in roles:
        yield f"escalated_to: expected {expected.escalated_to}, saw {', '.join(roles) or 'nobody'}"
    if expected.not_escalated_to is not None and expected.not_escalated_to in roles:
        yield f"not_escalated_to: {expected.not_escalated_to} was escalated to"
    told = "; ".join(witness.told_about(complaint)) or "nobody"
    if expected.notified is not None and not witness.told(complaint, expected.notified):
        yield f"notified: expected {_who(expected.notified)}, saw {told}"
    if expected.not_notified is not None and witness.told(complaint, expected.not_notified):
        yield f"not_notified: {_who(expected.not_notified)} was told"


def _who(told: Any) -> str:
    parts = [
        told.role,
        f"by {told.channel}" if told.channel else "",
        f"about {told.about}" if told.about else "",
    ]
    return " ".join(part for part in parts if part)
