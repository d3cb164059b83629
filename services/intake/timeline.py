"""Everything that happened to a complaint, in the order in which it happened, in words."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from shared.contracts.words import Words
from shared.policy.pack import Pack
from shared.store.page import Document

_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "complaint.graded": ("定级：{title_zh}", "graded: {title_en}"),
        "complaint.escalated": ("升级至{role_zh}：{title_zh}", "escalated to {role_en}: {title_en}"),
        "clock.started": ("时限开始：{title_zh}", "clock started: {title_en}"),
        "clock.due_changed": ("时限变更：{title_zh}", "due time moved: {title_en}"),
        "clock.warned": ("时限预警：{title_zh}", "clock warned: {title_en}"),
        "clock.breached": ("超过时限：{title_zh}", "deadline passed: {title_en}"),
        "clock.met": ("时限内完成：{title_zh}", "done in time: {title_en}"),
        "clock.withdrawn": ("时限撤回：{title_zh}", "withdrawn: {title_en}"),
        "notification.sent": ("已通知{role_zh}（{channel_zh}）", "told {role_en} by {channel_en}"),
        "notification.failed": (
            "未能通知{role_zh}（{channel_zh}）",
            "could not tell {role_en} by {channel_en}",
        ),
    }
)
_MET_LATE = ("超过时限后完成：{title_zh}", "done late: {title_en}")
_WITHDRAWN = MappingProxyType(
    {
        "breach": ("超时撤回（实际按时完成）：{title_zh}", "breach withdrawn: {title_en}"),
        "warning": ("预警撤回：{title_zh}", "warning withdrawn: {title_en}"),
    }
)
_CHANNELS = MappingProxyType({"email": ("邮件", "e-mail"), "sms": ("短信", "SMS")})
_COMPLAINANT = Words(zh="投诉人", en="the complainant")


def timeline(body: Document, pack: Pack | None) -> list[Document]:
    """Entries `{at, type, title: {zh, en}, …}`, oldest first. `pack` gives the titles, where it is known."""
    entries = [*_own(body, pack), *_heard(body, pack)]
    return sorted(entries, key=lambda entry: entry["at"])


def _own(body: Document, pack: Pack | None) -> Iterator[Document]:
    complaint = body["complaint"]
    kinds = pack.intake.kinds if pack else {}
    kind = kinds.get(complaint["kind"], Words(zh="投诉", en="complaint"))
    yield _entry(
        complaint["received_at"], "complaint.received", f"收到{kind.in_('zh')}", f"{kind.in_('en')} received"
    )
    for amendment in body.get("amendments", ()):
        names = ", ".join(amendment["changed"])
        who = {name: amendment[name] for name in ("by", "reason", "changed") if name in amendment}
        yield _entry(amendment["at"], "complaint.amended", f"更正：{names}", f"amended: {names}") | who
    for milestone in body.get("milestones", ()):
        spec = pack.every_milestone.get(milestone["name"]) if pack else None
        title = spec.title if spec else Words(zh=milestone["name"])
        entry = _entry(milestone["occurred_at"], "complaint.progressed", title.in_("zh"), title.in_("en"))
        kept = {"milestone": milestone["name"], "recorded_at": milestone["recorded_at"]}
        yield entry | kept | {name: milestone[name] for name in ("id", "by", "data") if name in milestone}


def _heard(body: Document, pack: Pack | None) -> Iterator[Document]:
    for entry in body.get("heard", ()):
        zh, en = _sentences(entry["type"], entry["what"])
        words = _words(entry["what"], pack)
        yield _entry(entry["at"], entry["type"], zh.format(**words), en.format(**words)) | {
            name: value for name, value in entry["what"].items() if name != "title"
        }


def _sentences(kind: str, what: Document) -> tuple[str, str]:
    if kind == "clock.met" and what["state"] == "met_late":
        return _MET_LATE
    if kind == "clock.withdrawn":
        return _WITHDRAWN.get(what["withdrawn"], _WORDS[kind])
    return _WORDS[kind]


def _words(what: Document, pack: Pack | None) -> dict[str, str]:
    title = Words.model_validate(what.get("title") or {})
    if not title.in_("zh"):
        title = Words(zh=what.get("grade", ""))
    name = what.get("role", "")
    role = _COMPLAINANT if name == "complainant" else (pack.roles if pack else {}).get(name, Words(zh=name))
    channel = _CHANNELS.get(what.get("channel", ""), ("", ""))
    return {
        "title_zh": title.in_("zh"),
        "title_en": title.in_("en"),
        "role_zh": role.in_("zh"),
        "role_en": role.in_("en"),
        "channel_zh": channel[0],
        "channel_en": channel[1],
    }


def _entry(at: Any, kind: str, zh: str, en: str) -> Document:
    return {"at": at, "type": kind, "title": {"zh": zh, "en": en}}
