"""`/complaints/{id}`: everything about one complaint that its readers may see."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from services.reporting import masks
from services.reporting.card import grade_of
from services.reporting.deadlines import deadlines
from services.reporting.highlight import highlighted
from services.reporting.names import Names, capital
from services.reporting.pages import Pages, when
from services.reporting.palette import grade_classes
from services.reporting.sentences import happening
from services.reporting.shelf import Shelf
from services.reporting.story import Document
from shared.clock import Clock
from shared.contracts.gradings import ComplaintGraded
from shared.contracts.words import Money
from shared.deployment import Deployment, Unit, UnknownUnitError
from shared.in_charge import handing, in_charge
from shared.policy.explaining import Explanation, explain
from shared.policy.tiering import tier_facts

MAX_ID = 200


def routes(shelf: Shelf, deployment: Deployment, clock: Clock, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/complaints/{complaint_id}")
    async def complaint(request: Request, complaint_id: str) -> Response:
        body = await shelf.one(complaint_id[:MAX_ID])
        unit = _governing(body, deployment) if body is not None else None
        if body is None or unit is None:
            return pages.told(request, 404, "missing")
        names = Names(unit, pages.reader(request).texts)
        return pages.show(request, "complaint.html", view(body, names, clock.now()))

    return router


def _governing(body: Document, deployment: Deployment) -> Unit | None:
    """The unit as it works for this complaint."""
    complaint = body["copy"]["complaint"]
    try:
        return deployment.governing(complaint["unit"], complaint["pack"], complaint["pack_version"])
    except UnknownUnitError:
        return None


def view(body: Document, names: Names, now: datetime) -> dict[str, Any]:
    """What the template needs."""
    complaint = body["copy"]["complaint"]
    graded = body.get("grading", {}).get("graded")
    zone = names.unit.calendar.tz
    grade = grade_of(body)
    grades_css = grade_classes(names.unit.pack.grades())
    return {
        "names": names,
        "zone": zone,
        "zone_name": names.unit.calendar.zone,
        "card": body["card"],
        "complaint": complaint,
        "particulars": [*_particulars(complaint, names), *_tiers(graded, names)],
        "text": highlighted(complaint["text"], graded["cues"] if graded else [], names),
        "graded": graded,
        "in_charge": in_charge(handing(entry["key"], entry["data"]) for entry in body["timeline"]),
        "grade": grade,
        "grade_css": grades_css.get(grade, "gx"),
        "grades_css": grades_css,
        "why": _why(graded, names),
        "cues": _cues(graded["cues"] if graded else []),
        "deadlines": deadlines(body, names, now),
        "happenings": [happening(entry, names, zone) for entry in body["timeline"]],
        "notices": [e for e in body["timeline"] if e["key"].startswith("notification.")],
    }


def _why(graded: Document | None, names: Names) -> Explanation | None:
    """Why the grade, and what would have to be otherwise for each other one."""
    if graded is None:
        return None
    said = ComplaintGraded.model_validate(graded)
    by_hand = said.by_hand is not None
    return explain(names.unit.pack, said.grade, said.rules, said.cues, said.facts, by_hand=by_hand)


def _cues(cues: Sequence[Document]) -> dict[str, list[str]]:
    """The words that were found, by cue, each once."""
    found: dict[str, list[str]] = {}
    for cue in cues:
        phrases = found.setdefault(cue["cue"], [])
        if cue["phrase"] not in phrases:
            phrases.append(cue["phrase"])
    return found


def _particulars(complaint: Document, names: Names) -> Iterator[tuple[str, str | Markup]]:
    """Label and value; what was not given is left out."""
    texts, zone = names.texts, names.unit.calendar.tz
    yield texts("received_at"), when(complaint["received_at"], zone)
    yield texts("occurred_at"), when(complaint["occurred_at"], zone)
    yield texts("kind"), capital(names.kind(complaint["kind"]))
    yield texts("channel"), capital(names.channel(complaint["channel"]))
    if complaint.get("category"):
        yield texts("category"), capital(names.category(complaint["category"]))
    yield from _person(complaint.get("complainant", {}), names)
    if complaint.get("claim"):
        yield (
            texts("claim"),
            f"{complaint['claim']['minor'] / 100:,.2f} {Money(**complaint['claim']).currency}",
        )
    for name in ("ref", "branch", "project", "product", "employee", "event", "problem", "zone"):
        if complaint.get(name):
            yield texts(name), masks.masked(complaint[name]) if name != "ref" else complaint[name]
    for name, value in complaint.get("fields", {}).items():
        yield names.fact(name), names.value(name, value)
    yield texts("pack"), f"{names.unit.pack.pack.title.in_(texts.language)} {complaint['pack_version']}"


def _tiers(graded: Document | None, names: Names) -> Iterator[tuple[str, str]]:
    """The tiers of the customer when the complaint was received, by axis."""
    facts = graded["facts"] if graded else {}
    for fact in tier_facts(names.unit.pack.pack):
        if tier := facts.get(fact):
            yield names.fact(fact), names.value(fact, tier)


def _person(person: Document, names: Names) -> Iterator[tuple[str, str]]:
    """Who complains: by name and customer id, reachable by nobody who only reads this."""
    for key, label, shown in (
        ("name", "complainant", masks.masked),
        ("id", "customer_id", masks.masked),
        ("phone", "phone", masks.phone),
        ("email", "email", masks.email),
    ):
        if person.get(key):
            yield names.texts(label), shown(person[key])
