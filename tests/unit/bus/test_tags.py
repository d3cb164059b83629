"""Acknowledging many deliveries in few frames never covers one that is still being handled."""

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.tags import Tags


def test_a_run_from_the_floor_is_one_frame() -> None:
    tags = Tags()
    assert tags.acknowledge([1, 2, 3]) == [(3, True)]
    assert tags.acknowledge([4]) == [(4, False)]


def test_after_a_gap_they_are_single() -> None:
    tags = Tags()
    assert tags.acknowledge([1, 2, 4, 5]) == [(2, True), (4, False), (5, False)]
    tags.settle([3])
    assert tags.acknowledge([6, 7]) == [(7, True)]


@given(st.permutations(range(1, 13)), st.lists(st.integers(1, 5), min_size=12), st.sets(st.integers(1, 12)))
def test_frames_cover_exactly_what_is_acknowledged(
    order: list[int], sizes: list[int], held: set[int]
) -> None:
    tags, open_tags, done = Tags(), set(range(1, 13)), set[int]()
    while order:
        size = sizes.pop()
        batch, order = order[:size], order[size:]
        wanted = sorted(set(batch) - held)
        covered: set[int] = set()
        for tag, multiple in tags.acknowledge(wanted):
            covered |= {t for t in open_tags if t == tag or (multiple and t <= tag)}
            open_tags -= covered
        assert covered == set(wanted)
        done |= covered
        tags.settle(set(batch) & held)
        open_tags -= set(batch) & held
    assert done == set(range(1, 13)) - held
