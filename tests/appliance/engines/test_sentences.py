"""Streaming text into sentences that a voice can say."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.engines.sentences import LONGEST, Sentences, speakable, split

LIKELY = st.text(alphabet="ab AZ19.,!?…\n-*e.g\u3002\uff1f\"')( ", max_size=120)


@given(st.lists(st.one_of(LIKELY, st.text(max_size=30)), max_size=8))
def test_nothing_is_lost_and_nothing_doubled(tokens: list[str]) -> None:
    written = re.sub(r"\s+", "", "".join(tokens))
    assert re.sub(r"\s+", "", "".join(split(tokens))) == written


@given(LIKELY, st.lists(st.integers(0, 120), max_size=6))
def test_chunking_makes_no_difference(text: str, cuts: list[int]) -> None:
    at = [0, *sorted(min(c, len(text)) for c in cuts), len(text)]
    chunks = [text[a:b] for a, b in pairwise(at)]
    assert list(split(chunks)) == list(split([text]))


@given(st.text(max_size=1500))
def test_sentences_are_short_and_not_empty(text: str) -> None:
    for sentence in split([text]):
        assert 0 < len(sentence) <= LONGEST
        assert sentence == sentence.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. Come in!", ["Hello there.", "Come in!"]),
        ("Set it to 3.5 bar. Then wait.", ["Set it to 3.5 bar.", "Then wait."]),
        ("Use soap, e.g. Dr. Miller's. Rinse.", ["Use soap, e.g. Dr. Miller's.", "Rinse."]),
        ("Version 1.2.3 is out... Really?", ["Version 1.2.3 is out...", "Really?"]),
        ("See no. 5. No. Stop.", ["See no. 5.", "No.", "Stop."]),
        ("1. Fill it. 2. Run it.", ["1. Fill it.", "2. Run it."]),
        ("Press A. Then B.", ["Press A.", "Then B."]),
        (
            "\u4f60\u597d\u3002\u597d\uff01ok",
            ["\u4f60\u597d\u3002", "\u597d\uff01", "ok"],
        ),
        ('He said "Stop!" and left. Bye.', ['He said "Stop!" and left.', "Bye."]),
        ("You need:\n- soap\n- water", ["You need:", "- soap", "- water"]),
        ("", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert list(split(text)) == expected


def test_a_sentence_comes_out_as_soon_as_it_is_certain() -> None:
    stream = Sentences()
    assert stream.feed("It holds 2.") == []
    assert stream.feed("4 litres.") == []
    assert stream.feed(" Do") == ["It holds 2.4 litres."]
    assert stream.close() == ["Do"]


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
