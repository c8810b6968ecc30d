"""A voice gets its text in pieces: the first short, none a stump, nothing lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.engines.clauses import FIRST, LEAST, LONGEST, clean, pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Clean the filter, then dry it.", ["Clean the filter, then dry it."]),
        ("It is red. Call Dr. Smith!", ["It is red.", "Call Dr. Smith!"]),
        (
            "Hold the button for three seconds, wait until the red light goes out, then let go.",
            [
                "Hold the button for three seconds,",
                "wait until the red light goes out, then let go.",
            ],
        ),
        (
            "When the tank of the machine is half empty and cold, fill it.",
            ["When the tank of the machine is half empty and cold, fill it."],
        ),
        (
            "When the tank of the machine is half empty and cold, fill it up to the mark.",
            ["When the tank of the machine is half empty and cold,", "fill it up to the mark."],
        ),
        (
            "Press the green button behind the small door at the left side of the box",
            ["Press the green button behind the small door at the left side of the box"],
        ),
        ("User guide:", ["User guide:"]),
        ("... \u2026 ?! \U0001f600 \0", []),
        (
            "Set it to 1,000 or 2,000.5 or to anything that you would like",
            ["Set it to 1,000 or 2,000.5 or to anything that you would like"],
        ),
    ],
)
def test_pieces(text: str, expected: list[str]) -> None:
    assert list(pieces(text)) == expected


def test_later_pieces_may_be_longer_but_never_twice_the_one_before() -> None:
    clauses = [f"clause number {number}" for number in range(12)]
    lengths = [len(piece) for piece in pieces(", ".join(clauses) + ".")]
    assert lengths[0] <= FIRST + LEAST
    assert max(lengths) > 2 * FIRST
    assert all(after <= max(FIRST, 2 * before) for before, after in pairwise(lengths))


@given(st.text(alphabet=st.one_of(st.sampled_from("abc ,;.!?1\u3002\uff0c"), st.characters())))
def test_every_letter_is_spoken_once_and_in_order(text: str) -> None:
    said = list(pieces(text))
    assert all(len(piece) <= LONGEST for piece in said)

    def letters(of: str) -> str:
        return "".join(c for c in of if c.isalnum())

    assert letters("".join(said)) == letters(clean(text))
