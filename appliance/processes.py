"""The table of engine processes: what each serves, and how long one job of it may take."""

from __future__ import annotations

from appliance.config import Config
from appliance.engines.worker import Worker

ASR_DEADLINE_S = 15.0
MIND_DEADLINE_S = 5.0
VOICE_DEADLINE_S = 5.0


def asr_worker(config: Config) -> Worker:
    """The ears: utterance in, transcript out."""
    servant = "appliance.engines.asr_servant:AsrServant"
    return Worker("asr", servant, {"pack": config.knowledge.pack}, deadline_s=ASR_DEADLINE_S)


def mind_worker(config: Config) -> Worker:
    """The mind: question in; passages, then sentences, out."""
    settings = {"pack": config.knowledge.pack, "passages": config.knowledge.passages}
    servant = "appliance.knowledge.servant:MindServant"
    return Worker("mind", servant, settings, deadline_s=MIND_DEADLINE_S)


def voice_worker(config: Config) -> Worker:
    """The voice: text in, sound out. A program of its own, since it links a GPL library."""
    voice = config.voice
    settings = {"voice": voice.voice, "speed_wpm": voice.speed_wpm, "pitch": voice.pitch}
    servant = "appliance.engines.voice_servant:VoiceServant"
    return Worker("voice", servant, settings, deadline_s=VOICE_DEADLINE_S)
