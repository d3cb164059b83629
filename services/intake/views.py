"""What a reader is shown: a complaint whole, or as a line of a list."""

from services.intake.milestones import shown
from services.intake.timeline import timeline
from shared.contracts.gradings import Cue, FiredRule
from shared.in_charge import Graded, Handing, NotBreached, TakenOver, in_charge
from shared.policy.bound import BoundPack
from shared.policy.explaining import explain
from shared.store.page import Document

_LISTED = (
    "number",
    "unit",
    "pack",
    "kind",
    "channel",
    "category",
    "product",
    "project",
    "branch",
    "ref",
    "received_at",
    "occurred_at",
)
LIST_FIELDS = {
    **{f"complaint.{name}": 1 for name in _LISTED},
    **dict.fromkeys(("state", "overdue"), 1),
    **{f"grading.{name}": 1 for name in ("grade", "grade_title", "kind", "category", "validity")},
}
"""All that a list reads of a page. What the complaint says and whose it is stay in the store."""


def links(complaint_id: str) -> dict[str, str]:
    path = f"/v1/complaints/{complaint_id}"
    return {"self": path, "milestones": f"{path}/milestones"}


def whole(complaint_id: str, body: Document, bound: BoundPack | None) -> Document:
    """The complaint with its grade and the reasons, its clocks and how they count, and all that happened."""
    return {
        **body["complaint"],
        "id": complaint_id,
        "state": body["state"],
        "closed_at": body.get("closed_at"),
        "overdue": body["overdue"],
        **_graded(body.get("grading")),
        "in_charge": in_charge(_handing(entry) for entry in body.get("heard", ())),
        "explanation": _explanation(body.get("grading"), bound),
        "clocks": [_without(clock, "sequence") for clock in body.get("clocks", ())],
        "milestones": [shown(milestone) for milestone in body.get("milestones", ())],
        "timeline": timeline(body, bound.pack if bound else None),
        "links": links(complaint_id),
    }


def listed(page: Document) -> Document:
    """One line of a list."""
    grading = page.get("grading")
    return {
        "id": page["_id"],
        **page["complaint"],
        **{name: grading[name] for name in ("kind", "category", "validity") if grading and name in grading},
        "state": page["state"],
        "overdue": page["overdue"],
        "grade": grading["grade"] if grading else None,
        "grade_title": grading["grade_title"] if grading else None,
        "links": links(page["_id"]),
    }


def _handing(entry: Document) -> Handing | None:
    """What the timeline keeps of an event says of who is in charge."""
    what = entry["what"]
    match entry["type"]:
        case "complaint.graded":
            return Graded(what.get("owner_role"))
        case "complaint.escalated" if what["takes_over"]:
            return TakenOver(what["role"], what.get("run"))
        case "clock.withdrawn" if what["withdrawn"] == "breach":
            return NotBreached(what["key"])
    return None


def _graded(grading: Document | None) -> Document:
    """`grade` is None as long as the complaint is not graded; `reasons` are the rules that fired."""
    if grading is None:
        return {"grade": None, "reasons": []}
    return {"reasons": grading["rules"], **_without(grading, "rules", "sequence")}


def _explanation(grading: Document | None, bound: BoundPack | None) -> Document | None:
    """Why the grade, and what would have to differ for another; None where there is no grade or no pack."""
    if grading is None or bound is None:
        return None
    rules = [FiredRule.model_validate(rule) for rule in grading["rules"]]
    cues = [Cue.model_validate(cue) for cue in grading["cues"]]
    by_hand = grading.get("by_hand") is not None
    explanation = explain(bound, grading["grade"], rules, cues, grading["facts"], by_hand=by_hand)
    return explanation.model_dump(mode="json")


def _without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}
