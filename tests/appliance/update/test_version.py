"""Which of two versions is newer."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.update.version import Version

ORDERED = [
    *("0.9", "1.0-alpha", "1.0-alpha.1", "1.0-alpha.beta", "1.0-beta.2", "1.0-beta.11", "1.0-rc.1"),
    *("1.0", "1.0.1", "1.0.10", "1.2", "1.10", "2", "20261121", "20261121.1"),
]


def test_versions_are_ordered_as_people_number_them() -> None:
    parsed = [Version.parse(text) for text in ORDERED]
    assert max(parsed) is parsed[-1]
    assert all(a < b for a, b in itertools.pairwise(parsed))


def test_what_means_the_same_is_the_same() -> None:
    assert Version.parse("1.2") == Version.parse("1.2.0") == Version.parse("1.2.0+build.7")
    assert not Version.parse("1.2") < Version.parse("1.2.0.0")


@pytest.mark.parametrize(
    "text", ["", "v1", "1.", "1..2", "1.2.3.4.5", "1.0-", "1.0 ", "1.0\n", "\u0661"]
)
def test_what_is_no_version_cannot_be_compared(text: str) -> None:
    with pytest.raises(ValueError, match="no version"):
        Version.parse(text)


NUMBERS = st.lists(st.integers(0, 12).map(str), min_size=1, max_size=4).map(".".join)
BEFORE = st.sampled_from(["", "-a", "-a.1", "-1", "-rc1", "-rc.2"])
VERSIONS = st.builds(str.__add__, NUMBERS, BEFORE)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_it_is_an_order(a: str, b: str, c: str) -> None:
    x, y, z = sorted(map(Version.parse, (a, b, c)))
    assert x <= y <= z
    assert x <= z
