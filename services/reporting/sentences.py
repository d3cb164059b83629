"""What happened to a complaint, one sentence per event, in the reader's language."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from services.reporting.masks import masked
from services.reporting.names import Names, capital
from services.reporting.pages import length, minute
from services.reporting.story import Document
from shared.contracts.words import Words


@dataclass(frozen=True)
class Happening:
    """A line of the timeline. `css` says of which kind it is; `notes` are said below the sentence."""

    at: str
    css: str
    says: str
    notes: tuple[str, ...] = ()


def happening(entry: Document, names: Names, zone: tzinfo) -> Happening:
    """The line for an entry of the story's timeline; it begins with a capital, as sentences do."""
    line = _line(entry, names, zone)
    return replace(line, says=capital(line.says))


def _line(entry: Document, names: Names, zone: tzinfo) -> Happening:
    key, data = entry["key"], entry["data"]
    if key == "complaint.progressed":
        return _milestone(entry, names)
    if key == "complaint.graded":
        return Happening(entry["at"], "graded", _graded(data, names))
    if key.startswith("clock."):
        return _clock(entry, names, zone)
    if key == "complaint.escalated":
        return _escalated(entry, names)
    if key.startswith("notification."):
        return _notified(entry, names)
    if key == "complaint.amended":
        fields = names.texts("comma").join(field_name(name, names) for name in data["changed"])
        return Happening(entry["at"], "desk", names.texts("told_amended", fields=fields), _by(data, names))
    return Happening(entry["at"], "desk", names.texts("told_received"))


def field_name(name: str, names: Names) -> str:
    """The title of a field of a complaint, also of one written `fields.NAME`."""
    name = name.removeprefix("fields.")
    return names.texts.maybe(name) or names.fact(name)


def _milestone(entry: Document, names: Names) -> Happening:
    milestone = entry["data"]["milestone"]
    told = [f"{key}: {masked(str(value))}"[:500] for key, value in milestone.get("data", {}).items()]
    notes = (*_by(milestone, names), *told)
    return Happening(entry["at"], "desk", names.milestone(milestone["name"]), notes)


def _by(data: Document, names: Names) -> tuple[str, ...]:
    by = data.get("by")
    return (names.texts("by_whom", by=masked(by)),) if by else ()


def _graded(data: Document, names: Names) -> str:
    grade = names.grade(data["grade"])
    previous = data.get("previous")
    if previous and previous != data["grade"]:
        return names.texts("told_regraded", previous=names.grade(previous), grade=grade)
    return names.texts("told_graded", grade=grade)


def _clock(entry: Document, names: Names, zone: tzinfo) -> Happening:
    data, clock = entry["data"], entry["data"]["clock"]
    said = entry["key"].removeprefix("clock.")
    what = {"met": clock["state"], "withdrawn": f"{data.get('what')}_withdrawn"}.get(said, said)
    key = {"clock_withdrawn": "withdrawn"}.get(what, what)
    key = f"told_{key}" if key.endswith("_withdrawn") else f"told_clock_{key}"
    title = Words.model_validate(clock["title"]).in_(names.texts.language)
    due = minute(datetime.fromisoformat(clock["due"]), zone, ends=True)
    says = names.texts(key, clock=title, due=due, point=data.get("point", ""))
    reason = Words.model_validate(data.get("reason", {})).in_(names.texts.language)
    return Happening(entry["at"], f"clock {what}", says, (reason,) if reason else ())


def _escalated(entry: Document, names: Names) -> Happening:
    data, texts = entry["data"], names.texts
    title = Words.model_validate(data["title"]).in_(texts.language)
    says = texts("told_escalated", role=names.role(data["role"]), title=title)
    notes = (f"{texts('clause')}: {data['clause']}",)
    return Happening(
        entry["at"], "escalated", says, (texts("told_takes_over"), *notes)[not data["takes_over"] :]
    )


def _too_late(data: Document, names: Names) -> tuple[str, ...]:
    late = timedelta(seconds=data.get("late_by", 0))
    return (names.texts("told_too_late", late=length(late, names.texts)),) if late else ()


def _notified(entry: Document, names: Names) -> Happening:
    data, texts = entry["data"], names.texts
    message = data["message"]
    role, channel = names.role(message["role"]), names.texts(f"by_{message['channel']}")
    notes = (message["subject"],) if message.get("subject") else ()
    if entry["key"] == "notification.sent":
        says = names.texts("told_sent", role=role, channel=channel)
        return Happening(entry["at"], "notice", says, (*notes, *_too_late(data, names)))
    says = texts("told_failed", role=role, channel=channel, outcome=texts(data["outcome"]))
    return Happening(entry["at"], "notice failed", says, (*notes, masked(data["reason"])))
