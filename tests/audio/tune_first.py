"""What the very first reply leaves of itself: `python -m tests.audio.tune_first [SPEECH_FOLDER]`.

The echo canceller knows nothing of the room until something has sounded. Over simulated rooms
(`room.py`), with the shipped ears: the device starts, somebody wakes it and asks, it begins its
first reply. Before that it has made no sound, those of waking and of the end of listening, those
and the sound of being ready, or it has spoken for six seconds. For each: the echo removed in the
first seconds of the reply; how many of real "alexa" that begin within its first two seconds are
heard, and how many were refused as the device's own; how often a reply that begins with a wake
phrase wakes the device itself. `--each N` trials for each room.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, cycle
from pathlib import Path

import numpy as np

from audio.earcons import Earcon, render
from audio.ears import Ears
from audio.echo import EchoCanceller
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.ports import WakeHit
from audio.reference import Reference
from audio.vad import SileroVad
from audio.wake import OpenWakeWord

from .conftest import SPEECH
from .room import Room, Sound, to_sound
from .tune_echo import ROOMS, VOICE_HZ, at_microphone, own_voice, sentences
from .tune_wake import load, rows

SOUNDS = (Earcon.WAKE, Earcon.HEARD)
BEFORE: dict[str, tuple[Earcon | float, tuple[Earcon, ...]]] = {
    "nothing": (0.0, ()),
    "wake, heard": (0.0, SOUNDS),
    "ready, wake, heard": (Earcon.READY, SOUNDS),
    "ready": (Earcon.READY, ()),
    "6 s of its voice": (6.0, SOUNDS),
}
"""What sounds at the start (an earcon, or seconds of speech), and in the turn."""

REPLY_S, INTERRUPTED_S, PATIENCE_S = 4.5, (0.1, 1.9), 0.5
TEMPTING = (
    "Alexa! That is what you say first.",
    "Hey Jarvis! That is my name.",
    "Say hey Jarvis, then ask your question.",
    "You can call me Alexa.",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """Recordings of people: who wakes it, who asks, who interrupts, and how far into the reply."""

    room: Room
    wakes: Samples
    asks: Samples
    interrupts: Samples
    after_s: float
    reply: Samples
    tempting: Samples


@dataclass
class Tally:
    """Of one way to begin."""

    trials: int = 0
    heard: int = 0
    refused: int = 0
    self_wakes: int = 0
    erle_db: list[list[float]] = field(default_factory=list)


class Script:
    """What the loudspeaker plays (at VOICE_HZ) and what people say, by the stream's time."""

    def __init__(self, trial: Trial, begins: Earcon | float, earcons: tuple[Earcon, ...]) -> None:
        self._played: list[Samples] = []
        self.said: list[tuple[float, Samples]] = []
        self._wait(0.5)
        self._play(
            render(begins, VOICE_HZ) if isinstance(begins, Earcon) else GREETING[: _count(begins)]
        )
        self._wait(2.0)
        self._person(trial.wakes, 0.1)
        self._sound(Earcon.WAKE, earcons)
        self._person(trial.asks, PATIENCE_S, 0.15)
        self._sound(Earcon.HEARD, earcons)
        self._wait(0.5)
        self.reply_s = self.now_s

    @property
    def now_s(self) -> float:
        return sum(map(len, self._played)) / VOICE_HZ

    def replied(self, reply: Samples) -> Samples:
        """All that was played, this reply included."""
        return np.concatenate([*self._played, reply[: _count(REPLY_S)]])

    def _person(self, said: Samples, then_s: float, after_s: float = 0.0) -> None:
        self._wait(after_s)
        self.said.append((self.now_s, said))
        self._wait(len(said) / RATE_HZ + then_s)

    def _sound(self, earcon: Earcon, chosen: tuple[Earcon, ...]) -> None:
        samples = render(earcon, VOICE_HZ)
        self._play(samples if earcon in chosen else samples * 0)

    def _play(self, samples: Samples) -> None:
        self._played.append(samples)

    def _wait(self, seconds: float) -> None:
        self._play(np.zeros(_count(seconds), np.int16))


def _count(seconds: float) -> int:
    return round(seconds * VOICE_HZ)


GREETING = own_voice(6.0, sentences(), tempting=False)


