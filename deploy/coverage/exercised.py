"""Which parts of a pack a story made use of, read from what was said on the bus."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.contracts.envelope import Envelope
from shared.policy.pack import Pack
from shared.policy.parts import KINDS, carriers

_RULES = ("rule", "raise", "promotion", "validity_rule", "conversion", "category_rule")
_FACTS = tuple(kind for kind, spec in KINDS.items() if spec.fact)
_OF_EVERY_CASE = ("numbering", "required")
_OF_EVERY_CLOCK = ("calendar",)


def exercised(pack: Pack, events: Iterable[Envelope]) -> set[str]:
    """The carriers of the pack that the events speak of; rather too many than too few."""
    there = set(carriers(pack.model_dump(mode="json", by_alias=True)))
    gradings: dict[str, Mapping[str, Any]] = {}
    found: set[str] = set()
    for event in events:
        if event.key == "complaint.graded":
            gradings[event.subject or ""] = event.data
        found.update(_spoken_of(event, pack, gradings.get(event.subject or "", {})))
    return {carrier for carrier in there if {carrier, carrier.partition(":")[0]} & found}


def _spoken_of(event: Envelope, pack: Pack, grading: Mapping[str, Any]) -> Iterator[str]:
    family, _, what = event.key.partition(".")
    if what in ("received", "amended"):
        yield from _case(event.data["complaint"])
    elif what == "graded":
        yield from _grading(event.data)
    elif what == "progressed":
        yield from _milestone(event.data["milestone"], pack)
    elif what == "escalated":
        ladder = event.data["ladder"]
        yield from (f"ladder:{ladder}", f"rung:{ladder}/{event.data['rung']}", f"role:{event.data['role']}")
    elif what == "tiered":
        yield from _tiers(event.data)
    elif family == "notification":
        message = event.data["message"]
        yield from (f"notice:{message['notice']}", f"role:{message['role']}")
    elif family == "clock":
        yield from _clock(event.data, grading)


def _case(complaint: Mapping[str, Any]) -> Iterator[str]:
    yield from _OF_EVERY_CASE
    yield from (f"kind:{complaint['kind']}", f"channel:{complaint['channel']}")
    yield from (f"category:{path}" for path in _paths(complaint.get("category")))
    yield from (f"field:{name}" for name in complaint["fields"])


def _grading(grading: Mapping[str, Any]) -> Iterator[str]:
    fired = [rule["id"] for rule in grading["rules"]]
    yield from (f"{kind}:{rule}" for kind in _RULES for rule in fired)
    yield from (f"cue:{cue['cue']}" for cue in grading["cues"])
    yield from (f"amount:{amount['fact']}" for amount in grading.get("suggestions", ()))
    yield from (f"{kind}:{name}" for name, value in grading["facts"].items() if value for kind in _FACTS)
    yield from (f"category:{path}" for path in _paths(grading.get("category")))
    yield from (f"grade:{grading['grade']}", f"kind:{grading['kind']}", f"validity:{grading.get('validity')}")
    yield from (f"role:{role}" for role in (grading.get("owner_role"), *grading["roster"]))
    if not fired:
        yield "gaps"
    if grading.get("alike"):
        yield "linking"


def _milestone(milestone: Mapping[str, Any], pack: Pack) -> Iterator[str]:
    name, data = milestone["name"], milestone["data"]
    yield f"milestone:{name}"
    yield from (f"pause:{id_}" for id_, c in pack.clocks.items() if any(name in p.on for p in c.pauses))
    if name == "graded_by_hand":
        yield "by_hand"
    elif name == "extended":
        yield f"extension:{data.get('clock')}"
    elif name == "decided":
        yield f"decided:{data.get('fact')}"


def _clock(data: Mapping[str, Any], grading: Mapping[str, Any]) -> Iterator[str]:
    clock = data["clock"]["id"]
    yield from _OF_EVERY_CLOCK
    yield f"clock:{clock}"
    if "point" in data:
        yield f"warning:{clock}/{data['point'].replace(' ', '-')}"
    looked_up = (grading.get("grade"), *_paths(grading.get("category")), *grading.get("facts", {}).values())
    yield from (f"limit:{clock}/{_key(value)}" for value in looked_up)


def _key(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _paths(category: str | None) -> Iterator[str]:
    parts = category.split("/") if category else []
    yield from ("/".join(parts[: size + 1]) for size in range(len(parts)))


def _tiers(data: Mapping[str, Any]) -> Iterator[str]:
    yield "measure"
    yield from (f"tier_rule:{rule['axis']}/{rule['id']}" for rule in data["rules"])
    for axis, tier in data["tiers"].items():
        yield from (f"axis:{axis}", f"tier:{axis}/{tier}")
