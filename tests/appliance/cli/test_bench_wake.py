"""`appliance bench wake`: what was heard, and that silence is cheap."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from appliance.cli import bench_wake

ALEXA = Path(__file__).parents[4] / "shared/speech/wake-word-benchmark/alexa_1.flac"


def figures(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    parser = argparse.ArgumentParser()
    bench_wake.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["wake", *arguments, "--rounds", "1"])
    assert parsed.run(parsed) == 0
    return capsys.readouterr().out


@pytest.mark.skipif(not ALEXA.is_file(), reason=f"needs the recording {ALEXA}")
def test_silence_costs_less_than_half_of_speech(capsys: pytest.CaptureFixture[str]) -> None:
    speech, room, silence = json.loads(figures(capsys, str(ALEXA), "--json"))["costs"]
    assert speech["heard"] == {"alexa": 1}
    for idle in (room, silence):
        assert idle["heard"] == {}
        for what in ("wake_ms_per_80_ms", "vad_ms_per_80_ms", "ears_ms_per_s"):
            assert idle[what] < speech[what] / 2


@pytest.mark.skipif(not ALEXA.is_file(), reason=f"needs the recording {ALEXA}")
def test_the_table_tells_what_was_heard(capsys: pytest.CaptureFixture[str]) -> None:
    assert "1 alexa" in figures(capsys, str(ALEXA))
