"""Complaints counted among one another in memory, against a model that looks at all of them at once."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.grading.among import Standing, among
from services.grading.circumstances import Circumstances
from services.grading.decide import judge
from services.grading.reading import read
from services.grading.tallies import Tallies
from tests.parts.windowed_pack import windowed
from tests.parts.windowed_stories import CALENDAR, model, story

WINDOWED = windowed()


@given(seed=st.integers(0, 10_000))
def test_everybody_is_graded_as_the_model_says(seed: int) -> None:
    cases = story(Random(seed), versions=[WINDOWED.version])
    standing = {
        c.complaint.id: Standing(
            read(WINDOWED.pack, c.complaint), Circumstances(milestones=tuple(c.milestones))
        )
        for c in cases
    }
    found = among(Tallies("here", WINDOWED, CALENDAR), standing)
    decisions = {id_: judge(WINDOWED, standing[id_].reading, seen) for id_, seen in found.items()}
    assert {id_: (d.grade, [r.id for r in d.rules]) for id_, d in decisions.items()} == model(cases)
