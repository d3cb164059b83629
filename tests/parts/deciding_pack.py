"""A pack that decides everything there is to decide: kind, category, validity, raises, grades by hand."""

from shared.policy.bound import BoundPack, bind
from shared.policy.pack import Pack
from shared.policy.source import parse
from shared.policy.validation import validated

PROMOTIONS = """  promotions:
    - {id: three, same: [customer], at_least: 3, within: 1 month, clause: "7", says: {zh: 三次, en: three}}
"""
ALONE = """
pack: deciding
version: 1.0.0
title: {zh: 裁定, en: Deciding}
intake:
  kinds:
    complaint: {zh: 投诉, en: complaint}
    enquiry: {zh: 咨询, en: enquiry}
  channels: {phone: {title: {zh: 电话, en: phone}}}
  fields:
    injured: {type: whole, title: {zh: 受伤人数, en: injured}}
  categories:
    repair: {title: {zh: 维修, en: repair}, children: {lift: {title: {zh: 电梯, en: lift}}}}
    noise: {title: {zh: 噪音, en: noise}}
facts:
  cues:
    lift: {title: {zh: 电梯, en: lift}, phrases: [电梯]}
  amounts:
    asked_for: {title: {zh: 索赔, en: asked for}, reads: money, near: [赔], suggests: claim, trusted: true}
    hurt_people: {title: {zh: 受伤, en: hurt}, reads: people, near: [受伤], suggests: injured}
  history:
    failures:
      {title: {zh: 失败, en: failures}, milestone: tried, where: {outcome: failed}}
    failures_in_a_row:
      {title: {zh: 连续失败, en: in a row}, milestone: tried, where: {outcome: [failed, busy]}, take: run}
    unhappy:
      {title: {zh: 不满意, en: unhappy}, milestone: [answered, tried], where: {happy: false}, take: any}
    last_score: {title: {zh: 评分, en: score}, milestone: answered, take: last, field: score, type: whole}
    paid: {title: {zh: 已付, en: paid}, milestone: answered, take: sum, field: paid, type: money}
  decided:
    unfounded: {title: {zh: 不实, en: unfounded}, type: truth, by: [boss], clause: "1"}
    cause: {title: {zh: 原因, en: cause}, type: text, choices: [ours, theirs], clause: "1"}
    damage: {title: {zh: 损失, en: damage}, type: money, clause: "1"}
conversions:
  - {id: overdue, of: [enquiry], to: complaint, when: '"answer" in breached', clause: "2",
    says: {zh: 超时, en: late}}
categorising:
  - {id: by-lift, category: repair/lift, when: lift, clause: "3", says: {zh: 电梯, en: lift}}
  - {id: by-kind, category: noise, when: kind == "complaint", clause: "3", says: {zh: 其他, en: other}}
validity:
  values:
    open: {title: {zh: 待定, en: open}}
    invalid: {title: {zh: 无效, en: invalid}, counts: false}
  otherwise: open
  rules:
    - {id: not-so, value: invalid, when: unfounded, clause: "4", says: {zh: 不实, en: not so}}
grading:
  grades:
    none: {title: {zh: 不定级, en: none}}
    light: {title: {zh: 轻, en: light}}
    heavy: {title: {zh: 重, en: heavy}, owner: boss}
    worst: {title: {zh: 特重, en: worst}}
  rules:
    - {id: is-invalid, grade: none, when: validity == "invalid", clause: "5", says: {zh: 无效, en: invalid}}
    - {id: enquiry, grade: none, when: kind == "enquiry", clause: "5", says: {zh: 咨询, en: enquiry}}
    - {id: lifts, grade: heavy, when: category == "repair/lift", clause: "5", says: {zh: 电梯, en: lift}}
    - {id: dear, grade: heavy, when: "claim_amount >= wan(30) || damage >= wan(30)", clause: "5",
      says: {zh: 巨额, en: dear}}
    - {id: hurt, grade: heavy, when: injured > 0, clause: "5", says: {zh: 受伤, en: hurt}}
  otherwise: light
  raises:
    - {id: failed, when: "true", steps: failures, clause: "6", says: {zh: 未解决, en: failed}}
    - {id: bad, when: 'grade != "none" && last_score >= 4', clause: "6", says: {zh: 差评, en: bad}}
    - {id: urged, when: '"urged" in milestones || size(warned) > 0', clause: "6", says: {zh: 催办, en: urged}}
PROMOTIONS  by_hand: {by: [boss], clause: "8"}
milestones:
  tried: {title: {zh: 尝试, en: tried}}
  answered: {title: {zh: 答复, en: answered}}
  urged: {title: {zh: 催办, en: urged}}
  closed: {title: {zh: 关闭, en: closed}, closes: true}
roles: {boss: {zh: 主管, en: boss}, desk: {zh: 客服, en: desk}}
clocks:
  answer: {title: {zh: 答复, en: answer}, clause: "9", start: received, stop: answered, limit: 4 hours,
    when: 'kind == "enquiry"', warn: [50%]}
  reply: {title: {zh: 回复, en: reply}, clause: "9", start: received, stop: answered,
    when: 'kind == "complaint"', limit: {by: category, values: {noise: 1 day, repair: 2 days}}}
"""


DECIDING = ALONE.replace("PROMOTIONS", PROMOTIONS)
"""With promotions, for which grading waits until it has looked at other complaints."""
ALONE = ALONE.replace("PROMOTIONS", "")


def deciding(text: str = DECIDING) -> BoundPack:
    written = parse(text, "deciding.yaml")
    return bind(written, validated(Pack, written))
