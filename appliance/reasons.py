"""The catalogue of reason codes: why a turn ended as it did, for people, logs and machines."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Outcome(Enum):
    """What became of a turn; the `outcome` of `appliance ask --json`."""

    ANSWERED = "answered"
    COMMAND = "command"
    ABSTAINED = "abstained"
    NO_WAKE = "no_wake"
    NO_SPEECH = "no_speech"
    FAILED = "failed"


class Reason(NamedTuple):
    """An outcome and what a technician should know of it."""

    outcome: Outcome
    meaning: str


REASONS: dict[str, Reason] = {
    "OK": Reason(Outcome.ANSWERED, "answered from a passage above the threshold"),
    "COMMAND": Reason(Outcome.COMMAND, "an order that was carried out"),
    "CUT_SHORT": Reason(Outcome.ANSWERED, "the answer was interrupted while it was being spoken"),
    "LOW_SCORE": Reason(Outcome.ABSTAINED, "the best passage is under the threshold"),
    "NO_ANSWER": Reason(Outcome.ABSTAINED, "the passages that were found do not hold the answer"),
    "NO_MATCH": Reason(Outcome.ABSTAINED, "no passage has anything in common with the question"),
    "NO_WAKE": Reason(Outcome.NO_WAKE, "no wake phrase was heard"),
    "NO_SPEECH": Reason(Outcome.NO_SPEECH, "nobody spoke after the wake phrase"),
    "NO_WORDS": Reason(Outcome.NO_SPEECH, "somebody spoke, but no words were recognised"),
    "RESTARTED": Reason(Outcome.NO_SPEECH, "the wake phrase was said again before the question"),
    "INTERRUPTED": Reason(Outcome.FAILED, "the wake phrase was said before the answer began"),
    "CANCELLED": Reason(Outcome.FAILED, "somebody asked for silence"),
    "MUTED": Reason(Outcome.FAILED, "the microphone was switched off"),
    "FAULT": Reason(Outcome.FAILED, "a part without which nothing works failed"),
    "SERVICING": Reason(Outcome.FAILED, "a technician took over"),
    "SHUTDOWN": Reason(Outcome.FAILED, "the service was stopped"),
    "LISTEN_TIMEOUT": Reason(Outcome.FAILED, "listening never came to an end"),
    "THINK_TIMEOUT": Reason(Outcome.FAILED, "no answer in time"),
    "SPEAK_TIMEOUT": Reason(Outcome.FAILED, "speaking never came to an end"),
    "BAD_AUDIO": Reason(Outcome.FAILED, "the recording cannot be read"),
    "ASR_FAILED": Reason(Outcome.FAILED, "recognition failed"),
    "RETRIEVE_FAILED": Reason(Outcome.FAILED, "the knowledge pack could not be searched"),
    "ANSWER_FAILED": Reason(Outcome.FAILED, "the answer could not be composed"),
    "TTS_FAILED": Reason(Outcome.FAILED, "the voice failed"),
    "SPEAKER_FAILED": Reason(Outcome.FAILED, "the loudspeaker failed"),
}

LAPSES: dict[str, str] = {
    "NPU_DOWN": "the NPU's process was not up",
    "NPU_RESTING": "the NPU had failed shortly before, and was left alone",
    "NPU_CRASHED": "the NPU's process ended",
    "NPU_STUCK": "the NPU missed its deadline",
    "NPU_FAILED": "the NPU gave an error, or nothing",
    "VOICE_DOWN": "the voice's process was not up",
    "VOICE_RESTING": "the voice had failed shortly before, and was left alone",
    "VOICE_CRASHED": "the voice's process ended",
    "VOICE_STUCK": "the voice missed its deadline",
    "VOICE_FAILED": "the voice gave an error",
    "HOT": "the device was hot, so the answer was kept short",
    "SLM_DOWN": "the language model's process was not up",
    "SLM_RESTING": "the language model had failed shortly before, and was left alone",
    "SLM_CRASHED": "the language model's process ended",
    "SLM_STUCK": "the language model missed its deadline",
    "SLM_FAILED": "the language model gave an error, or nothing",
}
"""Why a spare engine did a hop of a turn: the values of `fallback` in its record."""
