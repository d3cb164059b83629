"""What a complaint is without a look at others is worked out once, and decided with one as from scratch."""

from datetime import UTC, datetime

import pytest

from services.grading.circumstances import NOTHING, Circumstances
from services.grading.decide import judge, ungraded
from services.grading.reading import read
from shared.contracts.complaints import Complaint
from shared.contracts.words import Money, Person
from tests.parts.windowed_pack import TEXT, windowed

NOW = datetime(2026, 2, 11, 1, tzinfo=UTC)
VALIDITY = "when: unfounded, clause"
EARLY = {
    "nothing before the grade looks at others": TEXT,
    "validity does": TEXT.replace(VALIDITY, "when: unfounded || branch_day >= 3, clause"),
    "validity asks what is known": TEXT.replace(
        VALIDITY, "when: 'known.exists(k, k == \"repeats\")', clause"
    ),
}
OTHERS = {"event_customers": 3, "event_claims": 70_000, "repeats": 1, "branch_day": 4}


def complaint() -> Complaint:
    return Complaint(
        id="c1", number="1", unit="here", pack="windowed", pack_version="1.0.0", kind="complaint",
        channel="letter", text="等了很久", complainant=Person(id="u1"), claim=Money(minor=100), event="e",
        occurred_at=NOW, received_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("pack", EARLY)
@pytest.mark.parametrize("counts", [{}, OTHERS, {"repeats": 2}])
def test_it_is_decided_as_from_scratch(pack: str, counts: dict[str, int]) -> None:
    bound = windowed(EARLY[pack])
    reading = read(bound.pack, complaint())
    seen = Circumstances(counts=counts, promoted=("same-problem",))
    alone = ungraded(bound, reading, NOTHING)
    at_once, anew = judge(bound, reading, seen), judge(bound, reading, seen, alone)
    assert anew == at_once
    assert list(anew.facts) == list(at_once.facts)


@pytest.mark.parametrize("pack", EARLY)
def test_a_pack_tells_whether_anything_before_the_grade_looks_at_others(pack: str) -> None:
    assert windowed(EARLY[pack]).looks_at_others_early == (EARLY[pack] != TEXT)


def test_what_others_say_may_decide_whether_a_complaint_is_valid() -> None:
    bound = windowed(EARLY["validity does"])
    reading = read(bound.pack, complaint())
    alone = ungraded(bound, reading, NOTHING)
    assert alone.validity == "valid"
    assert judge(bound, reading, Circumstances(counts=OTHERS), alone).validity == "invalid"
