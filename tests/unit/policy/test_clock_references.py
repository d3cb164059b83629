"""Clocks and calendars that cannot be are refused, each with its line and what was expected."""

import pytest

from shared.policy.source import SourceError
from tests.parts.clock_pack import CLOCKS
from tests.parts.packs import deployment, small

BOSS = {"boss": [{"email": "boss@example.com"}]}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("limit: 1 month\n    times", "limit: -1 month\n    times", "-1 month"),
        ("limit: 1 month\n    times", "limit: 500 years\n    times", "100 years"),
        ("limit: 1 day\n    every", "limit: 5 minutes\n    every", "an hour or longer"),
        ("limit: 1 day\n    every", "limit: half a working day\n    every", "come again and again"),
        ("limit: 1 day\n    every", "limit: {given: promised.until}\n    every", "one that somebody gives"),
        ("stop: reported\n    limit: 1 day", "stop: accepted\n    limit: 1 day", "take it out of start"),
        ("before: 1 month", "before: 10th of next month", "a length of time"),
        ("1 working day before]", "end of the month before]", "a length of time"),
        ("until: recovered", "until: recoverd", "'recoverd' is no milestone"),
        ("on: waiting", "on: wating", "'wating' is no milestone"),
        ("given: promised.until", "given: promise.until", "'promise' is no milestone"),
        ("given: set_limit", "given: set_limits", "set_limits"),
        ("inside: overall", "inside: overal", "'overal' is no clock"),
        ("inside: overall", "inside: lab", "lies inside itself"),
        ("calendar: night", "calendar: day", "'day' is no calendar"),
        ("approved_by: [boss]", "approved_by: [chief]", "'chief' is no role"),
        ("water/leak: 1 hour", "water/lek: 1 hour", "'water/lek' is no category"),
        ("repair: {by: category", "repairs: {by: category", "'repairs' is no kind"),
        ("times: {param: calls}", "times: {param: cals}", "'cals' is no parameter of type whole"),
        ("zone: Europe/Berlin", "zone: Europe/Berln", "an IANA time zone"),
        ("country: DE-BE", "country: XX", "an ISO country code"),
        ("en: audited}, after_closing: true", "en: audited}", "'closed' may come when no stop"),
        ("en: accepted}", "en: accepted}, after_closing: true", "'accepted' may come when no stop"),
        ("closes: true", "closes: true, after_closing: true", "not both"),
        ('{from: "20:00", to: "00:00"}', '{from: "20:00", to: "19:00"}', "shifts in order"),
        ('{from: "20:00", to: "00:00"}', '{from: "25:00", to: "00:00"}', "hour must be"),
    ],
)
def test_a_wrong_clock_or_calendar_is_refused(old: str, new: str, says: str) -> None:
    assert CLOCKS.count(old) == 1
    with pytest.raises(SourceError, match=says) as error:
        small(CLOCKS.replace(old, new))
    assert all(problem.line > 1 for problem in error.value.problems)


def test_a_clock_that_closing_ends_by_name_may_start_at_what_comes_after_it() -> None:
    pack = CLOCKS.replace("en: recovered}", "en: recovered}, after_closing: true")
    late = pack.replace(
        "start: to_lab\n    stop: from_lab", "start: recovered\n    stop: from_lab\n    until: closed"
    )
    assert small(late).pack.outliving == {"audit"}


def test_a_wrong_parameter_for_a_clock_is_refused() -> None:
    with pytest.raises(SourceError, match="expected whole"):
        small(CLOCKS, calls="some")


@pytest.mark.parametrize(
    ("calendar", "says"),
    [
        ({"calendar": {"zone": "Mars/Base"}}, "an IANA time zone"),
        ({"calendars": {"shop": {"country": "XX"}}}, "an ISO country code"),
        (
            {"calendar": {"closed": {"2026-03-02": {"en": "x"}}, "extra": {"2026-03-02": {"en": "y"}}}},
            "either closed or extra",
        ),
    ],
)
def test_a_wrong_calendar_stops_the_start(calendar: dict[str, object], says: str) -> None:
    with pytest.raises(SourceError, match=says):
        deployment(CLOCKS, people=BOSS, **calendar)


def test_a_company_may_work_on_a_day_that_its_pack_closes() -> None:
    closed = CLOCKS.replace(
        "calendars:\n", "calendar: {closed: {2026-03-03: {en: inventory}}}\ncalendars:\n", 1
    )
    worked = deployment(closed, people=BOSS, calendar={"extra": {"2026-03-03": {"en": "worked"}}})
    assert deployment(closed, people=BOSS).unit("u1").calendar.closed
    assert not worked.unit("u1").calendar.closed


def test_the_fingerprint_differs_with_any_calendar_and_with_nothing_else() -> None:
    def fingerprint(**calendar: object) -> str:
        (unit,) = deployment(CLOCKS, people=BOSS, **calendar)
        return unit.calendars.fingerprint

    plain = fingerprint()
    assert plain == fingerprint()
    others = {
        fingerprint(calendar={"closed": {"2026-03-02": {"en": "x"}}}),
        fingerprint(calendar={"published_through": 2027}),
        fingerprint(calendars={"shop": {"weekend": []}}),
        fingerprint(calendars={"shop": {"weekend": ["sun"]}}),
    }
    assert len(others | {plain}) == 5
