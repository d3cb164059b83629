"""A small pack for tests, with something of everything that clocks and ladders know."""

from collections.abc import Mapping, Sequence

from shared.deployment import Deployment, DeploymentFile, deploy
from shared.policy.bound import BoundPack, bind
from shared.policy.pack import Pack
from shared.policy.source import Source, parse
from shared.policy.validation import validated
from tests.parts.in_memory import InMemory

SMALL = """
pack: small
version: 1.0.0
title: {zh: 小规则, en: Small}
params:
  reply_limit: {type: limit, title: {en: reply}, clause: "1", default: 5 working days}
intake:
  channels:
    phone: {title: {zh: 电话, en: phone}}
    media: {title: {zh: 媒体, en: media}, formal: false}
  fields:
    injured: {type: whole, title: {zh: 受伤人数, en: injured}}
  categories:
    repair: {title: {zh: 维修, en: repair}, children: {lift: {title: {zh: 电梯, en: lift}}}}
facts:
  cues:
    hurt: {title: {zh: 受伤, en: hurt}, phrases: [受伤, 受傷, injured]}
grading:
  grades:
    normal: {title: {zh: 一般, en: normal}}
    major: {title: {zh: 重大, en: major}, owner: boss, roster: [boss, desk]}
  rules:
    - {id: hurt, grade: major, when: hurt || injured > 0, clause: "2", says: {zh: 有人受伤, en: hurt}}
    - {id: claim, grade: major, when: claim_amount >= wan(10), clause: "3", says: {en: 100k or more}}
  otherwise: normal
milestones:
  accepted: {title: {zh: 受理, en: accepted}}
  replied: {title: {zh: 答复, en: replied}}
  dissatisfied: {title: {zh: 不满意, en: dissatisfied}}
  acknowledged: {title: {zh: 已接手, en: acknowledged}}
  closed: {title: {zh: 关闭, en: closed}, closes: true}
roles: {desk: {zh: 客服, en: desk}, boss: {zh: 主管, en: boss}}
clocks:
  reply:
    title: {zh: 答复, en: reply}
    clause: "4"
    start: received
    stop: replied
    limit: {by: grade, values: {normal: {param: reply_limit}, major: 1 working day}}
    warn: [50%, 1 hour before]
  major-call:
    title: {zh: 致电, en: call}
    clause: "5"
    start: accepted
    stop: [replied, acknowledged]
    limit: 30 minutes
    when: grade == "major"
ladders:
  late:
    title: {zh: 逾期, en: late}
    clause: "6"
    on: {clock: reply}
    until: [acknowledged]
    rungs:
      - {id: first, role: desk, title: {zh: 催办, en: urge}}
      - {id: second, role: boss, title: {zh: 接管, en: take over}, after: 1 working day, takes_over: true}
  unhappy:
    title: {zh: 不满意, en: unhappy}
    clause: "7"
    on: {milestone: dissatisfied}
    rungs: [{id: up, role: boss, title: {zh: 升级, en: up}}]
"""


def source(text: str = SMALL) -> Source:
    return parse(text, "small.yaml")


def small(text: str = SMALL, **params: str) -> BoundPack:
    written = source(text)
    return bind(written, validated(Pack, written), params)


PEOPLE = {"boss": [{"email": "boss@example.com"}], "desk": [{"sms": "+8613900000001"}]}


def deployment(
    text: str = SMALL,
    pack: str = "small",
    unit: str = "u1",
    people: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    **more: object,
) -> Deployment:
    held = PEOPLE if people is None else people
    file = DeploymentFile.model_validate({"units": [{"id": unit, "pack": pack, "people": held, **more}]})
    return deploy(file, InMemory(**{pack: text}), Source("redress.yaml", {}, {}))
