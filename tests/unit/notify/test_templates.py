"""Templates: what they may do, what they may not, and what they say when they are wrong."""

from datetime import UTC, datetime

import pytest

from services.notify.samples import check_templates
from services.notify.templates import BadTemplateError, render
from services.notify.variables import Shown
from shared.policy.checking import stand_in
from shared.policy.library import Library
from shared.policy.source import SourceError
from tests.unit.notify.stories import PACK, Listener, Story, bound, deployment

DUE = datetime(2026, 2, 25, 10, tzinfo=UTC)
SEEN = {
    "complaint": Shown(number="N-1", text="门坏了" * 3000, category=None, title="N-1"),
    "clock": Shown(due=DUE, title="答复"),
    "unit": Shown(zone="Asia/Shanghai"),
    "rules": [1, 2, 3],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ complaint }}/{{ clock.title }}", "N-1/答复"),
        ("{{ clock.due | moment }}", "2026-02-25 18:00"),
        ("{{ clock.due }}", "2026-02-25 18:00"),
        ("[{{ complaint.category }}]", "[]"),
        ("{{ complaint.nothing | default('-') }}", "-"),
        ("{% if complaint.nothing is defined %}a{% else %}b{% endif %}", "b"),
        ("{% for rule in rules %}{{ rule }};{% endfor %}", "1;2;3;"),
        ("{{ rules | join(', ') }}", "1, 2, 3"),
    ],
)
def test_what_a_template_may_do(template: str, text: str) -> None:
    assert render(template, SEEN, 1000) == text


@pytest.mark.parametrize(
    "template",
    [
        "{{ complaint.__class__ }}",
        "{{ complaint['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ complaint | attr('__class__') }}",
        "{{ complaint.items() }}",
        "{{ range(1000000000) }}",
        "{% for a in complaint.text %}{% for b in complaint.text %}{% endfor %}{% endfor %}",
        "{% set a = complaint.text %}",
        "{{ complaint.text * 1000000 }}",
        "{{ complaint.text ~ complaint.text }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ 'x' | center(999999999) }}",
        "{{ complaint.text | join(complaint.text) }}",
        "{% include '/etc/passwd' %}",
        "{% macro a() %}{% endmacro %}",
        "{{ self }}",
        "{{ loop }}",
        "{{ 2 ** 99999999 }}",
    ],
)
def test_what_a_template_may_not_do(template: str) -> None:
    with pytest.raises(BadTemplateError):
        render(template, SEEN, 1000)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{ complant.number }}", "'complant' is not a variable here; known: clock, complaint"),
        ("\n{{ complaint.numbr }}", "line 2 of the template: .*numbr"),
        ("{{ complaint.number | shout }}", "shout"),
        ("{% if %}", "line 1"),
    ],
)
def test_an_error_names_what_is_wrong(template: str, says: str) -> None:
    with pytest.raises(BadTemplateError, match=says):
        render(template, SEEN, 1000)


def test_what_is_too_long_is_cut() -> None:
    text = render("{{ complaint.text }}{{ complaint.text }}", SEEN, 500)
    assert len(text) == 500
    assert text.endswith("…")


def broken(old: str, new: str) -> SourceError:
    assert old in PACK
    with pytest.raises(SourceError) as error:
        check_templates(bound(PACK.replace(old, new)))
    return error.value


def test_a_broken_notice_stops_the_start_with_file_line_and_name() -> None:
    (problem,) = broken("已受理 {{ complaint.number }}", "{{ complaint.numbr }}").problems
    assert str(problem).startswith("shop.yaml:")
    assert "notices.thanks.body.zh" in str(problem)
    assert "numbr" in str(problem)


def test_a_variable_that_the_event_does_not_have_is_refused() -> None:
    assert "'milestone' is not a variable here" in str(broken("{{ clock.due }}", "{{ milestone }}"))


def test_a_notice_says_what_the_company_has_set() -> None:
    params = """
params:
  told_in: {type: limit, title: {en: limit}, clause: c9, default: 5 working days}
  desk: {type: text, title: {en: desk}, clause: c9, default: 二楼}
"""
    text = PACK.replace("{{ complaint.number }}", "{{ param.told_in }} {{ param.desk }}") + params
    listener = Listener(deployment(text)).hear(Story().received())
    assert [m["text"] for m in listener.messages.values()] == ["已受理 5个工作日 二楼"]
    assert "no attribute 'told'" in str(broken("{{ complaint.number }}", "{{ param.told }}"))


def test_good_packs_pass() -> None:
    check_templates(bound())


@pytest.mark.parametrize("name", Library().names())
def test_every_shipped_packs_notices_can_be_written(name: str) -> None:
    pack = Library().written(name)[1]
    given = {n: stand_in(p) for n, p in pack.params.items() if p.default is None}
    check_templates(Library().bound(name, given))


def test_a_template_that_fails_on_a_real_complaint_still_tells_somebody() -> None:
    text = PACK.replace("milestone.data.content | default('-')", "milestone.data.content.deep.deeper")
    story = Story()
    listener = Listener(deployment(text)).hear(story.received(), story.replied())
    answered = next(m for m in listener.messages.values() if m["notice"] == "answered")
    assert answered["text"] == "投诉 N-c-1：milestone.replied"
