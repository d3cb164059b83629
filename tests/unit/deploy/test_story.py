"""Stories: what would seem to hold because nothing looks at it is refused, with its line."""

from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from deploy.scenario.player import FailedError, refusal
from deploy.scenario.story import Expected, Recorded, Scenario, Step
from deploy.scenario.strangers import check_names
from shared.policy.library import Library
from shared.policy.source import SourceError


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ({"ref": "a", "due": "2026-02-11T09:00:00+08:00"}, "expected clock: of which clock due is meant"),
        ({"ref": "a", "paused": True, "run": 2}, "expected clock: of which clock paused, run is meant"),
        ({"total": 7}, "expected report: of which report total is meant"),
        ({"month": "2026-02", "by_grade": {}}, "of which report by_grade, month is meant"),
        ({"report": "monthly", "total": 7}, "expected day or month"),
        ({"report": "monthly", "month": "2026-02"}, "expected something that must be so"),
        ({"not_rules": ["r"]}, "expected ref: which complaint is meant"),
        ({"not_escalated_to": "boss"}, "expected ref: which complaint is meant"),
        ({"not_notified": {"role": "boss"}}, "expected ref: which complaint is meant"),
        ({"ref": "a"}, "expected something that must be so"),
        ({}, "expected something that must be so"),
    ],
)
def test_an_expectation_that_nothing_would_look_at_is_refused(expected: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Expected.model_validate(expected)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "expected",
    [
        {"ref": "a", "rules": []},
        {"ref": "a", "state": "open"},
        {"ref": "a", "clock": "reply", "due": "2026-02-11T09:00:00+08:00"},
        {"report": "daily", "day": "2026-02-11", "total": 0},
        {"customer": "k", "tier": {}},
    ],
)
def test_any_one_thing_may_be_expected(expected: dict[str, object]) -> None:
    Expected.model_validate(expected)


STORY = """
scenario: names
pack: small
also: [variant]
params: {reply_limit: 3, %s}
steps:
  - expect: {ref: c1, grade: normal, rules: [claim, named], no_clock: extra, notified: {role: complainant}}
  - expect: {ref: "c{n}", not_rules: ["r{n}"]}
  - submit: {ref: c1}
    expect: {ref: c1, %s}
"""
PACK = """
pack: small
version: 1.0.0
title: {en: Small}
intake: {channels: {phone: {title: {en: phone}}}, categories: {noise: {title: {en: noise}}}}
grading:
  grades: {normal: {title: {en: normal}}}
  rules: [{id: claim, grade: normal, when: claim_amount > yuan(1), clause: "1", says: {en: a}}]
  otherwise: normal
categorising: [{id: named, category: noise, when: "true", clause: "1", says: {en: a}}]
milestones: {replied: {title: {en: replied}}}
clocks: {reply: {title: {en: reply}, clause: "1", start: received, stop: replied, limit: 1 day}}
roles: {boss: {en: boss}}
"""
VARIANT = """
pack: variant
version: 1.0.0
title: {en: Variant}
extends: small
clocks: {extra: {title: {en: extra}, clause: "1", start: received, stop: replied, limit: 1 day}}
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "small.yaml").write_text(PACK, "utf-8")
    (tmp_path / "variant.yaml").write_text(VARIANT, "utf-8")
    return Library(tmp_path)


def told(tmp_path: Path, expected: str, params: str = "strict: false") -> Path:
    file = tmp_path / "told" / "story.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(STORY % (params, expected), "utf-8")
    return file


def test_names_of_the_pack_and_its_variants_are_known(tmp_path: Path, library: Library) -> None:
    check_names(told(tmp_path, "clock: reply, not_escalated_to: boss"), library)


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ("not_rules: [claim, clam]", "not_rules: 'clam' is no rule of this pack; there are claim, named"),
        ("no_clock: repply", "no_clock: 'repply' is no clock of this pack; there are extra, reply"),
        ("not_escalated_to: bos", "not_escalated_to: 'bos' is no role of this pack"),
        ("not_notified: {role: bos}", "not_notified: 'bos' is no role of this pack"),
        ("grade: heavy", "grade: 'heavy' is no grade of this pack; there are normal"),
    ],
)
def test_a_misspelt_name_does_not_hold_by_its_absence(
    tmp_path: Path, library: Library, expected: str, says: str
) -> None:
    with pytest.raises(SourceError) as refused:
        check_names(told(tmp_path, expected), library)
    assert f"story.yaml:10: steps.2.expect: {says}" in str(refused.value)


def test_parameters_may_be_written_as_yaml_reads_them() -> None:
    given = {"strict": False, "loose": True, "limit": 3, "share": 0.5, "words": "2 days"}
    story = Scenario.model_validate({"scenario": "s", "pack": "p", "params": given, "steps": [{"at": "x"}]})
    expected = {"strict": "false", "loose": "true", "limit": "3", "share": "0.5", "words": "2 days"}
    assert story.params == expected


ANSWER = httpx.Response(422, json={"errors": [{"field": "data.until", "problem": "kind of late"}]})
RECORD = {"ref": "a", "milestone": "m"}


@pytest.mark.parametrize("named", ["data.until", "until", "data"])
@pytest.mark.parametrize("key", ["field", "gate"])
def test_a_refusal_names_the_field_inside_the_deed(named: str, key: str) -> None:
    refusal(ANSWER, Step(), Recorded.model_validate({**RECORD, "refused": True, key: named}))


def test_a_refusal_names_the_field_beside_the_deed() -> None:
    refusal(ANSWER, Step(refused=True, field="until"), Recorded.model_validate(RECORD))


@pytest.mark.parametrize(
    ("answer", "step", "says"),
    [
        (ANSWER, Step(), "refused with 422"),
        (ANSWER, Step(refused=True, field="kind"), "expected a refusal that names kind, saw 422"),
        (ANSWER, Step(refused=True, field="unti"), "expected a refusal that names unti, saw 422"),
        (httpx.Response(201), Step(refused=True), "expected a refusal, but it was accepted"),
        (httpx.Response(500, text="oh"), Step(refused=True), "expected a refusal, saw 500: oh"),
    ],
)
def test_what_is_no_such_refusal_says_what_was_seen(answer: httpx.Response, step: Step, says: str) -> None:
    with pytest.raises(FailedError) as failed:
        refusal(answer, step)
    assert says in str(failed.value)
