"""A conversation of known times, told to an observer: what a trace of it must show."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np

from appliance.engines.ports import Passage, Transcript
from appliance.observer import Observer
from appliance.record import Turn
from appliance.trace import Header, TraceWriter
from audio.ears import Reading
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples, Utterance
from audio.level import level_db
from audio.ports import WakeHit
from states.state import State

HEARD = "what does the zebra light mean"
SAID = "Replace the quagga at once."
PASSAGE = Passage("The okapi is behind the cover.", "giraffe.md#okapi", "the giraffe", 0.9)
PRIVATE = ("zebra", "quagga", "okapi", "giraffe")
LENGTH_S = 8.0
WAKE_S, SPEECH_S, END_S, SOUND_S, OVER_S = 1.2, (1.5, 3.0), 3.0, 4.0, 6.5
STAGES = {
    "endpoint": (3.0, 3.7),
    "asr": (3.2, 3.5),
    "retrieve": (3.5, 3.6),
    "first_token": (3.6, 3.9),
    "tts_first_chunk": (3.9, 4.0),
}
STATES = [("idle", 0.0), ("listening", 1.3), ("thinking", 3.7), ("speaking", 4.0), ("idle", 6.5)]
VOICE_HZ = 22_050
THRESHOLDS = {"hey jarvis": 0.4, "alexa": 0.3}


def header(*, sound: bool = False, words: bool = False) -> Header:
    return Header("bundled", THRESHOLDS, 0.5, 0.35, sound=sound, words=words)


@cache
def tone(hertz: float, seconds: float, rate_hz: int = RATE_HZ, loud: float = 0.3) -> Samples:
    steps = np.arange(round(seconds * rate_hz))
    return (loud * 32767 * np.sin(2 * np.pi * hertz * steps / rate_hz)).astype(np.int16)


def reading(number: int, *, hertz: float = 1000.0) -> Reading:
    """The frame of that number: a tone while somebody speaks, silence otherwise."""
    at_s = (number + 1) * FRAME_S
    speaking = 0.6 <= at_s <= WAKE_S or SPEECH_S[0] <= at_s <= SPEECH_S[1]
    samples = tone(hertz, LENGTH_S)[number * FRAME_SAMPLES :][:FRAME_SAMPLES]
    samples = samples if speaking else np.zeros(FRAME_SAMPLES, np.int16)
    score = 0.95 if WAKE_S - 0.1 <= at_s <= WAKE_S + 0.4 else 0.01
    scores = {"hey jarvis": score, "alexa": 0.02}
    speech = 0.97 if speaking else 0.02
    return Reading(Frame(samples, number, at_s), level_db(samples), speech, scores)


def turn(number: int = 1, heard: str = HEARD, said: str = SAID) -> Turn:
    done = Turn(number, 0.0, wake=WakeHit("hey jarvis", 0.95, WAKE_S))
    done.utterance = Utterance(np.zeros(10, np.int16), *SPEECH_S, 3.7)
    done.asked_s = END_S
    done.transcript = Transcript(heard, 1.0)
    done.passages, done.spoken = [PASSAGE], [said]
    done.states, done.stages = list(STATES), dict(STAGES)
    done.timings_ms = {name: round(1000 * (b - a), 1) for name, (a, b) in STAGES.items()}
    done.timings_ms |= {"first_sound": 1000.0, "first_audio": 1000.0}
    done.end("OK")
    return done


def tell(observer: Observer, *, of: Turn | None = None) -> None:
    """The whole conversation, in the order of its times."""
    told = [(since, State(name)) for name, since in STATES]
    for number in range(round(LENGTH_S / FRAME_S)):
        now = reading(number)
        while told and told[0][0] <= now.frame.captured_at:
            observer.state(told[0][1], told.pop(0)[0])
        observer.reading(now)
        if number == round(2.0 / FRAME_S):
            observer.partial("what does the zebra")
    observer.played(tone(440, OVER_S - SOUND_S, VOICE_HZ), VOICE_HZ, SOUND_S)
    observer.turn(of or turn())


def write(path: Path, *, sound: bool = False, words: bool = False, of: Turn | None = None) -> Path:
    with TraceWriter(path, header(sound=sound, words=words)) as writer:
        tell(writer, of=of)
    assert writer.failure is None, os.fspath(path)
    return path
