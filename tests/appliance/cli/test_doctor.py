"""`appliance doctor` says what works, and what to do about the rest."""

from __future__ import annotations

import json

import pytest

from appliance.cli.doctor import _checks
from appliance.config import load_config
from appliance.doctor import Status, examine
from audio.errors import AudioError
from tests.appliance.conftest import Run

NEEDED = {"system", "machine", "memory", "disk", "wake word, VAD", "recognition", "voice"}


def test_every_needed_part_works_here(run: Run) -> None:
    result = run("doctor", "--json")
    found = {check["name"]: check["status"] for check in json.loads(result.out)["checks"]}
    assert result.code == 0
    assert {found[name] for name in NEEDED} == {"ok"}


def test_a_broken_part_comes_with_its_remedy_and_exit_code_1(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_config: object) -> None:
        raise AudioError("AUD-NO-MODEL", "no wake word", "its file is gone", "reinstall it")

    monkeypatch.setattr("appliance.cli.doctor.load_ears", missing)
    result = run("doctor")
    assert result.code == 1
    assert "no wake word: its file is gone" in result.out
    assert "→ reinstall it" in result.out


def test_a_language_model_on_the_cpu_is_loaded_too() -> None:
    (check,) = [check for check in _checks(load_config("cpu")) if check.name == "language model"]
    found = examine(check)
    assert found.status is Status.FAIL
    assert "/usr/share/voice-appliance/model.gguf cannot be loaded" in found.detail
    assert "models pull" in found.remedy


def test_what_only_some_verbs_need_is_a_warning(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.cli.doctor.list_devices", list)
    result = run("doctor")
    assert result.code == 0
    assert "there is no microphone" in result.out
    assert "needed by appliance run only" in result.out
