"""Recognition on the NPU from the service's side: a real worker, the fake NPU, small networks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance import clock
from appliance.engines.remote import RemoteEars
from appliance.engines.worker import Worker
from appliance.errors import EngineError
from tests.appliance.engines.rknn.conftest import Moods, moods
from tests.appliance.engines.rknn.graphs import (
    FRAMES,
    MEL_FRAMES,
    TOOLKIT,
    say,
    sensevoice_folder,
    silence,
    tone,
    whisper_folder,
)

__all__ = ["moods"]  # a fixture

SERVANT = "appliance.engines.rknn_servant:RknnServant"
DOORS = say("▁open", "▁the", "▁Door", "s")

Act = Callable[[Worker, RemoteEars], Awaitable[None]]


def with_ears(act: Act, *, deadline_s: float = 30.0, **settings: Any) -> None:
    async def whole() -> None:
        worker = Worker("asr", SERVANT, {"toolkit": TOOLKIT, **settings}, deadline_s=deadline_s)
        try:
            await act(worker, RemoteEars(worker))
        finally:
            await worker.stop()

    clock.run(whole(), realtime=False)


def sensevoice(folder: Path, **kind: bool) -> dict[str, Any]:
    return {
        "model": "sensevoice",
        "folder": str(sensevoice_folder(folder / "model", **kind)),
        "frames": FRAMES,
    }


def whisper(folder: Path, **kind: bool) -> dict[str, Any]:
    return {
        "model": "whisper",
        "folder": str(whisper_folder(folder / "model", **kind)),
        "frames": MEL_FRAMES,
        "threads": 1,
    }


def refusal(**settings: Any) -> EngineError:
    caught: list[EngineError] = []

    async def act(worker: Worker, ears: RemoteEars) -> None:
        with pytest.raises(EngineError) as raised:
            await worker.start()
        caught.append(raised.value)

    with_ears(act, **settings)
    return caught[0]


@pytest.mark.parametrize("kind", [{}, {"prompt": True}, {"turned": True}], ids=str)
def test_sensevoice_hears_known_tones(tmp_path: Path, moods: Moods, kind: dict[str, bool]) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        await worker.start()
        info = {"model": "sensevoice", "runtime": "2.3.2", "driver": "0.9.8"}
        assert info.items() <= worker.info.items()
        assert worker.info["longest_s"] == pytest.approx(2.42, abs=0.01)
        heard = await ears.transcribe(DOORS)
        assert (heard.text, heard.language) == ("open the doors", "en")
        assert 0.9 < heard.confidence <= 1
        assert heard.alternatives == ()
        assert (await ears.transcribe(say("▁Door", "<0xC3>", "<0xA9>"))).text == "dooré"

    with_ears(act, **sensevoice(tmp_path, **kind))


def test_the_language_that_was_asked_for_is_told(tmp_path: Path, moods: Moods) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        assert (await ears.transcribe(say("▁open"))).language == "zh"

    with_ears(act, language="zh", **sensevoice(tmp_path))


def test_whisper_hears_known_tones(tmp_path: Path, moods: Moods) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        low, high = await ears.transcribe(tone(300, 1.5)), await ears.transcribe(tone(3500, 1.5))
        assert (low.text, low.language) == ("open the door", "en")
        assert (high.text, high.language) == ("tür auf", "de")
        assert 0.9 < low.confidence <= 1

    with_ears(act, **whisper(tmp_path))


@pytest.mark.parametrize(("language", "told"), [("auto", "en"), ("en", "en")])
def test_an_english_whisper_needs_no_language(
    tmp_path: Path, moods: Moods, language: str, told: str
) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        heard = await ears.transcribe(tone(300, 1.5))
        assert (heard.text, heard.language) == ("open the door", told)

    with_ears(act, language=language, **whisper(tmp_path, english_only=True))


@pytest.mark.parametrize("make", [sensevoice, whisper])
def test_nothing_to_hear_is_an_empty_text(tmp_path: Path, moods: Moods, make: Any) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        for nothing in (silence(0), silence(1.0), tone(300, 0.05)):
            heard = await ears.transcribe(nothing)
            assert (heard.text, heard.confidence, heard.language) == ("", 0.0, "en")

    with_ears(act, **make(tmp_path))


def test_sound_longer_than_the_window_is_heard_whole(tmp_path: Path, moods: Moods) -> None:
    """Three sentences, 4.5 s in a window of 2.4 s."""

    async def act(worker: Worker, ears: RemoteEars) -> None:
        heard = await ears.transcribe(np.concatenate([DOORS] * 3))
        assert heard.text == " ".join(["open the doors"] * 3)

    with_ears(act, **sensevoice(tmp_path))


@pytest.mark.parametrize(
    ("mood", "code"),
    [
        ("crash", "ENG-CRASHED"),
        ("none", "ENG-ASR-FAILED"),
        ("nones", "ENG-ASR-FAILED"),
        ("no memory", "ENG-ASR-FAILED"),
        ("overflow", "ENG-ASR-FAILED"),
    ],
)
def test_a_failure_of_the_npu_costs_one_sentence(
    tmp_path: Path, moods: Moods, mood: str, code: str
) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        moods(run=[mood])
        with pytest.raises(EngineError) as caught:
            await ears.transcribe(DOORS)
        assert caught.value.code == code
        assert (await ears.transcribe(DOORS)).text == "open the doors"

    with_ears(act, **sensevoice(tmp_path))


def test_an_npu_that_hangs_is_killed_and_the_next_sentence_heard(
    tmp_path: Path, moods: Moods
) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        await worker.start()
        hung = worker.pid
        moods(run=["hang"])
        with pytest.raises(EngineError) as caught:
            await ears.transcribe(DOORS)
        assert caught.value.code == "ENG-STUCK"
        assert (await ears.transcribe(DOORS)).text == "open the doors"
        assert worker.pid != hung

    with_ears(act, deadline_s=3.0, **sensevoice(tmp_path))


def test_a_runtime_that_crashes_at_its_start_may_be_tried_again(
    tmp_path: Path, moods: Moods
) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        moods(init=["crash"])
        with pytest.raises(EngineError) as caught:
            await worker.start()
        assert caught.value.code == "ENG-CRASHED"
        assert (await ears.transcribe(DOORS)).text == "open the doors"

    with_ears(act, **sensevoice(tmp_path))


def test_two_sentences_at_once_wait_for_each_other(tmp_path: Path, moods: Moods) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        both = await asyncio.gather(ears.transcribe(DOORS), ears.transcribe(say("s", "▁the")))
        assert [heard.text for heard in both] == ["open the doors", "s the"]

    with_ears(act, **sensevoice(tmp_path))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        *((name, sensevoice) for name in ("sensevoice.rknn", "tokens.txt", "am.mvn")),
        *((name, whisper) for name in ("encoder.rknn", "decoder_model_merged.onnx")),
        *((name, whisper) for name in ("vocab.json", "generation_config.json")),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, moods: Moods, name: str, make: Any) -> None:
    settings = make(tmp_path)
    (Path(settings["folder"]) / name).unlink()
    error = refusal(**settings)
    assert error.code == "ENG-NO-MODEL"
    assert name in error.what


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("sensevoice.rknn", sensevoice, "ENG-NPU-INIT"),
        ("embedding.npy", sensevoice, "ENG-BAD-MODEL"),
        ("am.mvn", sensevoice, "ENG-BAD-MODEL"),
        ("decoder_model_merged.onnx", whisper, "ENG-BAD-MODEL"),
        ("vocab.json", whisper, "ENG-BAD-MODEL"),
    ],
)
def test_half_a_file_is_refused(
    tmp_path: Path, moods: Moods, name: str, make: Any, code: str
) -> None:
    settings = make(tmp_path)
    path = Path(settings["folder"]) / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(**settings).code == code


def test_tokens_of_another_model_are_an_error(tmp_path: Path, moods: Moods) -> None:
    settings = sensevoice(tmp_path)
    (Path(settings["folder"]) / "tokens.txt").write_text("a 0\nb 1\n")

    async def act(worker: Worker, ears: RemoteEars) -> None:
        with pytest.raises(EngineError, match="not of one model"):
            await ears.transcribe(DOORS)

    with_ears(act, **settings)


@pytest.mark.parametrize("key", ["suppress_tokens", "lang_to_id"])
def test_specials_of_another_model_are_an_error(tmp_path: Path, moods: Moods, key: str) -> None:
    settings = whisper(tmp_path)
    path = Path(settings["folder"]) / "generation_config.json"
    others = {"suppress_tokens": [50361], "lang_to_id": {"<|en|>": 50259}}
    path.write_text(json.dumps({**json.loads(path.read_text()), key: others[key]}))

    async def act(worker: Worker, ears: RemoteEars) -> None:
        with pytest.raises(EngineError, match="not of one model"):
            await ears.transcribe(tone(300, 1.5))

    with_ears(act, **settings)


@pytest.mark.parametrize(
    ("settings", "code"),
    [({"model": "siri"}, "ENG-ASR-MODEL"), ({"language": "tlh"}, "ENG-ASR-LANGUAGE")],
)
def test_settings_that_make_no_sense_are_refused(
    tmp_path: Path, moods: Moods, settings: dict[str, str], code: str
) -> None:
    assert refusal(**{**sensevoice(tmp_path), **settings}).code == code


def test_no_library_is_said_by_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    assert refusal(**sensevoice(tmp_path)).code == "ENG-NO-RKNN"
