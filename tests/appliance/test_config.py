"""The configuration is ranged and intolerant of typos."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.config import load_config, profiles
from appliance.errors import ConfigError


def _load(tmp_path: Path, text: str) -> ConfigError | None:
    file = tmp_path / "appliance.toml"
    file.write_text(text, encoding="utf-8")
    try:
        load_config("bundled", file)
    except ConfigError as error:
        return error
    return None


@pytest.mark.parametrize("profile", profiles())
def test_every_shipped_profile_loads(profile: str) -> None:
    assert load_config(profile).profile == profile


def test_the_owners_file_is_laid_over_the_profile(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[voice]\nspeed_wpm = 120\n[wake.phrases]\nalexa = 0.4\n")
    config = load_config("bundled", file)
    assert config.voice.speed_wpm == 120
    assert config.voice.voice == load_config("bundled").voice.voice
    assert dict(config.wake.phrases) == {"alexa": 0.4}


def test_of_several_files_the_last_one_counts(tmp_path: Path) -> None:
    image, board = tmp_path / "config.toml", tmp_path / "board.toml"
    image.write_text("[voice]\nspeed_wpm = 120\n[console]\nbaud = 1500000\n")
    board.write_text("[devices]\nlights = 'sysfs:appliance'\n[console]\nbaud = 115200\n")
    config = load_config("bundled", image, board)
    assert config.voice.speed_wpm == 120
    assert config.devices.lights == "sysfs:appliance"
    assert config.console.baud == 115200


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("[voice]\nsped_wpm = 120", "CFG-UNKNOWN", "did you mean `speed_wpm`"),
        ("[voyce]\nx = 1", "CFG-UNKNOWN", "did you mean `voice`"),
        ("[voice]\nspeed_wpm = 1200", "CFG-RANGE", "80 to 450"),
        ("[voice]\nspeed_wpm = '120'", "CFG-TYPE", "a whole number"),
        ("[voice]\nname_source = 1", "CFG-TYPE", "true or false"),
        ("voice = 3", "CFG-TYPE", "a table"),
        ("[knowledge]\nthreshold = 1.5", "CFG-RANGE", "0.0 to 1.0"),
        ("[wake.phrases]\nalexa = 2", "CFG-RANGE", "between 0 and 1"),
        ("[recognition]\nengine = 'siri'", "CFG-RANGE", "sphinx, sensevoice, whisper"),
        ("[answers]\nengine = 'RKLLM'", "CFG-RANGE", "reader, rkllm"),
        ("[npu]\nretry_s = 0.0", "CFG-RANGE", "0.01 to 600"),
        ("[segmenter]\nendpoint_s = 90.0", "CFG-RANGE", "endpoint_s"),
        ("[segmenter]\nendpoint = 0.5", "CFG-UNKNOWN", "did you mean `endpoint_s`"),
        ("[voice", "CFG-TOML", "Expected"),
        ("\x00", "CFG-TOML", ""),
    ],
)
def test_a_mistake_is_named_with_its_remedy(
    tmp_path: Path, text: str, code: str, hint: str
) -> None:
    error = _load(tmp_path, text)
    assert error is not None
    assert error.code == code
    assert hint in f"{error.what}; {error.cause}"


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_a_config_error_and_nothing_else(tmp_path: Path, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    _load(tmp_path, text)
