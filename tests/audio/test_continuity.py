"""What was lost is noticed by the clock; what was only late is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from audio.continuity import LATE_S, WINDOW_S, Continuity

PART_S = 0.016
PARTS = round(6 * WINDOW_S / PART_S)
LATE = st.lists(st.floats(0, 0.9 * LATE_S), min_size=1, max_size=50)
"""How much later than it was heard each part comes; again and again."""


def heard(late_s: list[float], lost: range = range(0), ahead_s: float = 0.0) -> int:
    """How many losses are counted; `ahead_s`: so much the card's clock gains in a second."""
    now_s = 0.0
    continuity = Continuity(lambda: now_s)
    for number in range(PARTS + len(lost)):
        at_s = number * PART_S / (1 + ahead_s) + late_s[number % len(late_s)]
        now_s = max(now_s, at_s)
        if number not in lost:
            continuity.arrived(PART_S)
    return continuity.losses


@given(LATE, st.floats(-0.001, 0.001))
def test_late_is_not_lost_nor_is_a_clock_that_drifts(late_s: list[float], ahead_s: float) -> None:
    assert heard(late_s, ahead_s=ahead_s) == 0


@given(LATE, st.integers(round(WINDOW_S / PART_S) + 1, PARTS // 2), st.floats(2.5, 60))
def test_what_never_came_is_counted_once(late_s: list[float], at: int, times: float) -> None:
    assert heard(late_s, range(at, at + round(times * LATE_S / PART_S))) == 1


def test_a_loss_that_the_card_told_of_counts_once() -> None:
    now_s = 0.0
    continuity = Continuity(lambda: now_s)
    for number in range(PARTS):
        now_s += PART_S + (number == PARTS // 2)
        continuity.arrived(PART_S, told=number == PARTS // 2)
    assert continuity.losses == 1
