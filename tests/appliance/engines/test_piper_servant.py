"""Piper in a process of its own: it streams, it may be cut short, and it may die."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance import clock, processes
from appliance.config import Config, VoiceConfig, load_config
from appliance.engines.ports import Lapse
from appliance.engines.remote import RemoteVoice
from appliance.errors import EngineError
from appliance.spares import ChosenVoice, chosen_voice
from tests.appliance.engines.piper_voices import RATE_HZ, write_voice
from tests.appliance.engines.test_fallback import heard

LONG = "First open the valve at the back of the tank, then wait until all the water is gone. " * 40


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    for deadline in ("VOICE_DEADLINE_S", "MIND_DEADLINE_S"):  # a busy machine is no failure
        monkeypatch.setattr(processes, deadline, 60.0)
    voice = VoiceConfig(engine="piper", model=str(write_voice(tmp_path / "voice")), threads=1)
    return replace(load_config("bundled"), voice=voice)


def with_voice(config: Config, act: Callable[[ChosenVoice], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with chosen_voice(config) as chosen:
            for part in chosen.at_boot:
                await part.start()
            await act(chosen)

    clock.run(whole(), realtime=True)


def test_sentence_after_sentence_through_the_pipe(config: Config) -> None:
    async def act(chosen: ChosenVoice) -> None:
        assert chosen.voice.rate_hz == RATE_HZ
        both = [await heard(chosen.voice, text) for text in ("Open it.", "Close the other one.")]
        again = await heard(chosen.voice, "Open it. Close the other one.")
        assert [lapses for lapses, _ in both] == [[], []]
        assert np.array_equal(np.concatenate([sound for _, sound in both]), again[1])

    with_voice(config, act)


def test_a_voice_that_is_interrupted_says_the_next_sentence_at_once(config: Config) -> None:
    async def act(chosen: ChosenVoice) -> None:
        _, expected = await heard(chosen.voice, "Yes.")
        async with aclosing(chosen.voice.synthesise(LONG)) as chunks:
            await anext(chunks)
        lapses, sound = await heard(chosen.voice, "Yes.")
        assert lapses == []
        assert np.array_equal(sound, expected)

    with_voice(config, act)


def test_a_process_that_dies_in_a_sentence_has_it_said_by_espeak(config: Config) -> None:
    async def act(chosen: ChosenVoice) -> None:
        piper, espeak = chosen.workers
        async with aclosing(chosen.voice.synthesise(LONG)) as chunks:
            await anext(chunks)
            os.kill(piper.pid or 0, signal.SIGKILL)
            lapses = [chunk.code async for chunk in chunks if isinstance(chunk, Lapse)]
        assert lapses == ["VOICE_CRASHED"]
        lapses, sound = await heard(chosen.voice, "Yes.")
        spare = RemoteVoice(espeak)
        _, bare = await heard(spare, "Yes.")
        assert lapses[0] in {"VOICE_DOWN", "VOICE_RESTING"}
        assert sound.size / RATE_HZ == pytest.approx(bare.size / spare.rate_hz, rel=0.01)

    with_voice(replace(config, npu=replace(config.npu, retry_s=600.0)), act)


def test_a_missing_voice_is_not_replaced_silently(config: Config) -> None:
    lacking = replace(config, voice=replace(config.voice, model="/nowhere/voice.onnx"))
    with pytest.raises(EngineError, match=r"/nowhere/voice\.onnx") as caught:
        with_voice(lacking, lambda _chosen: asyncio.sleep(0))
    assert caught.value.code == "ENG-NO-MODEL"
