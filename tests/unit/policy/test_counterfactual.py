"""What would give another grade: it really does, and takes no more changes than it must."""

from collections.abc import Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy.bound import BoundPack, bind
from shared.policy.counterfactual import Difference, Search, differences
from shared.policy.pack import Pack
from shared.policy.source import parse
from shared.policy.titles import Titles
from shared.policy.validation import validated
from tests.parts.graded_pack import Rule, pack, some_rules

GRID: Mapping[str, tuple[object, ...]] = {
    "vip": (False, True),
    "people": (0, 3, 4),
    "rate": (0.0, 0.5),
    "claim_amount": (0, 3_000_000, 49_999_999, 50_000_000),
    "mood": ("calm", ""),
    "channel": ("phone", "web"),
}


def bound(*rules: Rule, otherwise: str = "light") -> BoundPack:
    source = parse(pack(*rules, otherwise=otherwise), "bands.yaml")
    return bind(source, validated(Pack, source))


def graded(bound: BoundPack, facts: Mapping[str, object]) -> str:
    holds = bound.rules.evaluate({**bound.values, **facts})
    grading = bound.pack.grading
    return next((rule.grade for rule in grading.rules if holds[rule.id]), grading.otherwise)


def told(bound: BoundPack, **facts: object) -> dict[str, Difference]:
    given = {**bound.values, **facts}
    titles = Titles(bound.pack, bound.fact_types)
    return {d.grade: d for d in differences(bound, titles, given, graded(bound, facts))}


def sentences(difference: Difference, language: str = "en") -> list[str]:
    return [change.says.in_(language) for change in difference.changes]


FACTS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in GRID.items()})
APART = some_rules.filter(lambda rules: not any("size" in when for _, when in rules))
"""Rules whose terms can each be otherwise by itself."""


@given(APART, FACTS)
@settings(max_examples=60, deadline=None)
def test_it_really_gives_that_grade_and_takes_the_fewest_changes(
    rules: list[Rule], facts: dict[str, object]
) -> None:
    pack_ = bound(*rules)
    fewest: dict[str, int] = {}
    for values in product(*GRID.values()):
        other = dict(zip(GRID, values, strict=True))
        changed = sum(other[name] != facts[name] for name in GRID)
        grade = graded(pack_, other)
        fewest[grade] = min(fewest.get(grade, changed), changed)
    search = Search(pack_, {**pack_.values, **facts})
    for grade, changed in fewest.items():
        found = search.nearest(grade)
        assert found is not None
        assert len(found.changes) <= changed
        assert graded(pack_, found.point.facts) == grade


def test_a_fact_that_would_have_to_be_unknown_and_of_a_value_does_not_end_the_search() -> None:
    light = 'mood != "calm" || (rate < 0.5 ? "mood" in known : claim_amount < cap)'
    pack_ = bound(("light", light), ("middle", "people > 3"))
    facts = {"people": 0, "rate": 0.0, "claim_amount": 0, "mood": "calm"}
    found = Search(pack_, {**pack_.values, **facts}).nearest("middle")
    assert found is not None
    assert graded(pack_, found.point.facts) == "middle"


@given(some_rules, FACTS)
@settings(deadline=None)
def test_nothing_is_said_that_does_not_hold(rules: list[Rule], facts: dict[str, object]) -> None:
    pack_ = bound(*rules)
    search = Search(pack_, {**pack_.values, **facts})
    for grade in pack_.grades():
        found = search.nearest(grade)
        if found is not None and not found.point.beside:
            assert graded(pack_, found.point.facts) == grade


BANDS = bound(
    ("heavy", "claim_amount >= wan(30) || people >= 50"),
    ("middle", "people >= 10 && vip"),
)


def test_thresholds_are_said_with_what_is_now() -> None:
    said = told(BANDS, claim_amount=29_999_900, people=9)
    assert list(said) == ["heavy", "middle"], "the heaviest first, and not the grade it has"
    assert sentences(said["heavy"]) == ["claim ≥ 300,000.00 yuan (is 299,999.00 yuan)"]
    assert sentences(said["heavy"], "zh") == ["诉求金额 ≥ 300,000.00 元（现为 299,999.00 元）"]
    assert sentences(said["middle"]) == ["people ≥ 10 (is 9)", "vip: yes (is no)"]
    assert (said["middle"].rule, said["middle"].clause) == ("r1", "1")


def test_of_equally_many_changes_the_nearest_is_said() -> None:
    assert sentences(told(BANDS, people=48)["heavy"]) == ["people ≥ 50 (is 48)"]
    assert sentences(told(BANDS, people=48, claim_amount=29_999_999)["heavy"])[0].startswith("claim")


def test_a_rule_above_must_stop_holding() -> None:
    said = told(BANDS, claim_amount=40_000_000, people=12, vip=True)
    assert sentences(said["middle"]) == ["claim ≤ 299,999.99 yuan (is 400,000.00 yuan)"]
    assert said["light"].rule is None
    assert len(said["light"].changes) == 2


def test_raises_go_on_top_of_what_the_rules_give() -> None:
    text = pack(("middle", "vip")).replace(
        "clocks:",
        "  raises: [{id: up, when: people > 5, clause: '1', says: {en: up}}]\nclocks:",
    )
    source = parse(text, "bands.yaml")
    pack_ = bind(source, validated(Pack, source))
    titles = Titles(pack_.pack, pack_.fact_types)
    facts = {**pack_.values, "people": 6}
    said = {d.grade: sentences(d) for d in differences(pack_, titles, facts, "middle")}
    assert said == {"heavy": ["vip: yes (is no)"]}
    # Others took it up from light; one that is of the middle grade by itself they would not.
    promoted = {d.grade: sentences(d) for d in differences(pack_, titles, {**pack_.values}, "middle", 1)}
    assert promoted == {}


def test_a_sum_is_said_by_the_names_of_its_parts() -> None:
    said = told(bound(("heavy", "people + size(mood) + people > 3")), people=1, mood="ab")
    assert sentences(said["light"]) == ["people + number of mood + people ≤ 3 (is 4)"]


def test_parameters_do_not_change() -> None:
    pack_ = bound(("heavy", "cap == yuan(5) || people > 3"), ("middle", "cap * 2 < yuan(5)"))
    assert {grade: sentences(d) for grade, d in told(pack_).items()} == {
        "heavy": ["people ≥ 4 (is not given)"]
    }


def test_what_nobody_gave_is_said_to_be_so() -> None:
    pack_ = bound(("heavy", '"people" in known && people >= 3'), ("middle", 'mood in ["angry"]'))
    said = told(pack_)
    assert sentences(said["heavy"]) == ["people ≥ 3 (is not given)"]
    assert sentences(said["middle"], "zh") == ["mood 为 angry（现为未给出）"]


def test_a_grade_that_no_rule_gives_is_left_out() -> None:
    assert set(told(bound(("heavy", "vip")))) == {"heavy"}
