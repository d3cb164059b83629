"""Deadlines of every kind: promises, pauses, extensions, series, budgets, calendars."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.deployment import Deployment
from tests.parts.clock_pack import CLOCKS
from tests.parts.packs import deployment
from tests.unit.sla.heard import Sla, at, graded, step

WED = at("02-11 09:00")
BOSS = {"boss": [{"email": "boss@example.com"}]}
APPROVED = {"reason": "parts are late", "consent": True, "approved_by": "boss"}


def house(**more: object) -> Deployment:
    return deployment(CLOCKS, people=BOSS, **more)


def begun(grade: str = "normal", when: datetime = WED, **facts: object) -> Sla:
    return Sla(when, house()).hear(graded(1, grade, when, **facts))


# pauses


def test_what_was_left_before_a_pause_is_left_after_it() -> None:
    sla = begun().move_to(at("02-12 10:00")).hear(step(2, "waiting", at("02-12 10:00")))
    assert sla.clocks()["reply:received"]["paused_since"] == "2026-02-12T02:00:00Z"
    assert sla.moves("reply") == ["the clock stands still"]
    sla.move_to(at("03-05 10:00"))
    assert "clock.breached" not in [e.key for e in sla.said if e.data.get("clock", {}).get("id") == "reply"]
    # One hour of the five days was spent; 39 are left: seven on the 5th, then the 6th, 9th, 10th and 11th.
    sla.hear(step(3, "back", at("03-05 10:00")))
    assert sla.due("reply:received") == at("03-11 18:00")
    assert (
        "paused_since" not in sla.clocks()["reply:received"]
        or not sla.clocks()["reply:received"]["paused_since"]
    )
    paused = [s for s in sla.clocks()["reply:received"]["spans"] if s["paused"]]
    assert [(s["start"], s["end"], s["counted"]) for s in paused] == [
        ("2026-02-12T02:00:00Z", "2026-03-05T02:00:00Z", False)
    ]
    assert "等待客户" in paused[0]["why"]["zh"]


def test_a_pause_over_a_holiday_moves_nothing() -> None:
    sla = begun().hear(step(2, "waiting", at("02-14 18:00")), step(3, "back", at("02-24 09:00")))
    assert sla.move_to(at("02-24 10:00")).due("reply:received") == at("02-25 18:00")


def test_a_pause_that_comes_to_light_after_the_breach_withdraws_it() -> None:
    sla = begun().move_to(at("02-26 09:00"))
    sla.hear(step(2, "waiting", at("02-25 09:00")), step(3, "back", at("02-26 09:00")))
    reply = [e for e in sla.said if e.data.get("clock", {}).get("id") == "reply"]
    assert "breach" in [e.data["what"] for e in reply if e.key == "clock.withdrawn"]
    assert sla.clocks()["reply:received"]["state"] == "running"
    assert sla.due("reply:received") == at("02-26 18:00")


# extensions


def test_an_extension_moves_the_deadline_by_working_days_and_says_why() -> None:
    sla = begun().move_to(at("02-24 09:00"))
    sla.hear(step(2, "extended", at("02-24 09:00"), clock="reply", by="2 working days", **APPROVED))
    assert sla.due("reply:received") == at("02-27 18:00")
    assert sla.moves("reply") == ["the deadline was extended"]
    assert sla.clocks()["reply:received"]["extensions"][0]["reason"] == "parts are late"


def test_an_extension_never_goes_beyond_the_cap_of_the_whole() -> None:
    june = "2026-06-01T18:00:00+08:00"
    sla = begun().move_to(at("02-24 09:00"))
    sla.hear(step(2, "extended", at("02-24 09:00"), clock="reply", to=june, **APPROVED))
    assert sla.due("reply:received") == at("02-28 18:00"), "the eighth working day is a worked Saturday"


@pytest.mark.parametrize(
    "data",
    [
        {**APPROVED, "approved_by": "clerk"},
        {**APPROVED, "consent": False},
        {**APPROVED, "reason": ""},
        {"consent": True, "approved_by": "boss"},
    ],
)
def test_an_extension_without_what_the_pack_asks_for_is_none(data: dict[str, object]) -> None:
    sla = begun().move_to(at("02-24 09:00"))
    sla.hear(step(2, "extended", at("02-24 09:00"), clock="reply", by="2 working days", **data))
    assert sla.due("reply:received") == at("02-25 18:00")


def test_at_most_two_extensions_and_none_after_expiry() -> None:
    sla = begun().move_to(at("02-24 09:00"))
    for n in (2, 3, 4):
        sla.hear(step(n, "extended", at("02-24 09:00"), clock="reply", by="1 working day", **APPROVED))
    assert sla.due("reply:received") == at("02-27 18:00")
    late = begun().move_to(at("02-26 09:00"))
    late.hear(step(2, "extended", at("02-26 09:00"), clock="reply", by="1 working day", **APPROVED))
    assert late.clocks()["reply:received"]["state"] == "breached"
    assert late.due("reply:received") == at("02-25 18:00")


# given by somebody


def test_a_promise_starts_the_clock_and_counts_from_when_it_was_given() -> None:
    sla = begun()
    assert "promise:received" not in sla.clocks()
    sla.move_to(at("02-12 09:00")).hear(step(2, "promised", at("02-12 09:00"), until="2 working days"))
    assert sla.due("promise:received") == at("02-14 18:00")
    assert sla.clocks()["promise:received"]["given"]
    sla.hear(step(3, "promised", at("02-12 09:00"), until="2026-02-24T12:00:00+08:00"))
    assert sla.due("promise:received") == at("02-24 12:00")
    assert sla.moves("promise") == ["the deadline was promised or agreed"]


def test_a_promise_beyond_its_cap_falls_due_at_the_cap() -> None:
    sla = begun().hear(step(2, "promised", WED, until="2026-05-01T12:00:00+08:00"))
    assert sla.due("promise:received") == at("02-27 18:00")


@pytest.mark.parametrize("nonsense", ["soon", "-3 days", "2026-02-20", 7, None])
def test_a_promise_that_is_no_time_is_none(nonsense: object) -> None:
    sla = begun().hear(step(2, "promised", WED, until=nonsense))
    assert "promise:received" not in sla.clocks()


def test_the_guests_own_time_and_otherwise_the_limit() -> None:
    assert begun().due("visit:received") == at("02-14 18:00")
    asked = begun(wanted="2026-02-11T20:00:00+08:00")
    assert asked.due("visit:received") == at("02-11 20:00")
    assert asked.clocks()["visit:received"]["soft"]


def test_a_time_asked_for_in_the_past_is_due_at_once() -> None:
    sla = begun(wanted="2026-02-01T20:00:00+08:00")
    assert sla.due("visit:received") == WED


def test_the_dispatchers_limit_and_otherwise_domestic_or_overseas() -> None:
    def due(**facts: object) -> datetime:
        return begun(**facts).hear(step(2, "accepted", WED)).due("dispatched:m2")

    assert due(set_limit="3 working days") == at("02-14 18:00")
    assert due(overseas=False) == at("02-25 00:00")
    assert due(overseas=True) == at("03-01 00:00")


def test_so_long_before_a_moment() -> None:
    assert begun(contract_ends="2026-04-30T18:00:00+08:00").due("contract:received") == at("03-30 18:00")
    assert "contract:received" not in begun().clocks()


def test_a_limit_by_kind_and_category() -> None:
    accepted = step(2, "accepted", WED)
    leak = begun(kind="repair", category="water/leak").hear(accepted)
    assert leak.due("repair:m2") == at("02-11 10:00")
    assert begun(kind="repair", category="water").hear(accepted).due("repair:m2") == at("02-11 11:00")
    assert "repair:m2" not in begun(kind="repair", category="noise").hear(accepted).clocks()
    assert "repair:m2" not in begun(kind="complaint", category="water").hear(accepted).clocks()


# again and again


def test_three_calls_are_three() -> None:
    sla = begun().hear(step(2, "replied", WED))
    for n, day in enumerate(("02-12", "02-13"), 3):
        sla.move_to(at(f"{day} 09:00")).hear(step(n, "called", at(f"{day} 09:00")))
    calls = sla.clocks()["calls:m2"]
    assert (calls["state"], calls["done"], calls["times"]) == ("running", 2, 3)
    sla.move_to(at("02-13 09:30")).hear(step(9, "called", at("02-13 09:30")))
    assert sla.clocks()["calls:m2"]["state"] == "met"


def test_a_report_every_day_until_it_is_over() -> None:
    sla = begun().hear(step(2, "accepted", WED))
    assert sla.due("daily:m2") == at("02-13 00:00")
    sla.move_to(at("02-12 17:00")).hear(step(3, "reported", at("02-12 17:00")))
    assert sla.clocks()["daily:m2"]["state"] == "met"
    assert sla.due("daily:m3") == at("02-14 00:00")
    sla.move_to(at("02-16 12:00"))
    states = {key: c["state"] for key, c in sla.clocks().items() if c["id"] == "daily"}
    assert states == {
        "daily:m2": "met",
        "daily:m3": "breached",
        "daily:m3+2": "breached",
        "daily:m3+3": "breached",
        "daily:m3+4": "running",
    }
    assert sla.due("daily:m3+2") == at("02-15 00:00")
    sla.hear(step(4, "reported", at("02-16 12:00")))
    assert sla.clocks()["daily:m3"]["state"] == "met_late"
    assert sla.due("daily:m4") == at("02-18 00:00")
    sla.hear(step(5, "recovered", at("02-16 13:00"))).move_to(at("03-20 00:00"))
    assert sla.clocks()["daily:m4"]["state"] == "withdrawn"


def test_what_was_done_today_is_asked_for_tomorrow_and_not_again_today() -> None:
    sla = begun().hear(step(2, "accepted", WED)).move_to(at("02-11 17:00"))
    assert sla.due("same-day:m2") == at("02-12 00:00")
    sla.hear(step(3, "reported", at("02-11 17:00")))
    assert sla.due("same-day:m3+2") == at("02-13 00:00")
    sla.move_to(at("02-13 00:00")).hear(step(4, "reported", at("02-13 00:00")))
    assert sla.due("same-day:m4") == at("02-14 00:00"), "the last moment of a day belongs to it"
    sla.move_to(at("02-15 10:00")).hear(step(5, "reported", at("02-15 10:00")))
    assert {key: c["state"] for key, c in sla.clocks().items() if c["id"] == "same-day"} == {
        "same-day:m2": "met",
        "same-day:m3+2": "met",
        "same-day:m4": "met_late",
        "same-day:m4+2": "met_late",
        "same-day:m4+3": "met",
        "same-day:m5+2": "running",
    }
    assert sla.due("same-day:m5+2") == at("02-17 00:00")


def test_a_log_before_work_ends_every_working_day() -> None:
    before_leaving = deployment(CLOCKS.replace("limit: same day", "limit: same working day"), people=BOSS)
    friday = at("03-06 20:00")
    sla = Sla(friday, before_leaving).hear(graded(1, "normal", friday), step(2, "accepted", friday))
    sla.move_to(at("03-07 11:00")).hear(step(3, "reported", at("03-07 11:00")))
    assert states(sla, "same-day") == {"03-09 18:00": "met", "03-10 18:00": "running"}
    sla.move_to(at("03-16 09:00")).hear(step(4, "reported", at("03-16 09:00")))
    assert states(sla, "same-day") == {
        "03-09 18:00": "met",
        **{f"03-{day} 18:00": "met_late" for day in range(10, 14)},
        "03-16 18:00": "met",
        "03-17 18:00": "running",
    }


def at_month_end(limit: str = "end of the month") -> Deployment:
    """A month for what otherwise comes every day."""
    monthly = CLOCKS.replace("limit: same day", f"limit: {limit}").replace("limit: 1 day", "limit: 1 month")
    return deployment(monthly, people=BOSS)


def states(sla: Sla, clock: str) -> dict[str, str]:
    """State by due time of the runs of a clock, as months and days."""
    runs = [c for c in sla.clocks().values() if c["id"] == clock]
    dues = {run["key"]: datetime.fromisoformat(run["due"]).astimezone(WED.tzinfo) for run in runs}
    return {f"{dues[run['key']]:%m-%d %H:%M}": run["state"] for run in runs}


def test_at_the_end_of_the_month_every_month() -> None:
    sla = Sla(WED, at_month_end()).hear(graded(1, "normal", WED), step(2, "accepted", WED))
    sla.move_to(at("02-20 10:00")).hear(step(3, "reported", at("02-20 10:00")))
    assert states(sla, "same-day") == {"03-01 00:00": "met", "04-01 00:00": "running"}
    sla.move_to(at("03-01 08:00"))
    assert states(sla, "same-day")["04-01 00:00"] == "running", "what was done early is not asked for again"
    sla.move_to(at("05-02 00:00"))
    assert states(sla, "same-day") == {
        "03-01 00:00": "met",
        "04-01 00:00": "breached",
        "05-01 00:00": "breached",
        "06-01 00:00": "running",
    }
    sla.hear(step(4, "reported", at("05-02 00:00")))
    assert states(sla, "same-day") == {
        "03-01 00:00": "met",
        "04-01 00:00": "met_late",
        "05-01 00:00": "met_late",
        "06-01 00:00": "met",
        "07-01 00:00": "running",
    }


def test_a_point_that_had_passed_at_the_start_is_not_meant_but_the_next_one() -> None:
    sla = Sla(WED, at_month_end("10:00 on the 10th of the month"))
    sla.hear(graded(1, "normal", WED), step(2, "accepted", WED), graded(3, "major", at("02-11 09:01"), WED))
    assert states(sla, "same-day") == {"03-10 10:00": "running"}
    sla.move_to(at("03-10 11:00")).hear(step(4, "reported", at("03-10 11:00")))
    assert states(sla, "same-day")["05-10 10:00"] == "running"


@given(acts=st.lists(st.integers(1, 200 * 24), max_size=8, unique=True))
@settings(max_examples=25, deadline=None)
def test_each_month_without_an_act_is_missed_and_no_other(acts: list[int]) -> None:
    """Done twice in a month is done once; done early is not asked for again; nothing is missed silently."""
    done = sorted(WED + timedelta(hours=hour) for hour in acts)
    sla = Sla(WED, at_month_end()).hear(graded(1, "normal", WED), step(2, "accepted", WED))
    for n, moment in enumerate(done, 3):
        sla.move_to(moment).hear(step(n, "reported", moment))
    sla.move_to(at("09-01 00:01"))
    ends = [at(f"{month:02}-01 00:00") for month in range(3, 10)]
    windows = list(zip([WED, *ends], ends, strict=False))
    missed = {end for begin, end in windows if not any(begin < moment <= end for moment in done)}
    fired = [e.data["clock"] for e in sla.said if e.key == "clock.breached"]
    assert {datetime.fromisoformat(c["due"]) for c in fired if c["id"] == "same-day"} == missed


# budgets, and clocks inside one another


def test_a_later_run_of_a_budget_has_what_the_earlier_ones_left() -> None:
    sla = begun().hear(step(2, "accepted", WED), step(3, "to_lab", at("02-11 09:00")))
    assert sla.due("lab:m3") == at("02-11 18:00")
    sla.move_to(at("02-11 12:00")).hear(step(4, "from_lab", at("02-11 12:00")))
    sla.move_to(at("02-12 09:00")).hear(step(5, "to_lab", at("02-12 09:00")))
    assert sla.due("lab:m5") == at("02-12 15:00"), "three of eight hours are spent"


def test_a_spent_budget_is_late_from_its_first_moment() -> None:
    sla = begun().hear(step(2, "accepted", WED), step(3, "to_lab", WED)).move_to(at("02-12 10:00"))
    sla.hear(step(4, "from_lab", at("02-12 10:00")), step(5, "to_lab", at("02-12 11:00")))
    sla.move_to(at("02-12 11:01"))
    assert sla.clocks()["lab:m5"]["state"] == "breached"


def test_an_inner_clock_is_never_due_after_the_outer_one() -> None:
    sla = begun().hear(step(2, "accepted", WED)).move_to(at("02-14 16:00"))
    sla.hear(step(3, "to_lab", at("02-14 16:00")))
    assert sla.due("lab:m3") == at("02-14 18:00")


def test_when_the_outer_clock_moves_the_inner_one_moves_with_it() -> None:
    sla = begun().hear(step(2, "accepted", WED), step(3, "to_lab", WED)).move_to(at("02-11 10:00"))
    sla.hear(graded(2, "major", at("02-11 10:00"), received=WED))
    assert sla.due("overall:m2") == at("02-11 16:00")
    assert sla.due("lab:m3") == at("02-11 16:00")


# calendars


def test_a_clock_may_have_a_calendar_of_its_own() -> None:
    sla = begun().hear(step(2, "accepted", WED))
    assert sla.due("night-shift:m2") == at("02-11 22:00")


def test_a_branch_has_its_own_hours_zone_and_closures() -> None:
    branches = {
        "berlin": {"zone": "Europe/Berlin", "country": "DE-BE", "closed": {"2026-02-12": {"en": "moving"}}},
        "shop": {"weekend": [], "country": None, "shifts": [{"from": "10:00", "to": "22:00"}]},
    }
    at_work = house(calendars=branches)

    def due(branch: str) -> datetime:
        return Sla(WED, at_work).hear(graded(1, "normal", WED, branch=branch)).due("reply:received")

    assert due("berlin") == datetime.fromisoformat("2026-02-19T18:00:00+01:00")
    assert due("shop") == at("02-16 22:00")
    assert due("elsewhere") == at("02-25 18:00")


def test_a_move_to_another_branch_counts_from_the_same_start() -> None:
    at_work = house(calendars={"shop": {"weekend": [], "country": None}})
    sla = Sla(WED, at_work).hear(graded(1, "normal", WED)).move_to(at("02-12 09:00"))
    sla.hear(graded(2, "normal", at("02-12 09:00"), received=WED, branch="shop"))
    assert sla.due("reply:received") == at("02-16 18:00")


# starts


def test_a_clock_that_starts_at_a_grade_counts_from_the_grading() -> None:
    sla = begun().move_to(at("02-12 09:00"))
    assert not [key for key in sla.clocks() if key.startswith("warned-major")]
    sla.hear(graded(2, "major", at("02-12 09:00"), received=WED))
    assert sla.due("warned-major:graded@2") == at("02-13 09:00")


def test_a_corrected_occurrence_moves_what_counts_from_it_and_nothing_else() -> None:
    pack = CLOCKS.replace("start: received\n    stop: called", "start: occurred\n    stop: called")
    sla = Sla(WED, deployment(pack, people=BOSS)).hear(graded(1, "normal", WED))
    before = sla.due("reply:received")
    sla.move_to(at("02-12 09:00"))
    sla.hear(graded(2, "normal", at("02-12 09:00"), received=WED, occurred=at("02-09 10:00")))
    assert sla.due("visit:occurred") == at("02-12 18:00")
    assert sla.due("reply:received") == before
    assert sla.moves("visit") == ["the time from which it counts was corrected"]


def test_news_from_a_clock_that_is_ahead_counts_when_its_moment_comes() -> None:
    sla = begun()
    sla.hear(step(2, "replied", at("02-11 09:03")))
    assert sla.clocks()["reply:received"]["state"] == "running"
    sla.move_to(at("02-11 09:04"))
    assert sla.clocks()["reply:received"]["state"] == "met"
