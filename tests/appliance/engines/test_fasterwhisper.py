"""Whisper on the CPU: a real worker, the real library, models of our own making."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from appliance import clock
from appliance.engines.fasterwhisper import FasterWhisper, Pass, frames_for, hint
from appliance.engines.inventions import invented, is_doubled, loops
from appliance.engines.remote import RemoteEars
from appliance.engines.worker import Worker
from appliance.errors import EngineError
from audio.format import RATE_HZ, Samples
from tests.fakes.whisper import make, make_random

SERVANT = "appliance.engines.fasterwhisper_servant:FasterWhisperServant"

Act = Callable[[Worker, RemoteEars], Awaitable[None]]


def sound(seconds: float = 1.5) -> Samples:
    noise = np.random.default_rng(0).normal(0, 2000, round(seconds * RATE_HZ))
    return noise.astype(np.int16)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("whisper") / "model")


def copied(model: Path, folder: Path) -> Path:
    folder.mkdir()
    for file in model.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def heard(folder: Path, samples: Samples | None = None, **settings: Any) -> Any:
    recogniser = FasterWhisper(folder, threads=1, **settings)
    recogniser.load()
    *_, transcript = recogniser.listen(sound() if samples is None else samples)
    return transcript


def with_ears(act: Act, folder: Path, *, deadline_s: float = 30.0, **settings: Any) -> None:
    async def whole() -> None:
        arguments = {"folder": str(folder), "threads": 1, **settings}
        worker = Worker("asr", SERVANT, arguments, deadline_s=deadline_s)
        try:
            await act(worker, RemoteEars(worker))
        finally:
            await worker.stop()

    clock.run(whole(), realtime=False)


def test_a_worker_hears_words_and_the_language(tmp_path: Path) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        await worker.start()
        assert worker.info["longest_s"] == 30
        said = await ears.transcribe(sound())
        assert (said.text, said.language) == ("tür auf", "de")
        assert 0.9 < said.confidence <= 1
        assert said.lapse is None

    with_ears(act, make(tmp_path / "model", "Tür auf", language="de"))


def test_a_job_that_is_given_up_does_not_spoil_the_next(model: Path) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        await worker.start()
        given_up = asyncio.ensure_future(ears.transcribe(sound(20)))
        await asyncio.sleep(0)
        given_up.cancel()
        assert (await ears.transcribe(sound())).text == "open the door"

    with_ears(act, model)


def test_a_pass_that_misses_its_deadline_is_killed(model: Path) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        await worker.start()
        with pytest.raises(EngineError) as caught:
            await ears.transcribe(sound(20))
        assert caught.value.code == "ENG-STUCK"
        assert worker.pid is None

    with_ears(act, model, deadline_s=1e-4)


@pytest.mark.parametrize("samples", [sound(0), sound(0.05), np.zeros(RATE_HZ, np.int16)])
def test_nothing_to_hear_is_not_shown_to_the_model(model: Path, samples: Samples) -> None:
    said = heard(model, samples)
    assert (said.text, said.confidence, said.language) == ("", 0.0, "en")


def test_the_language_that_is_set_is_not_doubted(tmp_path: Path, model: Path) -> None:
    assert heard(model, language="fr").language == "fr"
    english = make(tmp_path / "english", language=None)
    assert heard(english).language == "en"
    for folder, language in ((model, "tlh"), (english, "de")):
        with pytest.raises(EngineError) as caught:
            heard(folder, language=language)
        assert caught.value.code == "ENG-ASR-LANGUAGE"


def test_sound_longer_than_a_window_is_heard_in_pieces(model: Path) -> None:
    assert heard(model, sound(40)).text == "open the door open the door"


def test_a_second_has_room_for_fifteen_tokens_and_no_more(tmp_path: Path) -> None:
    """The library grants half of the length that it is told, or what the prompt leaves of it."""
    recogniser = FasterWhisper(make(tmp_path / "model", language=None, ends=False), threads=1)
    recogniser.load()
    passing = recogniser._pass(sound(2.0), 800)
    next(passing)
    with pytest.raises(StopIteration) as ended:
        next(passing)
    assert len(ended.value.value.texts[0].split()) == 31


def test_a_model_that_has_learnt_nothing_is_not_believed(tmp_path: Path) -> None:
    for seed in range(3):
        assert heard(make_random(tmp_path / f"model{seed}", seed=seed)).text == ""


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ({"says": "thank you"}, "thank you"),
        ({"says": "thank you", "no_speech": 25.0}, ""),
        ({"says": "thanks for watching"}, ""),
        ({"says": "open the door", "no_speech": 12.0, "sure": 5.0}, ""),
        ({"says": "open the door", "sure": 8.0}, "open the door"),
        ({"says": "open the door", "sure": 5.0}, ""),
        ({"says": "open the door", "ends": False}, ""),
    ],
    ids=["said", "filler", "subtitle", "silence", "likely", "guess", "loop"],
)
def test_what_nobody_said_is_not_heard(tmp_path: Path, kind: dict[str, Any], text: str) -> None:
    assert heard(make(tmp_path / "model", language=None, **kind)).text == text


def test_a_doubtful_piece_is_heard_again_in_the_whole_window(tmp_path: Path, model: Path) -> None:
    def leaves(folder: Path) -> int:
        recogniser = FasterWhisper(folder, threads=1)
        recogniser.load()
        return sum(item is None for item in recogniser.listen(sound()))

    assert leaves(model) == 1
    assert leaves(make(tmp_path / "model", language=None, ends=False)) == 2


@given(st.integers(0, 30 * RATE_HZ))
def test_a_window_holds_the_sound_and_some_room(samples: int) -> None:
    frames = frames_for(samples)
    assert 800 <= frames <= 3000
    assert frames % 2 == 0
    assert frames * 160 >= min(samples + 5 * RATE_HZ, 30 * RATE_HZ)


def test_rare_words_of_the_pack_are_hinted_at(model: Path) -> None:
    recogniser = FasterWhisper(model, threads=1)
    recogniser.load(["the", "descale", "door", "e04", *["limescale"] * 50])
    assert recogniser._hint is not None
    assert recogniser._hint.split()[:3] == ["descale", "e04", "limescale"]
    assert len(recogniser._hint.split()) < 30
    *_, transcript = recogniser.listen(sound())
    assert transcript is not None
    assert transcript.text == "open the door"


def test_a_space_that_stands_alone_makes_no_word_rare() -> None:
    """As in the published tokenizers before a "t"."""
    vocabulary = {piece: number for number, piece in enumerate(["Ġ", "t", "he", "the", "h", "e"])}
    tokens = Tokenizer(models.BPE(vocabulary, [("h", "e"), ("t", "he")]))
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    assert tokens.encode(" the").tokens == ["Ġ", "the"]
    assert hint(["the"], tokens) is None
    assert hint(["the", "teeth"], tokens) == "teeth"


# -- models that can't be used ----------------------------------------------------------------


def refusal(folder: Path) -> EngineError:
    with pytest.raises(EngineError) as caught:
        FasterWhisper(folder, threads=1).load()
    assert caught.value.cause
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named_and_not_fetched(tmp_path: Path, model: Path, name: str) -> None:
    folder = copied(model, tmp_path / "model")
    (folder / name).unlink()
    error = refusal(folder)
    assert error.code == "ENG-NO-MODEL"
    assert name.partition(".")[0] in error.what


@pytest.mark.parametrize("folder", ["nowhere", "base", "Systran/faster-whisper-base", ""])
def test_no_folder_is_no_name_of_a_published_model(folder: str) -> None:
    assert refusal(Path(folder)).code == "ENG-NO-MODEL"


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "vocabulary.json"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_cut_short_is_refused(tmp_path: Path, model: Path, name: str, share: float) -> None:
    folder = copied(model, tmp_path / "model")
    path = folder / name
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert refusal(folder).code == "ENG-BAD-MODEL"


def test_files_of_different_models_are_refused(tmp_path: Path, model: Path) -> None:
    folder = copied(model, tmp_path / "model")
    other = make(tmp_path / "other", "something with more words in it", language=None)
    (folder / "tokenizer.json").write_bytes((other / "tokenizer.json").read_bytes())
    assert refusal(folder).code == "ENG-BAD-MODEL"
    (folder / "tokenizer.json").write_bytes((model / "tokenizer.json").read_bytes())
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 128}))
    error = refusal(folder)
    assert error.code == "ENG-BAD-MODEL"
    assert "128" in error.cause


def test_a_refusal_reaches_the_service_whole(tmp_path: Path) -> None:
    async def act(worker: Worker, ears: RemoteEars) -> None:
        with pytest.raises(EngineError) as caught:
            await worker.start()
        assert caught.value.code == "ENG-NO-MODEL"
        assert "model.bin" in caught.value.what

    with_ears(act, tmp_path)


# -- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "looping", "doubled"),
    [
        ("how do i reset it", False, False),
        ("how do i how do i reset it", False, False),
        ("no no no no", False, False),
        ("how do i reset it how do i reset it", False, True),
        ("you you you you you you", True, False),
        ("so i will so i will so i will so i will so i will so i will", True, True),
        ("", False, False),
    ],
)
def test_repetitions(text: str, looping: bool, doubled: bool) -> None:
    assert (loops(text), is_doubled(text)) == (looping, doubled)


def test_a_sentence_said_twice_is_doubted_but_heard() -> None:
    once, twice = "how do i reset it", "how do i reset it how do i reset it"
    said = Pass((twice, once), -0.2, 0.01, "en")
    assert said.is_doubtful
    assert (said.heard().text, said.heard().alternatives) == (twice, (once,))
    assert not Pass((once,), -0.2, 0.01, "en").is_doubtful


@given(st.text(), st.floats(0, 1))
def test_rules_take_any_text(text: str, no_speech: float) -> None:
    loops(text)
    is_doubled(text)
    said = Pass((text,), -0.1, no_speech, "en").heard()
    assert 0 <= said.confidence <= 1
    assert not (invented(text, no_speech) and said.text)


def test_the_libraries_are_told_to_stay_at_home() -> None:
    code = (
        "import os, sys\n"
        "import appliance.engines.fasterwhisper\n"
        "from huggingface_hub import constants\n"
        "print(constants.HF_HUB_OFFLINE, os.environ['ORT_DISABLE_TELEMETRY'],"
        " *(name in sys.modules for name in ('onnxruntime', 'av', 'av._core')))"
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "0", "ORT_DISABLE_TELEMETRY": "0"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["True", "1", "False", "False", "False"]
