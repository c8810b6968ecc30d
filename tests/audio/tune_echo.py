"""How well the device listens while it speaks: `python -m tests.audio.tune_echo [SPEECH_FOLDER]`.

Prints, over some simulated rooms (`room.py`), with the shipped ears and thresholds: real "alexa"
heard over the device's own voice, of those heard in quiet; how often the device wakes itself in an
hour of its own speech, in which every eighth sentence holds a wake phrase; the echo removed (ERLE)
and what that costs. `--others` runs WebRTC's AEC3 beside it where `pywebrtc-audio` is installed.
The device begins with the sound of being ready, unless `--unready`. All of it takes half an hour of
CPU; `--recordings` and `--minutes` shorten it, 0 leaves one out.
"""

from __future__ import annotations

import argparse
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr

from appliance.engines.espeak import RATE_HZ as VOICE_HZ
from appliance.engines.espeak import EspeakVoice
from audio.earcons import Earcon, render
from audio.ears import Ears
from audio.echo import EchoCanceller
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.ports import WakeHit
from audio.reference import Reference
from audio.vad import SileroVad
from audio.wake import OpenWakeWord

from .conftest import SPEECH
from .room import Echo, Room, Sound, to_samples, to_sound
from .tune_wake import load, rows

ROOMS = {
    "living room": Room(),
    "kitchen, delay 20 ms": Room(seed=1, rt60_s=0.6, delay_ms=20),
    "delay 250 ms": Room(seed=2, delay_ms=250),
    "person 60 dB": Room(seed=3, speech_db=60),
    "noise 45 dB": Room(seed=4, rt60_s=0.25, noise_db=45),
    "playback 60 dB": Room(seed=5, playback_db=60),
}
PHRASES = ("Alexa!", "Hey Jarvis!", "You can call me Alexa.", "Say hey Jarvis, then ask.")
MANUALS = Path(__file__).parents[1] / "golden"
FIRST_S, PAUSE_S, SETTLES_S = 6.0, 1.5, 4.0


@dataclass
class Heard:
    """What the ears made of one signal."""

    hits: list[WakeHit] = field(default_factory=list)
    refused: int = 0
    speech_s: float = 0.0
    cpu_s: float = 0.0
    left: list[Samples] = field(default_factory=list)


