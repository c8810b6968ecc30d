"""The benchmarks run, count what they should, and the simulated board keeps its promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.appliance.conftest import Run

GOLDEN = """\
what does the red light mean\tuser-guide.md#what-the-lights-mean
how do i reset the purifier\tuser-guide.md#resetting-the-purifier
how often should i clean the dust sensor\tuser-guide.md#cleaning-the-dust-sensor
when should i replace the filter\tuser-guide.md#replacing-the-filter
where should i place the purifier\tuser-guide.md#where-to-place-it
"""


@pytest.mark.slow
@pytest.mark.timed
def test_a_conversation_is_measured_against_the_sequential_way(
    run: Run, pack: Path, red_light: Path
) -> None:
    result = run("bench", "conversation", red_light, "--knowledge", pack, "--json")
    assert result.code == 0
    figures = json.loads(result.out)
    ours, sequential = figures["ours"], figures["sequential"]
    assert (ours["answered"], sequential["answered"]) == (1, 1)
    assert (ours["cut_off"], sequential["cut_off"]) == (0, 0)
    assert sequential["endpoint_p50"] == pytest.approx(800, abs=33), "the silence it waits for"
    assert ours["endpoint_p50"] < sequential["endpoint_p50"]
    assert figures["barge_ins"] == 1
    assert set(figures["memory_mb"]) == {"service", "asr", "mind", "voice"}


def test_the_simulated_board_is_quick_and_every_trick_is_worth_something(
    run: Run, pack: Path, tmp_path: Path
) -> None:
    """On a virtual clock: the figures are the same on every machine."""
    golden = tmp_path / "golden.tsv"
    golden.write_text(GOLDEN, encoding="utf-8")
    result = run("bench", "board", golden, "--knowledge", pack, "--json")
    assert result.code == 0
    document = json.loads(result.out)
    assert document["simulated"] is True
    rows = document["rows"]
    first_audio = [row["first_audio_p50"] for row in rows[:-1]]
    assert first_audio == sorted(first_audio, reverse=True)
    assert first_audio[-1] < first_audio[0] / 3
    assert rows[-1]["first_sound_p50"] <= 700


def test_the_simulated_board_says_that_it_is_one(run: Run, pack: Path, tmp_path: Path) -> None:
    golden = tmp_path / "golden.tsv"
    golden.write_text(GOLDEN.splitlines()[0], encoding="utf-8")
    assert "SIMULATED" in run("bench", "board", golden, "--knowledge", pack).out
