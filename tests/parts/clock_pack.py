"""A pack with one clock of every kind, for tests."""

CLOCKS = """
pack: small
version: 1.0.0
title: {zh: 时限, en: Deadlines}
params:
  calls: {type: whole, title: {en: calls}, clause: "9", default: "3"}
intake:
  channels: {phone: {title: {zh: 电话, en: phone}}}
  kinds: {complaint: {en: complaint}, repair: {en: repair}}
  fields:
    wanted: {type: moment, title: {en: the time the guest asks for}}
    set_limit: {type: text, title: {en: the dispatcher's limit}}
    overseas: {type: truth, title: {en: overseas}}
    contract_ends: {type: moment, title: {en: the contract ends}}
  categories:
    water: {title: {en: water}, children: {leak: {title: {en: leak}}}}
    noise: {title: {en: noise}}
calendars:
  night: {shifts: [{from: "20:00", to: "00:00"}], country: null, weekend: []}
  berlin: {zone: Europe/Berlin, country: DE-BE}
grading:
  grades: {normal: {title: {en: normal}}, major: {title: {en: major}}}
  otherwise: normal
milestones:
  accepted: {title: {zh: 受理, en: accepted}}
  promised: {title: {zh: 承诺, en: promised}}
  waiting: {title: {zh: 等待客户, en: waiting for the customer}}
  back: {title: {zh: 客户已回, en: the customer is back}}
  replied: {title: {zh: 答复, en: replied}}
  reported: {title: {zh: 日报, en: reported}}
  called: {title: {zh: 回访, en: called}}
  to_lab: {title: {zh: 送检, en: sent to the laboratory}}
  from_lab: {title: {zh: 检毕, en: back from the laboratory}}
  recovered: {title: {zh: 恢复, en: recovered}}
  audited: {title: {zh: 抽查, en: audited}, after_closing: true}
  closed: {title: {zh: 关闭, en: closed}, closes: true}
roles: {boss: {zh: 主管, en: boss}}
ladders:
  late-audit:
    title: {zh: 抽查逾期, en: the audit is late}
    clause: "18"
    on: {clock: audit}
    rungs:
      - {id: told, role: boss, title: {zh: 提醒, en: told}}
      - {id: again, role: boss, after: 1 day, title: {zh: 再提醒, en: told again}}
clocks:
  reply:
    title: {zh: 答复, en: reply}
    clause: "1"
    start: received
    stop: replied
    limit: {by: grade, values: {normal: 5 working days, major: 1 working day}}
    warn: [50%, 1 working day before]
    pauses: [{on: waiting, off: back, clause: "2"}]
    extension: {cap: 8 working days, at_most: 2, consent: true, approved_by: [boss], clause: "3"}
  promise:
    title: {zh: 承诺, en: promise}
    clause: "4"
    start: received
    stop: replied
    limit: {given: promised.until, cap: 7 working days}
  visit:
    title: {zh: 上门, en: visit}
    clause: "5"
    start: received
    stop: called
    limit: {given: wanted, otherwise: 3 working days}
    soft: true
  dispatched:
    title: {zh: 派工, en: dispatched}
    clause: "6"
    start: accepted
    stop: replied
    limit: {given: set_limit, otherwise: {by: overseas, values: {"true": 17 days, "false": 13 days}}}
  contract:
    title: {zh: 合同, en: contract}
    clause: "7"
    start: received
    stop: replied
    limit: {given: contract_ends, before: 1 month}
  repair:
    title: {zh: 维修, en: repair}
    clause: "8"
    start: accepted
    stop: replied
    limit: {by: kind, values: {repair: {by: category, values: {water: 2 hours, water/leak: 1 hour}}}}
  calls:
    title: {zh: 回访三次, en: three calls}
    clause: "9"
    start: replied
    stop: called
    limit: 1 month
    times: {param: calls}
  daily:
    title: {zh: 日报, en: daily report}
    clause: "10"
    start: accepted
    stop: reported
    limit: 1 day
    every: true
    until: recovered
  same-day:
    title: {zh: 当日日志, en: a log every day}
    clause: "15"
    start: accepted
    stop: reported
    limit: same day
    every: true
  lab:
    title: {zh: 检测, en: laboratory}
    clause: "11"
    start: to_lab
    stop: from_lab
    limit: 8 working hours
    accumulates: true
    inside: overall
  overall:
    title: {zh: 总时限, en: overall}
    clause: "12"
    start: accepted
    stop: replied
    limit: {by: grade, values: {normal: 3 working days, major: 6 working hours}}
  night-shift:
    title: {zh: 夜班, en: night shift}
    clause: "13"
    start: accepted
    stop: replied
    limit: 2 working hours
    calendar: night
  warned-major:
    title: {zh: 重大上报, en: warned of a major case}
    clause: "14"
    start: graded
    stop: reported
    limit: 24 hours
    when: grade == "major"
  audit:
    title: {zh: 抽查, en: audit}
    clause: "16"
    start: [replied, closed]
    stop: audited
    limit: 3 days
    warn: 1 day before
    extension: {at_most: 1, clause: "17"}
"""