class Device:
    """The shipped ears; its models are loaded once."""

    def __init__(self) -> None:
        self._wake, self._vad = OpenWakeWord(), SileroVad()

    def hear(
        self, microphone: Samples, played: Samples, from_s: float
    ) -> tuple[list[WakeHit], list[WakeHit], Samples]:
        """Wake phrases believed and refused from `from_s` on, and the sound without the echo."""
        self._wake.reset()
        self._vad.reset()
        now, reference = 0.0, Reference()
        echo, ears = EchoCanceller(reference, lambda: now), Ears(self._wake, self._vad)
        hits: dict[bool, list[WakeHit]] = {True: [], False: []}
        left = []
        for seq in range(len(microphone) // FRAME_SAMPLES):
            sound = microphone[seq * FRAME_SAMPLES :][:FRAME_SAMPLES]
            began, now = now, (seq + 1) * FRAME_S
            reference.put(played[_count(began) : _count(now)], VOICE_HZ, began)
            frame = echo.cancel(Frame(sound, seq, now))
            left.append(frame.samples)
            if now > from_s - 1.2:
                edges = ears.feed(frame)
                hits[echo.only_echo] += [edge for edge in edges if isinstance(edge, WakeHit)]
        return hits[False], hits[True], np.concatenate(left)


def measure(device: Device, trial: Trial, begins: Earcon | float, earcons: tuple[Earcon, ...],
            tally: Tally) -> None:  # fmt: skip
    """One first reply left alone, which begins with a wake phrase, and one interrupted."""
    script = Script(trial, begins, earcons)
    start_s, room, tempting = script.reply_s, trial.room, script.replied(trial.tempting)
    alone = at_microphone(room, tempting, _people(room, script.said, len(tempting)))
    hits, _, left = device.hear(alone, tempting, start_s)
    tally.self_wakes += len(hits)
    tally.erle_db.append([_erle_db(alone, left, start_s + second) for second in range(3)])
    played = script.replied(trial.reply)
    at_s = start_s + trial.after_s
    people = _people(room, [*script.said, (at_s, trial.interrupts)], len(played))
    hits, refused, _ = device.hear(at_microphone(room, played, people), played, start_s)
    until_s = at_s + len(trial.interrupts) / RATE_HZ + 0.6
    tally.trials += 1
    heard = _found(hits, at_s, until_s)
    tally.heard += heard
    tally.refused += not heard and _found(refused, at_s, until_s)


def _people(room: Room, said: list[tuple[float, Samples]], played: int) -> Sound:
    sound = np.zeros(round(played / VOICE_HZ * RATE_HZ))
    for at_s, samples in said:
        begin = round(at_s * RATE_HZ)
        arrived = room.person(samples)[: len(sound) - begin]
        sound[begin : begin + len(arrived)] += arrived
    return sound


def _found(hits: list[WakeHit], from_s: float, to_s: float) -> bool:
    return any(hit.phrase == "alexa" and from_s <= hit.at_s <= to_s for hit in hits)


def _erle_db(before: Samples, after: Samples, from_s: float) -> float:
    second = slice(round(from_s * RATE_HZ), round((from_s + 1) * RATE_HZ))
    power = [np.mean(to_sound(x[second]) ** 2) for x in (before, after)]
    return float(10 * np.log10(power[0] / power[1]))


def trials(folder: Path, each: int) -> Iterator[tuple[str, list[Trial]]]:
    """For every room of `tune_echo`, with `each` impulse responses."""
    manifest = [(row["kind"], folder / row["path"], float(row["seconds"])) for row in rows(folder)]
    phrases = [path for kind, path, _ in manifest if kind == "wakeword:alexa"]
    asked = [p for kind, p, length_s in manifest if kind == "command" and 1 < length_s < 4]
    said, number, random = sentences(), 0, np.random.default_rng(0)
    tempted = cycle(own_voice(REPLY_S, chain([begin], said), tempting=False) for begin in TEMPTING)
    for name, room in ROOMS.items():
        found = []
        for seed in range(each):
            found.append(
                Trial(
                    replace(room, seed=room.seed * 1000 + seed),
                    load(phrases[number * 7 % len(phrases)]),
                    load(asked[number * 13 % len(asked)]),
                    load(phrases[(number * 7 + 3) % len(phrases)]),
                    float(random.uniform(*INTERRUPTED_S)),
                    own_voice(REPLY_S, said, tempting=False),
                    next(tempted),
                )
            )
            number += 1
        yield name, found


def main() -> None:
    """Measure and print, room by room, all rooms so far."""
    parser = argparse.ArgumentParser(prog="python -m tests.audio.tune_first")
    parser.add_argument("folder", type=Path, nargs="?", default=SPEECH)
    parser.add_argument("--each", type=int, default=4)
    parser.add_argument("--before", nargs="*", choices=BEFORE, default=list(BEFORE))
    options = parser.parse_args()
    device, tallies = Device(), {name: Tally() for name in options.before}
    for room, some in trials(options.folder, options.each):
        for name, tally in tallies.items():
            for trial in some:
                measure(device, trial, *BEFORE[name], tally)
        print(f"\n… {room}\n{'before the reply':22}{'heard':>9}{'refused':>9}{'wakes itself':>14}"
              f"{'ERLE dB, 1st, 2nd, 3rd s':>28}")  # fmt: skip
        for name, tally in tallies.items():
            erle = "".join(f"{db:8.1f}" for db in np.mean(tally.erle_db, axis=0))
            print(f"{name:22}{tally.heard:5}/{tally.trials:<3}{tally.refused:9}"
                  f"{tally.self_wakes:10}/{tally.trials:<3}{erle:>28}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
