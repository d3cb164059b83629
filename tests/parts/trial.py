"""A deployment whose effects are easy to count: one unit, one clock, one ladder, three mails.

A complaint received long ago has its clock breached and its ladder climbed at once. So each one leads to
one grading, three events of sla, and three mails: thanks, late, climbed.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.deployment import Deployment, load
from shared.policy.library import Library

PACK = """
pack: trial
version: 1.0.0
title: {zh: 试验, en: Trial}
intake: {channels: {phone: {title: {zh: 电话, en: phone}}}}
facts: {cues: {hurt: {title: {zh: 受伤, en: hurt}, phrases: [受伤, hurt]}}}
grading:
  grades: {normal: {title: {zh: 一般, en: normal}}, major: {title: {zh: 重大, en: major}}}
  rules: [{id: hurt, grade: major, when: hurt, clause: "2", says: {zh: 有人受伤, en: hurt}}]
  otherwise: normal
milestones:
  replied: {title: {zh: 已答复, en: replied}}
  closed: {title: {zh: 已关闭, en: closed}, closes: true}
roles: {boss: {zh: 主管, en: Boss}}
clocks:
  reply: {title: {zh: 答复, en: reply}, clause: "3", start: [received], stop: [replied], limit: 60 minutes}
ladders:
  late: {title: {zh: 逾期, en: late}, clause: "4", on: {clock: reply},
    rungs: [{id: up, role: boss, title: {zh: 上报, en: up}}]}
notices:
  thanks: {on: complaint.received, to: [complainant], by: [email], clause: "5",
    subject: {zh: "{{ complaint.number }} thanks"}, body: {zh: "thanks"}}
  late: {on: clock.breached, of: [reply], to: [boss], by: [email], clause: "6",
    subject: {zh: "{{ complaint.number }} late"}, body: {zh: "late"}}
  climbed: {on: complaint.escalated, of: [late], to: [escalated_to], by: [email], clause: "7",
    subject: {zh: "{{ complaint.number }} climbed"}, body: {zh: "climbed"}}
"""
FILE = """
language: zh
units: [{id: here, pack: trial, people: {boss: {email: boss@example.com}}}]
sms: {provider: file, path: SMS}
"""
BOSS = "boss@example.com"
LONG_AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)


def write(folder: Path) -> Path:
    """The deployment as files; where its redress.yaml stands. Its packs are in `packs` beside it."""
    (folder / "packs").mkdir(parents=True, exist_ok=True)
    (folder / "packs" / "trial.yaml").write_text(PACK, "utf-8")
    config = folder / "redress.yaml"
    config.write_text(FILE.replace("SMS", str(folder / "sms.jsonl")), "utf-8")
    return config


def deployment(folder: Path) -> Deployment:
    return load(write(folder), Library(folder / "packs"))


def submission(ref: str, **more: Any) -> dict[str, Any]:
    return {
        "ref": ref,
        "channel": "phone",
        "text": f"{ref}：楼道漏水，有人受伤。",
        "complainant": {"email": f"{ref}@example.com"},
        "received_at": LONG_AGO.isoformat(),
        **more,
    }
