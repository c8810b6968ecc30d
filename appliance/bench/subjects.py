"""The engines that can be measured: each in a worker of its own, as the service starts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.bench.roles import ANSWER_TOKENS, Role
from appliance.config import AnswersConfig, Config, RecognitionConfig
from appliance.engines.worker import Worker
from appliance.processes import (
    asr_worker,
    espeak_worker,
    llama_worker,
    mind_worker,
    npu_worker,
    voice_worker,
)

ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("sphinx", "faster-whisper", "sensevoice", "whisper"), Role.RECOGNITION),
    **dict.fromkeys(("reader", "llama", "rkllm"), Role.ANSWERS),
    **dict.fromkeys(("espeak", "piper"), Role.VOICE),
}
"""Every engine that a configuration can name."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One engine to measure; nothing is started yet."""

    engine: str
    model: str
    worker: Worker

    @property
    def role(self) -> Role:
        """What it is for."""
        return ROLES[self.engine]


def named(config: Config) -> list[str]:
    """The engines that a profile works with, its spares among them, by their roles."""
    recognition, answers = config.recognition, config.answers
    wanted = {recognition.engine, recognition.on_cpu[0], answers.engine, "reader"}
    wanted |= {config.voice.engine, "espeak"} | ({"llama"} if answers.by_llama else set())
    return [engine for engine in ROLES if engine in wanted]


def subject(config: Config, engine: str) -> Subject:
    """This engine, with the profile's settings for it."""
    make = _MAKERS[ROLES[engine]]
    return Subject(engine, _model(config, engine), make(config, engine))


def _ears(config: Config, engine: str) -> Worker:
    recognition = config.recognition
    if engine == recognition.on_cpu[0]:
        return asr_worker(config)
    alone = replace(
        config, recognition=replace(recognition, engine=engine), answers=AnswersConfig()
    )
    return npu_worker(alone) or asr_worker(alone)


def _mind(config: Config, engine: str) -> Worker:
    answers = replace(config.answers, engine=engine, answer_tokens=ANSWER_TOKENS)
    alone = replace(config, recognition=RecognitionConfig(), answers=answers)
    return npu_worker(alone) or llama_worker(alone) or mind_worker(config)


def _voice(config: Config, engine: str) -> Worker:
    if engine == "espeak":
        return espeak_worker(config, "voice")
    return voice_worker(replace(config, voice=replace(config.voice, engine=engine)))


_MAKERS: Mapping[Role, Callable[[Config, str], Worker]] = {
    Role.RECOGNITION: _ears,
    Role.ANSWERS: _mind,
    Role.VOICE: _voice,
}


def _model(config: Config, engine: str) -> str:
    """Its name, as far as the settings tell it."""
    recognition = config.recognition
    folder = recognition.folder
    if engine == recognition.on_cpu[0]:
        folder = recognition.on_cpu[1]
    models = {
        "sphinx": "en-us",
        "reader": "quotes",
        "llama": Path(config.llama.model).stem,
        "rkllm": Path(config.answers.model).stem,
        "espeak": config.voice.voice,
        "piper": Path(config.voice.model).stem,
    }
    return models.get(engine, Path(folder).name) or "none named"
