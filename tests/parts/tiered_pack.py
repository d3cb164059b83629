"""A pack with customer tiers, and with linking, for tests: one axis by score, one by judgement."""

from shared.deployment import Deployment, UnitSpec
from shared.policy.bound import BoundPack
from tests.parts.in_memory import InMemory, units

TEXT = """
pack: tiered
version: 1.0.0
title: {en: Tiered}
params:
  enough: {type: money, title: {en: enough}, clause: "1", default: "1000"}
intake:
  channels: {phone: {title: {zh: 电话}}}
facts:
  linking: {days: 10, same: [branch], threshold: 0.2, clause: "5"}
grading:
  grades: {ordinary: {title: {en: ordinary}}, first: {title: {en: first}}}
  rules:
    - {id: for-a, grade: first, when: tier_level == "a", clause: "2", says: {en: a customer of tier A}}
  otherwise: ordinary
tiers:
  measures:
    sales: {title: {en: sales}, type: money}
    orders: {title: {en: orders}, type: whole}
    mood: {title: {en: mood}, type: text, choices: [sunny, gloomy]}
    late: {title: {en: pays late}, type: truth}
    lately: {title: {en: complaints}, type: whole, counts: complaints, within: 10 days}
    rate: {title: {en: complaint rate}, type: number, counts: complaints, per: orders}
  reviewed: 1 month
  axes:
    level:
      title: {en: level}
      tiers: {c: {title: {en: C}}, b: {title: {en: B}}, a: {title: {en: A}}}
      score:
        sales: {weight: 60, best: {param: enough}}
        rate: {weight: 40, worst: 0.5, best: 0}
        late: {weight: -10}
      rules:
        - {id: is-a, tier: a, when: score >= 80.0 && lately < 2, clause: "3", says: {en: eighty points}}
        - {id: is-b, tier: b, when: score >= 50.0, clause: "3", says: {en: fifty points}}
      otherwise: c
    mood:
      title: {en: mood}
      tiers: {gloomy: {title: {en: gloomy}}, sunny: {title: {en: sunny}}}
      rules:
        - {id: smiles, tier: sunny, when: mood == "sunny", clause: "4", says: {en: smiles}}
"""


def tiered(text: str = TEXT) -> BoundPack:
    return InMemory(tiered=text).bound("tiered")


def deployment(text: str = TEXT) -> Deployment:
    return units(InMemory(tiered=text), UnitSpec(id="here", pack="tiered"))
