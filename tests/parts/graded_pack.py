"""A pack of three grades with the rules that a test gives it, and rules at random."""

from hypothesis import strategies as st

HEAD = """
pack: bands
version: 1.0.0
title: {en: Bands}
params:
  cap: {type: money, title: {en: cap}, clause: "9", default: "500000"}
intake:
  kinds: {complaint: {en: complaint}, enquiry: {en: enquiry}}
  channels: {phone: {title: {en: phone}}, web: {title: {en: web}}}
  categories: {repair: {title: {en: repair}, children: {leak: {title: {en: leak}}}}}
  fields:
    people: {type: whole, title: {en: people}}
    rate: {type: number, title: {en: rate}}
    mood: {type: text, title: {en: mood}, choices: [calm, angry]}
    vip: {type: truth, title: {en: vip}}
grading:
  grades: {light: {title: {en: light}}, middle: {title: {en: middle}}, heavy: {title: {en: heavy}}}
  otherwise: %s
  rules:
"""
TAIL = """
clocks:
  any: {title: {en: a}, clause: "1", start: received, stop: closed, limit: 1 day, when: claim_amount < cap}
  graded:
    {title: {en: g}, clause: "1", start: received, stop: closed, limit: {by: grade, values: {heavy: 1 day}}}
milestones: {closed: {title: {en: closed}, closes: true}}
"""
Rule = tuple[str, str]


def pack(*rules: Rule, otherwise: str = "light", gaps: str = "", tail: str = TAIL) -> str:
    """Rules as (grade, condition); rule n stands on line `line(n)`."""
    lines = [
        f"    - {{id: r{n}, grade: {grade}, when: '{quoted}', clause: '{n}', says: {{en: r{n}}}}}\n"
        for n, (grade, when) in enumerate(rules)
        for quoted in [when.replace("'", "''")]
    ]
    return HEAD % otherwise + "".join(lines) + (f"  gaps: {gaps}\n" if gaps else "") + tail


def line(rule: int) -> int:
    return HEAD.count("\n") + 1 + rule


_numbers = st.sampled_from(["people > 3", "people <= 3", "people != 0", "rate < 0.5", "size(mood) > people"])
_money = st.sampled_from(["claim_amount >= wan(3)", "claim_amount < cap", "cap == yuan(5)"])
_words = st.sampled_from(['mood == "calm"', 'channel in ["web"]', '"mood" in known', "vip", "true", "false"])
_conditions = st.recursive(
    _numbers | _money | _words,
    lambda part: (
        st.builds("({} && {})".format, part, part)
        | st.builds("({} || {})".format, part, part)
        | st.builds("!({})".format, part)
        | st.builds("({} ? {} : {})".format, part, part, part)
    ),
    max_leaves=8,
)

_rules = st.tuples(st.sampled_from(["light", "middle", "heavy"]), _conditions)
some_rules = st.lists(_rules, min_size=1, max_size=6)
