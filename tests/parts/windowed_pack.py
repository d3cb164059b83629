"""A pack that counts other complaints in every way there is, and an earlier version that did otherwise."""

from shared.deployment import Deployment, PackSpec, UnitSpec
from shared.policy.bound import BoundPack
from shared.policy.library import Library
from tests.parts.in_memory import InMemory, units

TEXT = """
pack: windowed
version: 1.0.0
title: {en: Windowed}
params:
  enough: {type: whole, title: {en: enough}, clause: "1", default: "3"}
  again: {type: truth, title: {en: again}, clause: "1", default: "false"}
intake:
  channels: {phone: {title: {zh: 电话}, formal: false}, letter: {title: {zh: 来信}}}
facts:
  decided:
    unfounded: {title: {en: unfounded}, type: truth, clause: "2"}
    cause: {title: {en: cause}, type: text, choices: [ours, theirs], clause: "11"}
  windows:
    event_customers:
      {title: {en: customers}, clause: "3", same: event, count: customer, within: 10 working days}
    event_claims: {title: {en: claims}, clause: "4", same: event, sum: claim_amount}
    repeats:
      title: {en: repeats}
      clause: "5"
      same: [customer, problem]
      count: complaints
      within: 3 days
      when: channel_formal
    formal_customers:
      {title: {en: formal}, clause: "9", same: problem, count: customer, within: 2 weeks,
       when: 'channel == "letter"', seen_by: all}
    formal_branch:
      {title: {en: of a branch}, clause: "10", same: branch, count: complaints, within: 36 hours,
       when: 'channel == "letter"', seen_by: all}
    branch_turn:
      {title: {en: turn}, clause: "12", same: branch, count: customer, within: 3 days, so_far: true}
    found_turn:
      {title: {en: found}, clause: "13", same: branch, count: complaints, per: month, moment: cause,
       so_far: true, when: 'cause == "ours"'}
    branch_day: {title: {en: day}, clause: "6", same: branch, count: complaints, per: day}
validity:
  values: {valid: {title: {en: valid}}, invalid: {title: {en: invalid}, counts: false}}
  rules: [{id: is-unfounded, value: invalid, when: unfounded, clause: "7", says: {en: unfounded}}]
  otherwise: valid
grading:
  grades:
    light: {title: {en: light}}
    middle: {title: {en: middle}}
    heavy: {title: {en: heavy}}
    worst: {title: {en: worst}}
  rules:
    - {id: many, grade: heavy, when: event_customers >= enough, clause: "3", says: {en: many customers}}
    - {id: much, grade: heavy, when: event_claims >= yuan(500), clause: "4", says: {en: much money}}
    - {id: of-branch, grade: heavy, when: formal_branch >= 4, clause: "10", says: {en: formal of a branch}}
    - {id: repeated, grade: middle, when: repeats > 1, clause: "5", says: {en: repeated}}
    - {id: busy, grade: middle, when: branch_day >= 3, clause: "6", says: {en: a busy day}}
    - {id: in-turn, grade: middle, when: branch_turn == 3, clause: "12", says: {en: the third customer}}
    - {id: found, grade: middle, when: found_turn == 2, clause: "13", says: {en: the second found ours}}
    - {id: formal, grade: middle, when: formal_customers >= 3, clause: "9", says: {en: formal ones}}
  otherwise: light
  promotions:
    - id: same-problem
      same: problem
      at_least: 3
      within: 1 month
      again: again
      clause: "8"
      says: {en: three of a grade}
"""


EARLIER = (
    TEXT.replace("version: 1.0.0", "version: 0.9.0")
    .replace("within: 10 working days", "within: 5 working days")
    .replace('default: "3"', 'default: "2"')
    .replace("at_least: 3\n      within: 1 month", "at_least: 2\n      within: 2 weeks")
    .replace("    middle: {title", "    mild: {title: {en: mild}}\n    middle: {title")
)
"""Fewer were enough in a shorter time, and there was one grade more."""


def _library(text: str) -> Library:
    """The pack, and what it was before."""
    return InMemory(**{"windowed": text, "windowed@0.9.0": EARLIER})


def windowed(text: str = TEXT) -> BoundPack:
    return _library(text).bound("windowed")


def deployment(text: str = TEXT) -> Deployment:
    """One unit, `here`."""
    unit = UnitSpec(id="here", pack="windowed", earlier=(PackSpec(pack="windowed@0.9.0"),))
    return units(_library(text), unit)
