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
    "HOT": "the device was hot: the answer was kept short, or a smaller model gave it",
    "WEAK": "the supply's voltage was too low: as `HOT`, and more softly",
    "SLM_DOWN": "the language model's process was not up",
    "SLM_RESTING": "the language model had failed shortly before, and was left alone",
    "SLM_CRASHED": "the language model's process ended",
    "SLM_STUCK": "the language model missed its deadline",
    "SLM_FAILED": "the language model gave an error, or nothing",
}
"""Why a spare engine did a hop of a turn: the values of `fallback` in its record."""

EVENTS: dict[str, str] = {
    "SERVICE_STARTED": "the service began",
    "SERVICE_STOPPED": "the service was stopped as it should be",
    "SERVICE_DIED": "the run before ended without being stopped, the kernel went on: a crash",
    "POWER_CUT": "the run before ended without being stopped, the kernel too: a power cut, a reset",
    "NEAR_MISS": "something sounded nearly like a wake phrase",
    "WORKER_LOST": "an engine's process ended, or was ended",
    "WORKER_RESTARTED": "an engine's process was replaced",
    "MIC_GONE": "no frame came from the microphone",
    "MIC_SILENT": "the microphone gave nothing but zeros",
    "MIC_STUCK": "the microphone gave the same sound again and again",
    "MIC_RATE": "the microphone gave frames too fast or too slowly",
    "MIC_CLIPPED": "the microphone was overdriven all the time",
    "EARS_FROZEN": "the ears heard no frame",
    "SPEAKER_BLOCKED": "the loudspeaker took no sound",
    "SPEAKER_RATE": "the loudspeaker took sound too fast or too slowly",
    "ASR_DEAD": "the recogniser's process was not up, or stood still",
    "MIND_DEAD": "the mind's process was not up, or stood still",
    "VOICE_DEAD": "the voice's process was not up, or stood still",
    "NPU_DEAD": "the NPU's process was not up, or stood still",
    "DISK_STUCK": "the disk answered nobody",
    "HISTORY_STUCK": "the thread that writes the history ended, or stood still",
    "PART_ENDED": "a part said itself that it had ended",
    "LOOP_BLOCKED": "the service's loop stood still",
    "REOPEN": "a sound device was opened anew",
    "RESCAN": "all sound devices were let go, looked for and opened anew",
    "RESTART_EARS": "the ears were begun anew",
    "RESTART_WORKER": "an engine's process was begun anew",
    "RESTART_HISTORY": "the thread that writes the history was begun anew",
    "RESTART_SERVICE": "the service ended to be started anew",
    "REBOOT": "the service asked for a restart of the machine",
    "OTHER_SLOT": "the service asked for the other system",
    "RESTARTED_BY_US": "this run began because the one before asked for it",
    "TOLD": "the person was told that a part is missing",
    "WATCHDOG_GONE": "the service manager could not be told that the service lives",
    "WATCHDOG_BACK": "the service manager hears again",
    "MENDED": "what stood still goes on",
    "HEATED": "the device became hot: answers are shorter, or come from a smaller model",
    "COOLED": "the device is cool again",
    "POWER_LOW": "the supply's voltage fell too low: it speaks more softly and answers shorter",
    "POWER_BACK": "the supply's voltage has been right for a minute",
    "MEMORY_LOW": "memory is short: what can be had again was let go",
    "MEMORY_FREE": "there is memory again",
    "DISK_FULL": "the disk is nearly full: what can be done without is not written",
    "DISK_FREE": "there is room on the disk again",
    "CLOCK_SET": "the clock was set",
    "CONSOLE_UNLOCKED": "a technician unlocked the console",
    "CONSOLE_REFUSED": "the console was given a wrong response",
    "CONSOLE_STALE": "the console was given a response to no challenge that was still good",
    "EGRESS": "something tried to reach the network",
    "UPDATE_STARTED": "an update was good, and is being installed",
    "UPDATE_FINISHED": "an update was installed; it is used from the next start on",
    "UPDATE_REFUSED": "an update was looked at and not installed: not signed, not for this, older",
    "UPDATE_FAILED": "an update was good, and could not be installed",
    "UPDATE_BOOTED": "the machine was started from an update, which has to prove itself",
    "UPDATE_CONFIRMED": "an update has proven itself, and stays",
    "UPDATE_ROLLED_BACK": "an update did not prove itself: the system before it runs again",
    "PACK_ROLLED_BACK": "a knowledge pack could not be used: the one before it is used again",
    "FACTORY_RESET": "everything that the owner had set was forgotten, as somebody asked",
    "FACTORY_RESET_FAILED": "what the owner had set could not be forgotten; it is tried again",
    "HISTORY_FAILED": "the disk did not take the history: full, read-only or broken",
    "HISTORY_LOST": "records were lost, since the disk could not be written or was too slow",
    "EVENTS_MANY": "more different events than anybody could read; only counted",
}
"""What is noted in the history besides turns."""

COUNTERS: dict[str, str] = {
    "turns": "turns that ended, however",
    "false_wakes": "turns in which nobody spoke after the wake phrase",
    "near_misses": "times that something sounded nearly like a wake phrase",
    "stale_work": "reports of turns and timers that were over by then, dropped",
    "lost_sound": "times that the sound card's buffer was full, and what it heard never came",
    "dropped_frames": "frames of the microphone lost because the ears were too slow",
    "worker_restarts": "engine processes that were replaced",
    "service_restarts": "starts of the service that were no start of the machine",
    "service_deaths": "runs of the service that ended without being stopped",
    "power_cuts": "runs that ended with the machine's power, or a reset",
    "egress_attempts": "packets that tried to leave, as the firewall counts them",
    "history_lost": "records of the history that were lost",
}
"""What is counted, over all restarts."""
