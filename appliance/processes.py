"""The table of engine processes: what each serves, and how long one job of it may take.

The voices are programs of their own because they link GPL libraries.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from appliance.config import Config
from appliance.cores import SYSFS, seat
from appliance.engines.allowance import Allowance
from appliance.engines.recovery import Backoff
from appliance.engines.rkllm_driver import VERSION_FILES
from appliance.engines.worker import Worker

ASR_DEADLINE_S = 15.0
MIND_DEADLINE_S = 5.0
VOICE_DEADLINE_S = 5.0


def asr_worker(config: Config) -> Worker:
    """The ears on the CPU: utterance in, transcript out."""
    engine, folder = config.recognition.on_cpu
    if engine == "faster-whisper":
        servant = "appliance.engines.fasterwhisper_servant:FasterWhisperServant"
        settings = {"folder": folder, **_faster_whisper(config)}
    else:
        servant = "appliance.engines.asr_servant:AsrServant"
        settings = {"pack": config.knowledge.pack}
    limits = allowance(config, "asr")
    return Worker("asr", servant, settings, deadline_s=ASR_DEADLINE_S, allowance=limits)


def _faster_whisper(config: Config) -> dict[str, Any]:
    """The arguments of FasterWhisperServant; as a spare, `frames` are not its own."""
    settings = config.recognition
    return {
        "pack": config.knowledge.pack if settings.hints else "",
        "language": settings.language,
        "threads": settings.threads,
        "frames": 0 if settings.on_npu else settings.frames,
    }


def npu_worker(config: Config) -> Worker | None:
    """Whatever the profile does on the NPU, in one process; None: nothing."""
    recognition, answers = _recognition(config), _answers(config)
    if recognition is None and answers is None:
        return None
    deadlines_s = {
        "load": config.npu.load_deadline_s,
        "transcribe": config.recognition.deadline_s,
        "prime": config.answers.deadline_s,
        "answer": config.answers.deadline_s,
        "measure": config.npu.load_deadline_s,
    }
    return Worker(
        "npu",
        "appliance.engines.npu_servant:NpuServant",
        {"recognition": recognition, "answers": answers},
        deadline_s=MIND_DEADLINE_S,
        deadlines_s=deadlines_s,
        allowance=allowance(config, "npu"),
        backoff=Backoff(config.npu.retry_s, config.npu.retry_most_s, forgiven=1),
    )


def _recognition(config: Config) -> dict[str, Any] | None:
    """The arguments of RknnServant."""
    settings = config.recognition
    if not settings.on_npu:
        return None
    names = ("folder", "toolkit", "language", "frames", "cores", "threads", "scale", "library")
    return {"model": settings.engine} | {name: getattr(settings, name) for name in names}


def _answers(config: Config) -> dict[str, Any] | None:
    """The arguments of RkllmServant."""
    settings = config.answers
    if not settings.on_npu:
        return None
    names = ("model", "library", "version", "context_tokens", "answer_tokens")
    return {
        "engine": {
            **{name: getattr(settings, name) for name in names},
            "driver_files": driver_files(config),
        },
        "template": settings.template,
        "passage_chars": settings.passage_chars,
        "cache": settings.cache,
    }


def llama_worker(config: Config) -> Worker | None:
    """The language model on the CPU; None: the profile has none."""
    if not config.answers.by_llama:
        return None
    settings = config.llama
    return Worker(
        "slm",
        "appliance.engines.llama_servant:LlamaServant",
        llama_settings(config, settings.model),
        deadline_s=settings.deadline_s,
        # Whoever wants an answer interrupts `prime`, so it may take long; as may `measure`.
        deadlines_s=dict.fromkeys(("load", "prime", "measure"), settings.load_deadline_s),
        allowance=allowance(config, "slm"),
    )


def llama_settings(config: Config, model: str) -> dict[str, Any]:
    """The arguments of LlamaServant."""
    answers, settings = config.answers, config.llama
    engine = {
        "model": model,
        **{name: getattr(settings, name) for name in ("threads", "temperature")},
        **{name: getattr(answers, name) for name in ("context_tokens", "answer_tokens")},
    }
    return {"engine": engine, "passage_chars": answers.passage_chars}


def driver_files(config: Config) -> list[str]:
    """Where the NPU's driver says its version."""
    return [config.npu.driver_file] if config.npu.driver_file else list(VERSION_FILES)


def mind_worker(config: Config) -> Worker:
    """The mind: question in; passages, then sentences, out."""
    settings = {"pack": config.knowledge.pack, "passages": config.knowledge.passages}
    servant = "appliance.knowledge.servant:MindServant"
    limits = allowance(config, "mind")
    return Worker("mind", servant, settings, deadline_s=MIND_DEADLINE_S, allowance=limits)


def voice_worker(config: Config) -> Worker:
    """The profile's voice: text in, sound out."""
    voice = config.voice
    if voice.engine == "espeak":
        return espeak_worker(config, "voice")
    names = ("model", "speaker", "speed_wpm", "threads")
    servant = "appliance.engines.piper_servant:PiperServant"
    settings = {name: getattr(voice, name) for name in names}
    limits = allowance(config, "voice")
    return Worker("voice", servant, settings, deadline_s=VOICE_DEADLINE_S, allowance=limits)


def espeak_worker(config: Config, name: str) -> Worker:
    """The voice that needs no model, and says how words sound."""
    voice = config.voice
    settings = {"voice": voice.voice, "speed_wpm": voice.speed_wpm, "pitch": voice.pitch}
    servant = "appliance.engines.voice_servant:VoiceServant"
    limits = allowance(config, "voice")
    return Worker(name, servant, settings, deadline_s=VOICE_DEADLINE_S, allowance=limits)


def allowance(config: Config, worker: str, sysfs: Path = SYSFS) -> Allowance:
    """What a worker's process may use on this machine; its name is its role (`cores.ROLES`)."""
    is_spare = worker == "asr" and config.recognition.on_npu
    cpus, threads = seat("spare" if is_spare else worker, sysfs)
    return Allowance(getattr(config.workers, f"{worker}_mb"), cpus, threads)
