"""A small pack for tests of intake, and the unit that works by it."""

from shared.deployment import Deployment, Unit, UnitSpec
from shared.policy.pack import Pack
from shared.policy.source import parse
from shared.policy.validation import validated
from tests.parts.in_memory import InMemory, units

TEXT = """
pack: small
version: 1.2.0
title: {en: Small}
intake:
  kinds: {complaint: {zh: 投诉, en: complaint}, enquiry: {zh: 咨询, en: enquiry}}
  channels: {phone: {title: {zh: 电话}}, web: {title: {zh: 网站}}}
  required: [complainant.phone, product]
  categories:
    repair: {title: {zh: 维修}, children: {leak: {title: {zh: 漏水}}, paint: {title: {zh: 油漆}}}}
    noise: {title: {zh: 噪音}}
  fields:
    house: {type: text, title: {zh: 房号}, required: true, categories: [repair]}
    tags: {type: texts, title: {zh: 标签}, choices: [a, b]}
    visits: {type: whole, title: {zh: 次数}}
    size: {type: number, title: {zh: 面积}}
    cost: {type: money, title: {zh: 费用}}
    urgent: {type: truth, title: {zh: 急}}
    bought: {type: moment, title: {zh: 购买}}
    reason: {type: text, title: {zh: 原因}, kinds: [enquiry], choices: [price, date]}
  numbering: {format: "NUMBERING", reset: RESET}
grading:
  grades: {light: {title: {zh: 一般}}, major: {title: {zh: 重大, en: major}}}
  otherwise: light
milestones:
  replied: {title: {zh: 已答复, en: replied}}
  audited: {title: {zh: 已抽查, en: audited}, after_closing: true}
  closed: {title: {zh: 已关闭, en: closed}, closes: true}
clocks:
  audit: {title: {zh: 抽查, en: audit}, clause: "1", start: closed, stop: audited, limit: 3 days,
    extension: {clause: "2"}}
  reply: {title: {zh: 答复, en: reply}, clause: "3", start: received, stop: replied, limit: 3 days,
    extension: {clause: "4"}}
roles:
  manager: {zh: 经理, en: manager}
"""


def pack_text(numbering: str = "{yy}{mm}{seq:02}", reset: str = "month", more: str = "") -> str:
    return TEXT.replace("NUMBERING", numbering).replace("RESET", reset) + more


def deployment(*names: str, numbering: str = "{yy}{mm}{seq:02}", reset: str = "month") -> Deployment:
    specs = [UnitSpec(id=name, pack="small") for name in names or ("here",)]
    return units(InMemory(small=pack_text(numbering, reset)), *specs)


def unit(more: str = "") -> Unit:
    """The unit, with `more` blocks in its pack."""
    here = UnitSpec(id="here", pack="small")
    return units(InMemory(small=pack_text(more=more)), here).unit("here")


def numbering_of(form: str, reset: str) -> Pack:
    return validated(Pack, parse(pack_text(form, reset), "small.yaml"))
