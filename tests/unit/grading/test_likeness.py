"""How alike two texts are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grading import likeness as subject
from services.grading.likeness import KEPT, bands, likeness, shingles, sketch

TEXTS = st.text(alphabet="漏水电梯停运搅拌站噪音a1 ，", max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电梯停运", {"电 梯 停", "梯 停 运"}),
        ("電梯停運", {"电 梯 停", "梯 停 运"}),
        ("电梯。停运", set()),
        ("Lift out  of ORDER", {"lift out of", "out of order"}),
        ("12号楼电梯", {"12 号 楼", "号 楼 电", "楼 电 梯"}),
        ("电梯", set()),
        ("", set()),
    ],
)
def test_shingles_are_runs_of_three_within_a_clause(text: str, expected: set[str]) -> None:
    assert shingles(text) == expected


@given(TEXTS, TEXTS)
def test_likeness_is_jaccards_measure(one: str, other: str) -> None:
    a, b = shingles(one), shingles(other)
    exact = len(a & b) / len(a | b) if a | b else 0.0
    assert likeness(sketch(a), sketch(b)) == pytest.approx(exact)


@given(TEXTS)
def test_the_same_text_meets_itself_in_every_band(text: str) -> None:
    found = shingles(text)
    assert bands(found) == bands(set(found))
    assert len(bands(found)) == (subject.BANDS if found else 0)


def test_bands_are_what_they_were_when_pages_were_written() -> None:
    assert bands({"电 梯 停", "梯 停 运"})[:3] == [2281583809, 3304584268, 3423970318]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_of_long_texts_a_sketch_is_a_fair_sample(share: float) -> None:
    size = 20 * KEPT
    common = int(2 * size * share / (1 + share))
    a = {f"common {n}" for n in range(common)} | {f"a {n}" for n in range(size - common)}
    b = {f"common {n}" for n in range(common)} | {f"b {n}" for n in range(size - common)}
    assert len(sketch(a)) == 4 * KEPT
    assert likeness(sketch(a), sketch(b)) == pytest.approx(share, abs=0.05)


def test_texts_that_share_a_tenth_nearly_always_meet() -> None:
    met = 0
    for n in range(200):
        common = {f"{n} common {k}" for k in range(20)}
        a, b = ({*common, *(f"{n} {side} {k}" for k in range(90))} for side in "ab")
        met += any(one == other for one, other in zip(bands(a), bands(b), strict=True))
    assert met > 180
