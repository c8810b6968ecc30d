"""What a voice would say wrong is put into words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.engines.speakable import speakable


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "Set it to 5-10 °C (max. 3.5 bar).",
            "Set it to 5 to 10 degrees celsius, maximum 3.5 bar.",
        ),
        ("1 mm, 5 mm, ±2 kg", "1 millimeter, 5 millimeters, plus or minus 2 kilograms"),
        ("25 km/h at -5°C", "25 kilometers per hour at minus 5 degrees celsius"),
        ("20% & more", "20 percent and more"),
        ("the on/off switch", "the on or off switch"),
        ("help@acme.com", "help at acme dot com"),
        ("firmware v1.2.3", "firmware version 1 point 2 point 3"),
        ("2 x 3 m", "2 by 3 meters"),
        ("- **Press** `OK`", "Press OK"),
        ("see [the guide](a.md#b)", "see the guide"),
        ("clean it — often", "clean it, often"),
        ("soap, e.g. mild", "soap, for example mild"),
        ("call 0800-123-456 on 2024-05-01", "call 0800-123-456 on 2024-05-01"),
        ("1,000 ml in ~5 min", "1000 milliliters in about 5 minutes"),
        ("Wait 3.5 weeks.", "Wait 3.5 weeks."),
    ],
)
def test_what_a_voice_would_say_wrong(written: str, said: str) -> None:
    assert speakable(written) == said


@given(st.text(max_size=200))
def test_speakable_takes_anything(text: str) -> None:
    assert not re.search(r"[<>\[\]{}|`\n]|\s\s", speakable(text))


@given(st.text(alphabet="abc XYZ,.", max_size=80))
def test_plain_words_stay(text: str) -> None:
    assert re.findall(r"\w+", speakable(text).replace(" dot ", " ")) == re.findall(r"\w+", text)
