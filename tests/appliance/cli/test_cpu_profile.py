"""The profile `cpu` as it is: Whisper, llama.cpp and Piper, each with a home-made model."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from appliance import clock
from appliance.config import load_config
from appliance.service import start_service
from tests.appliance.conftest import Run
from tests.appliance.cpu_models import cpu_settings
from tests.appliance.engines.piper_voices import RATE_HZ

pytest.importorskip("xllamacpp")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cpu_settings(tmp_path_factory.mktemp("cpu"), "the red light mean")


def test_a_spoken_question_goes_through_all_three_and_nonsense_is_not_told(
    run: Run, settings: Path, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    given = ("--profile", "cpu", "--config", settings, "--knowledge", pack)
    result = run("ask", red_light, *given, "--out", tmp_path, "--json")
    (turn,) = result.turns
    assert (result.code, turn["transcript"]) == (0, "the red light mean")
    assert turn["passages"], "so the language model was asked"
    assert (turn["outcome"], turn["reason"], turn["answer"]) == ("abstained", "NO_ANSWER", "")
    assert turn["fallback"] == {}, "no spare had to help"
    _, rate_hz = soundfile.read(turn["audio"])
    assert rate_hz == RATE_HZ, "Piper said so"


def test_every_worker_of_it_comes_up(settings: Path, pack: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "cpu.toml"
    overlay.write_text(f'{settings.read_text()}\n[knowledge]\npack = "{pack}"\n')

    async def up() -> dict[str, bool]:
        async with start_service(load_config("cpu", overlay)) as service:
            return {worker.name: worker.is_up for worker in service.workers}

    found = clock.run(up(), realtime=False)
    assert found == dict.fromkeys(("asr", "mind", "slm", "voice", "spare voice"), True)


def test_without_its_models_it_names_them_all_and_how_to_get_them(run: Run, pack: Path) -> None:
    result = run("ask", "--text", "hello", "--profile", "cpu", "--knowledge", pack)
    assert (result.code, result.out) == (2, "")
    for part in ("CFG-NO-MODEL", "model.bin", "model.gguf", "en_US-ljspeech-medium.onnx.json"):
        assert part in result.err
    for page in ("docs/cpu-recognition.md", "docs/llama.md", "docs/piper.md"):
        assert page in result.err