class Device:
    """The shipped ears; its models are loaded once."""

    def __init__(self) -> None:
        self._wake, self._vad = OpenWakeWord(), SileroVad()

    def hear(self, microphone: Samples, played: Samples | None) -> Heard:
        """Feed a microphone's signal; `played` at VOICE_HZ, None without echo cancellation."""
        self._wake.reset()
        self._vad.reset()
        now, heard, reference = 0.0, Heard(), Reference()
        echo = None if played is None else EchoCanceller(reference, lambda: now)
        ears = Ears(self._wake, self._vad)
        for seq in range(len(microphone) // FRAME_SAMPLES):
            sound = microphone[seq * FRAME_SAMPLES :][:FRAME_SAMPLES]
            frame = Frame(sound, seq, (seq + 1) * FRAME_S)
            if echo is not None and played is not None:
                began, now = now, frame.captured_at
                begin, end = round(began * VOICE_HZ), round(now * VOICE_HZ)
                reference.put(played[begin:end], VOICE_HZ, began)
                before = time.process_time()
                frame = echo.cancel(frame)
                heard.cpu_s += time.process_time() - before
            hits = [edge for edge in ears.feed(frame) if isinstance(edge, WakeHit)]
            alone = echo is not None and echo.only_echo
            heard.refused += len(hits) * alone
            heard.hits += [] if alone else hits
            heard.speech_s += FRAME_S * (ears.speech > 0.5 and not alone)
            heard.left.append(frame.samples)
        return heard


def sentences() -> Iterator[str]:
    """What the device may say: the manuals of the golden questions, over and over."""
    text = " ".join(path.read_text() for path in sorted(MANUALS.glob("*/docs/*.md")))
    plain = re.sub(r"\s+", " ", re.sub(r"[#*|`>_-]+", " ", text))
    return itertools.cycle(part for part in re.split(r"(?<=[.!?])\s", plain) if len(part) > 3)


def own_voice(seconds: float, said: Iterator[str], *, tempting: bool) -> Samples:
    """The device's own speech at VOICE_HZ, with pauses, and with wake phrases where `tempting`."""
    voice, phrases = EspeakVoice(), itertools.cycle(PHRASES)
    voice.load()
    parts: list[Samples] = []
    missing = round(seconds * VOICE_HZ)
    for number in itertools.count():
        text = next(phrases) if tempting and number % 8 == 7 else next(said)
        part = np.concatenate([*voice.synthesise(text), np.zeros(VOICE_HZ // 5, np.int16)])
        parts.append(part[:missing])
        missing -= len(parts[-1])
        if not missing:
            break
    return np.concatenate(parts)


def started(seconds: float, said: Iterator[str], *, tempting: bool, ready: bool) -> Samples:
    """As `own_voice`, after the sound of being ready and a second of silence."""
    sound = np.concatenate([render(Earcon.READY, VOICE_HZ), np.zeros(VOICE_HZ, np.int16)])
    if not ready:
        return own_voice(seconds, said, tempting=tempting)
    left_s = seconds - len(sound) / VOICE_HZ
    return np.concatenate([sound, own_voice(left_s, said, tempting=tempting)])


def at_microphone(room: Room, played: Samples, near: Sound | None = None) -> Samples:
    """Echo, noise and a person who was put into the room before."""
    far = soxr.resample(played, VOICE_HZ, RATE_HZ)
    sound = Echo(room).hear(far) + room.noise().take(len(far))
    if near is not None:
        count = min(len(near), len(sound))
        sound[:count] += near[:count]
    return to_samples(sound)


def people(room: Room, recordings: list[Samples]) -> tuple[Sound, list[tuple[float, float]]]:
    """The recordings one after the other as they arrive, and when each is."""
    parts, spans, now = [np.zeros(round(FIRST_S * RATE_HZ))], [], FIRST_S
    for recording in recordings:
        parts += [room.person(recording), np.zeros(round(PAUSE_S * RATE_HZ))]
        spans.append((now, now + len(recording) / RATE_HZ + 0.6))
        now += len(recording) / RATE_HZ + PAUSE_S
    return np.concatenate(parts), spans


def found(heard: Heard, spans: list[tuple[float, float]]) -> int:
    return sum(
        any(hit.phrase == "alexa" and begin <= hit.at_s <= end for hit in heard.hits)
        for begin, end in spans
    )


def erle_db(before: Samples, after: Samples) -> float:
    """Echo return loss enhancement, once the filter had time to settle."""
    settled = round(SETTLES_S * RATE_HZ)
    power = [np.mean(to_sound(x[settled : len(after)]) ** 2) for x in (before, after)]
    return float(10 * np.log10(power[0] / power[1]))


def aec3(microphone: Samples, played: Samples) -> Samples:
    """The same signal through WebRTC's canceller."""
    from pywebrtc_audio import EchoCanceller as Aec3  # noqa: PLC0415

    far = soxr.resample(played, VOICE_HZ, RATE_HZ)
    cancelled: Samples = Aec3(RATE_HZ).process(microphone, far)
    return cancelled


def interruptions(device: Device, recordings: list[Samples], *, others: bool, ready: bool) -> None:
    """Table (a) and (c): a person speaks while the device does."""
    print(f"{'room':22}{'quiet':>7}{'over':>7}{'ratio':>8}{'raw':>6}{'AEC3':>6}{'ERLE dB':>9}")
    totals, said = [0, 0], sentences()
    for name, room in ROOMS.items():
        near, spans = people(room, recordings)
        seconds = len(near) / RATE_HZ
        quiet = found(device.hear(to_samples(near + room.noise().take(len(near))), None), spans)
        played = started(seconds, said, tempting=False, ready=ready)
        microphone = at_microphone(room, played, near)
        over = found(device.hear(microphone, played), spans)
        raw = found(device.hear(microphone, None), spans)
        alone = at_microphone(room, played[: 60 * VOICE_HZ])
        erle = erle_db(alone, np.concatenate(device.hear(alone, played).left))
        webrtc = found(device.hear(aec3(microphone, played), None), spans) if others else "-"
        totals = [totals[0] + quiet, totals[1] + over]
        row = f"{name:22}{quiet:7}{over:7}{over / quiet:8.1%}{raw:6}{webrtc:>6}{erle:9.1f}"
        print(row, flush=True)
    print(f"{'all':22}{totals[0]:7}{totals[1]:7}{totals[1] / totals[0]:8.1%}")
    print("“raw”: without echo cancellation. ERLE with the rest turned down.\n")


def alone_at_home(device: Device, minutes: float, *, ready: bool) -> None:
    """Table (b): the device talks to itself."""
    print(f"{'room':22}{'min':>6}{'wakes':>7}{'refused':>9}{'raw':>6}{'speech s':>10}{'CPU':>8}")
    said, wakes = sentences(), 0
    for name, room in ROOMS.items():
        seconds = minutes * 60 / len(ROOMS)
        played = started(seconds, said, tempting=True, ready=ready)
        microphone = at_microphone(room, played)
        heard, raw = device.hear(microphone, played), device.hear(microphone, None)
        wakes += len(heard.hits)
        row = f"{name:22}{seconds / 60:6.1f}{len(heard.hits):7}{heard.refused:9}{len(raw.hits):6}"
        print(f"{row}{heard.speech_s:10.1f}{heard.cpu_s / seconds:8.2%}", flush=True)
        for hit in heard.hits:
            print(f"    {hit.phrase} at {hit.at_s:.1f} s, {hit.score:.2f}")
    print(f"self-wakes in {minutes:g} minutes: {wakes}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=SPEECH)
    parser.add_argument("--recordings", type=int, default=151, help="of “alexa”")
    parser.add_argument("--minutes", type=float, default=60.0, help="of the device alone")
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--unready", action="store_true", help="without the sound of being ready")
    options = parser.parse_args()
    device = Device()
    wanted = [row for row in rows(options.folder) if row["kind"] == "wakeword:alexa"]
    recordings = [load(options.folder / row["path"]) for row in wanted[: options.recordings]]
    if recordings:
        interruptions(device, recordings, others=options.others, ready=not options.unready)
    if options.minutes:
        alone_at_home(device, options.minutes, ready=not options.unready)


if __name__ == "__main__":
    main()
