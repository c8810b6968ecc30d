"""A microphone and a loudspeaker of real time without hardware, which break when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from audio.errors import AudioError
from audio.format import FRAME_S, FRAME_SAMPLES, Frame, Samples
from audio.playout import RecordingLoudspeaker

JUMPS = {"ahead": round(3600 / FRAME_S), "back": -round(3600 / FRAME_S)}


class FaultyMicrophone:
    """A quiet room and what is said in it; implements `Microphone` with a thread of its own.

    `fault` is one of none, silent, stuck, clipped, frozen, rate, ended, thread, ahead, back.
    Opening it anew heals it, unless it is `away`. `ahead` and `back`: its clock jumps by an hour.
    """

    def __init__(self) -> None:
        self.fault = "none"
        self.away = False
        self._random = np.random.default_rng(1)
        self._said = np.zeros(0, np.int16)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        if self.away:
            raise AudioError("AUD-NO-DEVICE", "there is no microphone", "pulled", "plug it in")
        self.fault = "none"
        self._stop = threading.Event()
        arguments = (deliver, ended, self._stop)
        self._thread = threading.Thread(target=self._run, args=arguments, name="mic", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def say(self, samples: Samples) -> None:
        self._said = samples

    def _run(
        self,
        deliver: Callable[[Frame], None],
        ended: Callable[[Exception | None], None],
        stop: threading.Event,
    ) -> None:
        seq, last, due = 0, np.zeros(FRAME_SAMPLES, np.int16), time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            due += FRAME_S * (0.5 if self.fault == "rate" else 1)
            if self.fault == "ended":
                ended(AudioError("AUD-MIC-LOST", "it was lost", "pulled", "plug it in"))
                return
            if self.fault == "thread":
                return
            if self.fault == "frozen":
                continue
            last = self._sound(last)
            seq += 1
            if self.fault in JUMPS:
                seq, self.fault = max(1, seq + JUMPS[self.fault]), "none"
            deliver(Frame(last, seq - 1, seq * FRAME_S))

    def _sound(self, last: Samples) -> Samples:
        room = self._random.normal(0, 12, FRAME_SAMPLES)
        said, self._said = self._said[:FRAME_SAMPLES], self._said[FRAME_SAMPLES:]
        room[: len(said)] += said
        match self.fault:
            case "silent":
                return np.zeros(FRAME_SAMPLES, np.int16)
            case "stuck":
                return last.copy()
            case "clipped":
                return np.where(room > 0, 32767, -32768).astype(np.int16)
        return np.clip(room, -32768, 32767).astype(np.int16)


class FaultyLoudspeaker(RecordingLoudspeaker):
    """Takes sound as time passes; with a fault `block` it takes none until it is opened anew.

    `away`, it can't be opened, and raises where it is played to; `slow`, it takes half as much.
    """

    fault = "heal"
    _since = (0.0, 0.0)  # where its clock was when the fault began or ended, and the loop's

    def now_s(self) -> float:
        ours, loops = self._since
        return ours + (super().now_s() - loops) * PACES[self.fault]

    def suffer(self, fault: str) -> None:
        self._since, self.fault = (self.now_s(), super().now_s()), fault

    async def play(self, samples: Samples) -> None:
        if self.fault == "away":
            raise _lost()
        await super().play(samples)

    def release(self) -> None:
        self.flush()

    def reopen(self) -> None:
        if self.fault == "away":
            raise _lost()
        if self.fault == "block":
            self.suffer("heal")


PACES = {"heal": 1.0, "block": 0.0, "away": 0.0, "slow": 0.5}


def _lost() -> AudioError:
    return AudioError("AUD-SPEAKER-LOST", "the loudspeaker is gone", "pulled", "plug it in")
