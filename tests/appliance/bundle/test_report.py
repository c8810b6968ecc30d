"""The technician's page: what it shows of a bundle, and of one that holds nothing."""

from __future__ import annotations

import json

from appliance.bundle.report import MARKED, page
from appliance.reasons import EVENTS


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
