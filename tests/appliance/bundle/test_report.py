"""The page of a bundle: what is in it is shown, what makes no sense is an error, never a crash."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.bundle.report import MARKED, page
from appliance.bundle.sound import portrait
from appliance.errors import ApplianceError
from appliance.reasons import EVENTS
from appliance.replay.spectrogram import ROWS
from audio.format import RATE_HZ

TURN = {
    "at": "2026-11-21T10:00:00+00:00",
    "code": "OK",
    "outcome": "answered",
    "why": "The model took <long>.",
    "figures": {"stages_ms": {"asr": [-100.0, 320.0]}},
}
FILES: dict[str, Any] = {
    "manifest": {"device": "abc", "made": "today"},
    "turns": [TURN],
    "events": [{"at": TURN["at"], "code": "POWER_CUT"}, {"code": "HOT"}],
    "temperatures": {"soc": 61.0, "zones": "none"},
    "counters": {"turns": 7},
    "checks": {"mic": {"passed": False, "found": "silence", "remedy": "plug it in"}},
}
STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part),
    max_leaves=6,
)


def drawn(found: dict[str, Any]) -> str:
    return page({f"{name}.json": json.dumps(what).encode() for name, what in found.items()})


def test_what_a_device_tells_is_shown_and_cannot_be_markup() -> None:
    text = drawn(FILES)
    for part in ("abc", "The model took &lt;long&gt;.", "power cut: 1", "61 °C", "plug it in"):
        assert part in text
    assert "<long>" not in text


def test_an_empty_bundle_says_so() -> None:
    assert "Nothing was recorded." in page({})


@given(st.sampled_from([*sorted(FILES), "sound"]), STRANGE)
def test_whatever_a_file_holds_there_is_a_page_or_an_error(name: str, what: object) -> None:
    try:
        assert drawn({**FILES, name: what}).startswith("<!doctype html>")
    except ApplianceError as error:
        assert error.code == "BUNDLE-SENSELESS"  # noqa: PT017


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("turns", [{"figures": {"stages_ms": {"asr": 3}}}]),
        ("turns", [{"figures": {"stages_ms": {"asr": ["x", 1]}}}]),
        ("turns", [{"figures": {"stages_ms": {"asr": [0, float("nan")]}}}]),
        ("events", [{"code": "HOT", "at": "yesterday"}]),
        ("events", [{"code": "HOT", "at": 7}]),
        ("temperatures", {"soc": float("inf")}),
    ],
)
def test_what_no_device_writes_is_no_crash(name: str, what: object) -> None:
    try:
        drawn({**FILES, name: what})
    except ApplianceError as error:
        assert error.code == "BUNDLE-SENSELESS"  # noqa: PT017


def test_a_file_that_is_no_json_is_named_an_error() -> None:
    with pytest.raises(ApplianceError, match="no report can be drawn"):
        page({"turns.json": b"{"})


def test_the_timeline_knows_the_events_that_are_noted() -> None:
    assert set(MARKED) <= set(EVENTS)


def test_heat_restarts_and_a_weak_supply_are_on_the_timeline() -> None:
    codes = ["SERVICE_STARTED", "HEATED", "POWER_LOW", "NEAR_MISS"]
    events = [{"at": "2026-11-21T15:00:00+00:00", "code": code} for code in codes]
    text = page({"events.json": json.dumps(events).encode()})
    assert text.count("<circle") == 3
    for label in ("heated: 1", "power low: 1", "cooled: 0"):
        assert label in text


def test_a_hot_zone_stands_out_and_scores_are_plain() -> None:
    files = {
        "temperatures.json": b'{"npu": 91.0, "soc": 50.0}',
        "levels.json": b'{"wake": {"hey jarvis": 0.01}}',
    }
    text = page(files)
    assert text.count('class="bad"') == 1
    assert "<td>hey jarvis 0.01</td>" in text


def test_a_bundle_that_holds_nothing_says_so_and_fits_a_phone() -> None:
    text = page({})
    assert text.count("Nothing was recorded.") == 10
    assert 'name="viewport"' in text


def test_a_recording_is_seen_with_its_level_and_where_it_was_clipped() -> None:
    second = np.arange(RATE_HZ) / RATE_HZ
    quiet = np.round(300 * np.sin(2 * np.pi * 1000 * second)).astype(np.int16)
    torn = np.where(np.sin(2 * np.pi * 100 * second) > 0, 32_767, -32_768).astype(np.int16)
    told = portrait(np.concatenate([quiet, torn]))
    assert told["seconds"] == 2.0
    assert len(told["level_db"]) == 20
    assert [count > 0 for count in told["clipped"]] == [False] * 10 + [True] * 10
    assert len(base64.b64decode(told["shades"])) == 2 * ROWS, "more looks would tell words"
    text = drawn({"sound": told})
    assert "data:image/png;base64," in text
    assert text.count('class="bad"') >= 10
    assert f"{sum(told['clipped'])} samples clipped" in text
    assert "img-src data:" in text


@pytest.mark.parametrize(
    "changed", [{"seconds": 0}, {"shades": "AAAA"}, {"level_db": [], "clipped": [], "shades": ""}]
)
def test_a_picture_that_makes_no_sense_is_an_error(changed: dict[str, Any]) -> None:
    told = portrait(np.zeros(RATE_HZ, np.int16))
    with pytest.raises(ApplianceError):
        drawn({"sound": told | changed})


def test_without_a_recording_it_says_how_to_make_one() -> None:
    assert "record 5 consent" in drawn(FILES)
